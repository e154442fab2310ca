"""Cells of a sweep: their names, when they are done, and why they failed."""

import json
import re
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.config.schema import Program
from permille.core.errors import SettingsError
from permille.run.cells import Cell, cell_names, run_cell
from permille.run.folder import RunFolder

VALUES = st.sampled_from(
    ["task=qa", "task=dialogue", "seed=1", "seed=2", "model.name=a/b c", "x=(,)"]
)


def cell(folder: Path, *overrides: str) -> Cell:
    return Cell("one", Program.train, list(overrides), RunFolder(folder), folder.parent)


@given(st.lists(st.lists(VALUES, min_size=1, max_size=4), max_size=6))
def test_every_cell_has_a_folder_name_of_its_own(overrides: list[list[str]]) -> None:
    names = cell_names(overrides)
    assert len(names) == len(overrides) == len(set(names))
    assert all(re.fullmatch(r"[\w=+.-]{1,110}", name) for name in names)


def test_a_cell_is_named_by_what_tells_it_from_the_others() -> None:
    cells = [["task=qa", "audit.prefix_tokens=10"], ["task=qa", "audit.prefix_tokens=50"]]
    assert cell_names(cells) == ["prefix_tokens=10", "prefix_tokens=50"]


@pytest.mark.parametrize("value", ["0.25", "1e-3", "a.b/c.d"])
def test_a_value_with_a_point_keeps_what_stands_before_it(value: str) -> None:
    kept = value.replace("/", "-")
    assert cell_names([["x.y=0"], [f"x.y={value}"]]) == ["y=0", f"y={kept}"]


def test_a_cell_that_is_done_is_not_run_again(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("{}")
    outcome = run_cell(cell(tmp_path, "no.such.setting=1"))
    assert (outcome.run, outcome.error) == (tmp_path, None)


def finished(folder: Path, **of_report: str) -> Path:
    """Write a run that was stopped before its page was drawn; return where that belongs."""
    (folder / "report.json").write_text('{"task": "qa", "ratios": {}, "controls": {}}')
    RunFolder(folder).write_settings([], {"seed": 0, "report": of_report})
    return folder / "report.html"


def test_a_cell_that_is_done_but_for_its_page_gets_it(tmp_path: Path) -> None:
    page = finished(tmp_path, name="html", texts="none")
    assert run_cell(cell(tmp_path)).error is None
    assert "report.texts=none" in page.read_text()


def test_a_page_that_is_there_is_not_drawn_again(tmp_path: Path) -> None:
    page = finished(tmp_path, name="html", texts="full")
    page.write_text("as it was")
    run_cell(cell(tmp_path))
    assert page.read_text() == "as it was"


def test_a_cell_that_wants_no_page_gets_none(tmp_path: Path) -> None:
    page = finished(tmp_path, name="off", texts="full")
    run_cell(cell(tmp_path))
    assert not page.exists()


def test_a_page_that_cannot_be_drawn_is_named_and_the_cell_stays_done(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    page = finished(tmp_path, name="html", texts="full")
    (tmp_path / "report.json").write_text("[]")
    assert run_cell(cell(tmp_path)).error is None
    assert not page.exists()
    assert f"{tmp_path} has no report.html: " in caplog.text


def test_a_cell_that_fails_says_what_its_process_noted(tmp_path: Path) -> None:
    where = cell(tmp_path / "one", "model=hf", "model.name=nowhere", "audit=off", "track=files")
    outcome = run_cell(where)
    noted = json.loads((tmp_path / "one" / "failed.json").read_text())
    assert outcome.error == noted["error"]
    assert "nowhere" in str(outcome.error)


def test_a_cell_whose_command_line_is_refused_is_failed_too(tmp_path: Path) -> None:
    outcome = run_cell(cell(tmp_path / "one", "no.such.setting=1"))
    assert outcome.error is not None
    assert "exit code 1" in outcome.error


def begun(folder: Path, *overrides: str) -> Cell:
    folder.mkdir()
    (folder / "overrides.yaml").write_text("".join(f"- {one}\n" for one in overrides))
    return cell(folder, "task=qa", "seed=1")


def test_a_cell_that_was_interrupted_goes_on_as_it_was_begun(tmp_path: Path) -> None:
    from permille.run.cells import _arguments

    where = begun(tmp_path / "one", "task=qa", "seed=1")
    where.refuse_others()
    assert _arguments(where) == [f'resume="{tmp_path / "one"}"']


@pytest.mark.parametrize("is_done", [True, False])
def test_a_cell_of_other_settings_is_refused(tmp_path: Path, is_done: bool) -> None:
    where = begun(tmp_path / "one", "task=dialogue", "seed=1")
    if is_done:
        where.folder.report.write_text("{}")
    with pytest.raises(
        SettingsError, match=r"one: want a cell of task=qa seed=1, got one of task="
    ):
        where.refuse_others()


def test_a_cell_that_evaluates_is_known_by_what_it_evaluates_too(tmp_path: Path) -> None:
    before = begun(tmp_path / "before", "task=qa")
    run = f'run="{before.folder.path}"'
    begun(tmp_path / "one", "task=qa", f"'{run}'", "audit=paper")
    for own, is_refused in (("audit=paper", False), ("audit=off", True)):
        where = Cell("one", Program.evaluate, [run, own], RunFolder(tmp_path / "one"), tmp_path)
        said = "want a cell of .*, got one of .*; go on with what the sweep was begun with"
        with pytest.raises(SettingsError, match=said) if is_refused else nullcontext():
            where.refuse_others()


def test_a_cell_that_was_not_begun_is_none_of_others(tmp_path: Path) -> None:
    cell(tmp_path / "one", "task=qa").refuse_others()


@pytest.mark.parametrize("name", ["a,b", 'with "quotes"', "with blanks", "(ü)"])
def test_folders_with_any_name_can_be_handed_to_hydra(tmp_path: Path, name: str) -> None:
    from permille.config.saved import value_of
    from permille.run.cells import _arguments

    (argument,) = _arguments(cell(tmp_path / name))
    assert value_of([argument], "hydra.run.dir") == str(tmp_path / name)
