"""How far a run is: bars in a terminal, plain lines in a log."""

import io
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from permille.run.progress import LINE_EVERY_S, Pace, Stages


class Clock:
    """A time that the test sets."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def console(*, is_terminal: bool, **settings) -> Console:
    return Console(file=io.StringIO(), force_terminal=is_terminal, width=100, **settings)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.INFO, logger="permille.run")
    return caplog


def test_a_log_has_a_line_now_and_then_and_one_at_the_end(clock, log):
    with Stages(console(is_terminal=False), clock) as stages:
        for done in range(1, 101):
            clock.now_s = done * 0.5
            stages("generate", done, 100)
    assert log.messages == [
        "generate: 41 of 100, 2/s, 0:00:30 left",
        "generate: 81 of 100, 2/s, 0:00:10 left",
        "generate: 100 of 100",
    ]


def test_without_a_terminal_nothing_is_drawn(clock, log):
    plain = console(is_terminal=False)
    with Stages(plain, clock) as stages:
        stages("generate", 100, 100)
    assert isinstance(plain.file, io.StringIO)
    assert plain.file.getvalue() == ""


def test_each_stage_has_its_own_clock(clock, log):
    stages = Stages(console(is_terminal=False), clock)
    stages("index", 1, 10)
    clock.now_s = LINE_EVERY_S
    stages("align", 1, 10)
    stages("index", 3, 10)
    assert log.messages == ["index: 3 of 10, 0.1/s, 0:01:10 left"]


def test_a_stage_that_goes_back_starts_anew(clock, log):
    stages = Stages(console(is_terminal=False), clock)
    stages("align", 9, 10)
    clock.now_s = LINE_EVERY_S + 1
    stages("align", 1, 10)
    assert log.messages == []
    assert stages.pace("align") == Pace(1, 10, None)


def test_what_was_done_before_does_not_count_for_the_rate(clock):
    stages = Stages(console(is_terminal=False), clock)
    stages("train", 50, 100)
    clock.now_s = 10.0
    stages("train", 60, 100)
    assert stages.pace("train") == Pace(60, 100, 1.0)
    assert stages.pace("never heard of") is None


@given(done=st.integers(0, 50), total=st.integers(1, 50), rate=st.none() | st.floats(0.001, 1e6))
def test_a_pace_says_what_is_done_and_never_less_than_nothing_left(done, total, rate):
    text = str(Pace(done, total, rate))
    assert text.startswith(f"{done} of {total}")
    assert "-" not in text
    assert ("left" in text) == (rate is not None and done < total)


def test_a_terminal_has_bars_and_no_lines(clock, log):
    screen = console(is_terminal=True)
    with Stages(screen, clock) as stages:
        stages("generate", 3, 10)
        clock.now_s = 100.0
        stages("generate", 4, 10)
        stages._bars.refresh()
        drawn = screen.file.getvalue()
    assert "generate" in drawn
    assert "4/10" in drawn
    assert "0.01/s" in drawn
    assert log.messages == []


@pytest.mark.parametrize("no_color", [True, False])
def test_no_color_is_respected(monkeypatch, clock, no_color):
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    screen = console(is_terminal=True, color_system="standard")
    with Stages(screen, clock) as stages:
        stages("generate", 3, 10)
        stages._bars.refresh()
        drawn = screen.file.getvalue()
    assert "generate" in drawn
    assert ("\x1b[3" in drawn.replace("\x1b[?", "")) is not no_color


def test_a_dumb_terminal_has_lines(monkeypatch, clock, log):
    monkeypatch.setenv("TERM", "dumb")
    stages = Stages(console(is_terminal=True), clock)
    stages("index", 10, 10)
    assert not stages.has_bars
    assert log.messages == ["index: 10 of 10"]


def test_bars_are_gone_after_an_error(clock):
    stages = Stages(console(is_terminal=True), clock)

    def fail():
        with stages:
            stages("align", 1, 2)
            raise ZeroDivisionError("by a stage")

    with pytest.raises(ZeroDivisionError, match="by a stage"):
        fail()
    assert stages._bars.live.is_started is False
