"""From a composed configuration to settings, with every fault in one message."""

from dataclasses import dataclass, field

import pytest
from omegaconf import MISSING, DictConfig, OmegaConf, open_dict

from permille.config.compose import compose_program
from permille.config.schema import Program, TrainSettings
from permille.config.settings import to_settings
from permille.core.errors import SettingsError


@dataclass
class Lamp:
    watts: int = 40
    name: str = "desk"

    def __post_init__(self) -> None:
        if self.watts < 1:
            raise SettingsError(f"lamp.watts: want 1 or more, got {self.watts}")


@dataclass
class Room:
    lamp: Lamp = field(default_factory=Lamp)
    others: dict[str, Lamp] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    door: str = MISSING


def room(**values: object) -> DictConfig:
    config = OmegaConf.structured(Room)
    for name, value in {"door": "left", **values}.items():
        OmegaConf.update(config, name, value, force_add=True)
    return config


def faults(config: DictConfig) -> list[str]:
    with pytest.raises(SettingsError, match=r".") as raised:
        to_settings(config, Room)
    return str(raised.value).splitlines()


def test_settings_are_plain_dataclasses_without_omegaconf() -> None:
    settings = to_settings(room(tags=["a"], others={"x": {"watts": 2}}), Room)
    assert type(settings.lamp) is Lamp
    assert type(settings.others["x"]) is Lamp
    assert type(settings.tags) is list
    assert settings == Room(Lamp(), {"x": Lamp(watts=2)}, ["a"], "left")


def test_a_setting_that_slipped_past_the_schema_is_unknown() -> None:
    assert faults(room(**{"lamp.wats": 3})) == [
        "lamp.wats: no such setting; did you mean lamp.watts?"
    ]


def test_a_setting_that_slipped_into_a_value_of_a_mapping_is_unknown() -> None:
    config = room(others={"x": {"watts": 2}}, **{"others.x.color": "red"})
    assert faults(config)[0].startswith("others.x.color: no such setting")


def test_a_missing_value_is_named_with_what_to_add() -> None:
    config = OmegaConf.structured(Room)
    assert faults(config) == ["door: want a text, got no value; add door=VALUE"]


def test_a_removed_setting_is_named_with_how_to_clear_it() -> None:
    config = room()
    with open_dict(config):
        del config["tags"]
    assert faults(config) == ["tags: want a value, got ~tags; to clear a setting write tags=null"]


def test_a_broken_rule_is_told_in_its_own_words() -> None:
    assert faults(room(lamp={"watts": 0})) == ["lamp.watts: want 1 or more, got 0"]


def test_all_faults_come_at_once() -> None:
    config = room(lamp={"watts": 0}, lmap=1)
    config.door = MISSING
    found = faults(config)
    assert [line.split(":")[0] for line in found] == ["lmap", "door", "lamp.watts"]


def test_a_fault_of_each_group_and_an_unknown_setting_come_at_once() -> None:
    config = compose_program(
        Program.train,
        ["audit.prefix_tokens=0", "+model.typo=1", "trainer.devices=0", "data.num_heldout=-1"],
    )
    with pytest.raises(SettingsError, match=r"model\.typo") as raised:
        to_settings(config, TrainSettings)
    for setting in ("audit.prefix_tokens", "trainer.devices", "data.num_heldout"):
        assert setting in str(raised.value)


def test_rules_between_groups_are_checked_beside_an_unknown_setting() -> None:
    config = compose_program(Program.train, ["+task.typo=1", "seed=-1"])
    with pytest.raises(SettingsError, match="seed: want at least 0, got -1") as raised:
        to_settings(config, TrainSettings)
    assert "task.typo: no such setting" in str(raised.value)
