"""Settings of the callbacks."""

from pathlib import Path

import pytest
from omegaconf import OmegaConf

import permille.conf
from permille.callbacks.config import AttentionConfig, AttentionScope
from permille.core.errors import SettingsError

FILES = sorted((Path(permille.conf.__file__).parent / "attention").glob("*.yaml"))


@pytest.mark.parametrize("name", ["every_n_epochs", "num_examples", "num_maps", "batch_size"])
def test_a_number_out_of_range_is_named_with_what_is_wanted(name: str) -> None:
    with pytest.raises(SettingsError, match=rf"attention\.{name}: want \d or more, got -1"):
        AttentionConfig(**{name: -1})


def test_no_maps_are_allowed() -> None:
    assert AttentionConfig(num_maps=0).num_maps == 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_option_is_one_that_the_settings_know(path: Path) -> None:
    merged = OmegaConf.merge(OmegaConf.structured(AttentionConfig), OmegaConf.load(path))
    config = OmegaConf.to_object(merged)
    assert isinstance(config, AttentionConfig)
    assert config.name is AttentionScope(path.stem)


def test_there_is_an_option_for_every_scope() -> None:
    assert {path.stem for path in FILES} == set(AttentionScope)


def test_one_message_names_every_fault() -> None:
    said = (
        "attention.every_n_epochs: want 1 or more, got -1\n"
        "attention.num_examples: want 1 or more, got -3"
    )
    with pytest.raises(SettingsError, match=f"^{said}$"):
        AttentionConfig(num_examples=-3, every_n_epochs=-1)


def test_a_scope_may_be_given_by_its_name_and_another_name_is_refused() -> None:
    assert AttentionConfig(name="full").name is AttentionScope.full
    with pytest.raises(SettingsError, match=r"name: want last_block, full or off, got 'bogus'"):
        AttentionConfig(name="bogus")
