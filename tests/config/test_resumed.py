"""A run goes on with the seed, the task, the data and the model that it was begun with."""

import re
from pathlib import Path

import pytest

from permille.config.preflight import read_command_line
from permille.config.schema import Program
from permille.core.errors import SettingsError


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "overrides.yaml").write_text("- task=qa\n- data.num_train=40\n- seed=3\n")
    return tmp_path


@pytest.mark.parametrize(
    ("override", "begun_with"),
    [
        pytest.param("seed=4", "seed=3", id="seed"),
        pytest.param("data.split_seed=7", "data.split_seed=null", id="another split"),
        pytest.param("data.num_train=41", "data.num_train=40", id="more data"),
        pytest.param("task=dialogue", "task.name=qa", id="another task"),
        pytest.param("model.d_model=64", "model.d_model=128", id="another shape"),
        pytest.param("model=t5_small", "model.source=mini", id="another model"),
    ],
)
def test_what_it_learns_from_and_what_learns_stay(
    run: Path, override: str, begun_with: str
) -> None:
    told = (
        f"{override}: want {begun_with}, with which {run} was begun; leave it out to go on there,"
        " or start another run without resume="
    )
    with pytest.raises(SettingsError, match=f"^{re.escape(told)}$"):
        read_command_line(Program.train, [f'resume="{run}"', override, "trainer.max_epochs=9"])


@pytest.fixture
def measured(run: Path) -> Path:
    """Returns a run that has measured the attention of its first epochs."""
    (run / "attention").mkdir()
    (run / "attention" / "manifest.json").write_text("{}")
    return run


@pytest.mark.parametrize(
    ("override", "begun_with"),
    [
        ("attention=full", "attention.name=last_block"),
        ("attention.num_examples=4", "attention.num_examples=8"),
    ],
)
def test_a_run_is_measured_on_as_its_epochs_were(
    measured: Path, override: str, begun_with: str
) -> None:
    resume = f'resume="{measured}"'
    with pytest.raises(SettingsError, match=f"{override}: want {begun_with}, with which"):
        read_command_line(Program.train, [resume, override])
    for harmless in ("attention.num_examples=8", "attention=off", "attention.num_maps=2"):
        read_command_line(Program.train, [resume, harmless])
    (measured / "attention" / "manifest.json").unlink()
    read_command_line(Program.train, [resume, override])


def test_measuring_that_was_switched_off_is_not_taken_up_again(measured: Path) -> None:
    (measured / "overrides.yaml").write_text("- task=qa\n- attention=off\n")
    with pytest.raises(SettingsError, match=r"want attention\.name=off, with which"):
        read_command_line(Program.train, [f'resume="{measured}"', "attention=last_block"])


def test_all_that_would_change_is_told_in_one_message(run: Path) -> None:
    with pytest.raises(SettingsError, match=r"^seed=1: .*\ndata\.num_heldout=5: .*$"):
        read_command_line(Program.train, [f'resume="{run}"', "seed=1", "data.num_heldout=5"])


def test_how_long_it_trains_and_how_it_is_audited_may_change(run: Path) -> None:
    changed = ["trainer.max_epochs=9", "audit=paper", "track=files", "judge=none", "report=off"]
    read_command_line(Program.train, [f'resume="{run}"', *changed])


def test_saying_again_what_it_was_begun_with_changes_nothing(run: Path) -> None:
    same = ["task=qa", "data.num_train=40", "seed=3", "model=mini"]
    read_command_line(Program.train, [f'resume="{run}"', *same])


def test_an_evaluation_of_a_run_may_take_other_data(run: Path) -> None:
    read_command_line(Program.evaluate, [f'run="{run}"', "data.num_train=41", "seed=1"])
