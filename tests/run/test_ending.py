"""What a program says at its end is for people and for other programs."""

import json
from pathlib import Path

import pytest

from permille.run.ending import print_last_line, say_error


def test_every_line_of_an_error_is_marked_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    say_error("one\ntwo")
    assert capsys.readouterr().err == "error: one\nerror: two\n"


def test_the_last_line_has_absolute_paths_unwrapped(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    print_last_line({"run": Path("a" * 100), "report": Path("ü/report.json")})
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {
        "run": str(tmp_path / ("a" * 100)),
        "report": str(tmp_path / "ü" / "report.json"),
    }
