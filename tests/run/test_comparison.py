"""What is compared of a sweep, and what is named as failed."""

import json
from pathlib import Path

import pytest

from permille.run.comparison import compare_outcomes
from permille.run.detection import nothing_audited
from permille.run.folder import write_json
from permille.run.job import Outcome

from .conftest import evaluate_settings


def finished(folder: Path, task: str) -> Outcome:
    folder.mkdir()
    report = nothing_audited(evaluate_settings(f"task={task}", "audit=off", "checkpoint=x"))
    write_json(folder / "report.json", report.to_dict())
    return Outcome(folder, [f"task={task}"])


def test_finished_runs_are_rows_and_failed_ones_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = [
        finished(tmp_path / "qa", "qa"),
        Outcome(tmp_path / "dialogue", [], "no space is left"),
        finished(tmp_path / "sentiment", "sentiment"),
    ]
    assert compare_outcomes(tmp_path, outcomes)
    found = json.loads((tmp_path / "comparison.json").read_text())
    assert [row["task"] for row in found["rows"]] == ["qa", "sentiment"]
    assert found["rows"][0]["paper_differences"] == ["its set-up is not known"]
    assert found["failed"] == [{"cell": "dialogue", "error": "no space is left"}]
    assert "error: dialogue: no space is left" in capsys.readouterr().err


def test_a_sweep_without_a_failure_is_none(tmp_path: Path) -> None:
    assert not compare_outcomes(tmp_path, [finished(tmp_path / "qa", "qa")])
    assert (tmp_path / "comparison.md").is_file()


def test_a_sweep_in_which_nothing_finishes_leaves_an_earlier_comparison(tmp_path: Path) -> None:
    compare_outcomes(tmp_path, [finished(tmp_path / "qa", "qa")])
    before = (tmp_path / "comparison.json").read_bytes()
    assert compare_outcomes(tmp_path, [Outcome(tmp_path / "qa", [], "the folder has a run")])
    assert (tmp_path / "comparison.json").read_bytes() == before
