"""From a command line to folders, words and an exit code."""

import sys
from pathlib import Path

import pytest

from permille.config.preflight import read_command_line
from permille.config.schema import Program
from permille.run.entry import own_arguments, run_program
from permille.run.job import Job


def implied(program: Program, *arguments: str) -> list[str]:
    return own_arguments(program, read_command_line(program, arguments))


def never(job: Job) -> Path:
    raise AssertionError("nothing was to run")


def test_a_single_run_chooses_its_folder_by_its_time() -> None:
    assert implied(Program.train, "task=qa") == []


def test_jobs_over_more_than_the_task_are_numbered() -> None:
    assert implied(Program.train, "-m", "task=qa,dialogue") == []
    numbered = ["hydra.sweep.subdir=${task.name}_${hydra.job.num}"]
    assert implied(Program.train, "-m", "seed=1,2") == numbered
    assert implied(Program.train, "-m", "task=qa,dialogue", "seed=1,2") == numbered


def test_a_resumed_run_goes_on_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "overrides.yaml").write_text("- seed=1\n")
    assert implied(Program.train, f'resume="{tmp_path}"') == [f'hydra.run.dir="{tmp_path}"']


def test_a_report_is_drawn_again_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "overrides.yaml").write_text("[]\n")
    run = f'run="{tmp_path}"'
    assert implied(Program.evaluate, run, "redraw=true") == [f'hydra.run.dir="{tmp_path}"']
    assert implied(Program.evaluate, run) == []


@pytest.mark.parametrize("arguments", [["--cfg", "job"], ["--info"], ["--help"]])
def test_what_only_prints_makes_no_folder(arguments: list[str]) -> None:
    assert implied(Program.train, *arguments) == []


def test_help_is_printed_and_nothing_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["train.py", "--help"])
    assert run_program(Program.train, never) == 0
    assert "python train.py task=dialogue" in capsys.readouterr().out


def test_a_refused_command_line_is_1_and_nothing_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["train.py", "sed=1"])
    assert run_program(Program.train, never) == 1
    out, err = capsys.readouterr()
    assert (out, err) == ("", "error: sed: no such setting; did you mean seed?\n")


def test_an_interruption_is_130(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # what it says is pinned end to end: Hydra closes every handler, and one of absl's would close
    # the stream that pytest keeps aside while a test captures
    def interrupted(job: Job) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, "argv", ["train.py", f'hydra.run.dir="{tmp_path}"'])
    assert run_program(Program.train, interrupted) == 130
