"""How far a run is: bars in a terminal, plain lines in a log."""

import logging

import pytest

from permille.run import progress
from permille.run.progress import Stages


def lines_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_the_end_of_a_stage_is_a_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), Stages(is_terminal=False) as stages:
        for done in (1, 2, 3):
            stages("align", done, 3)
    assert lines_of(caplog) == ["align: 3 of 3"]


def test_a_long_stage_is_told_of_from_time_to_time(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter(range(0, 1000, 15))
    monkeypatch.setattr(progress.time, "monotonic", lambda: float(next(seconds)))
    with caplog.at_level(logging.INFO), Stages(is_terminal=False) as stages:
        for done in range(1, 6):
            stages("train", done, 100)
    assert lines_of(caplog) == ["train: 3 of 100", "train: 5 of 100"]


def test_a_terminal_has_a_bar_for_each_stage_and_no_lines(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO), Stages(is_terminal=True) as stages:
        stages("search", 1, 2)
        stages("align", 1, 2)
        stages("search", 2, 2)
    assert lines_of(caplog) == []
    assert capsys.readouterr().out == ""
