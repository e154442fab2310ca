"""The programs' help: which groups there are, within a second."""

from pathlib import Path

import pytest

from permille.config.compose import composing
from permille.config.help import NO_DEFAULT, help_text
from permille.config.preflight import read_command_line
from permille.config.schema import Program


def options_of(text: str) -> dict[str, list[str]]:
    lines = text.partition("the default first:\n\n")[2].partition("\n\n")[0].splitlines()
    return {line.split()[0]: line.split(None, 1)[1].split(", ") for line in lines}


@pytest.mark.parametrize("program", Program)
def test_the_help_of_a_program_lists_what_hydra_knows_as_options(program: Program) -> None:
    listed = options_of(help_text(program))
    with composing() as loader:
        known = {group: set(loader.get_group_options(group)) for group in listed}
        groups = set(loader.list_groups(""))
    shown = {group: set(options) - {NO_DEFAULT} for group, options in listed.items()}
    assert shown == known
    own = {"grid"} if program is Program.sweep else groups - {"grid", "hydra"}
    assert set(listed) == own


def test_the_default_of_a_group_comes_first() -> None:
    listed = options_of(help_text(Program.train))
    assert listed["task"] == [
        "dialogue",
        "multitask",
        "qa",
        "sentiment",
        "summarization",
        "translation",
    ]
    assert listed["retrieve"] == ["tantivy", "elasticsearch"]


def test_a_group_of_which_nothing_is_chosen_says_so_where_the_default_would_stand() -> None:
    assert options_of(help_text(Program.train))["experiment"] == ["(none by default)", "paper"]


def test_own_options_are_listed_as_well(tmp_path: Path) -> None:
    (tmp_path / "judge").mkdir()
    (tmp_path / "judge" / "mine.yaml").write_text("kind: none\n")
    assert "mine" in options_of(help_text(Program.evaluate, tmp_path))["judge"]


def test_help_is_asked_for_on_the_command_line() -> None:
    assert read_command_line(Program.train, ["--help"]).help_text == help_text(Program.train)
    assert read_command_line(Program.train, ["--cfg", "job"]).help_text is None
