"""How far a run is: bars in a terminal, plain lines with rate and time left in a log."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Self

from rich import progress as bars
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

Progress = Callable[[str, int, int], None]
"""Told of a stage, how many of its items are done, and how many there are."""

_LOG = logging.getLogger(__name__)

LINE_EVERY_S = 20.0
"""Seconds between two lines of a stage, where there is no terminal."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a stage went, and what is left of it at that pace.

    `rate` is items a second since the stage was first heard of, None where that cannot be said.
    """

    done: int
    total: int
    rate: float | None

    def __str__(self) -> str:
        if not self.rate or self.done >= self.total:
            return f"{self.done} of {self.total}"
        left = timedelta(seconds=round((self.total - self.done) / self.rate))
        return f"{self.done} of {self.total}, {self.rate:.3g}/s, {left} left"


@dataclass(slots=True)
class _Stage:
    """What is known of a stage: where and when it was first heard of, when it last had a line."""

    first_done: int
    started_at_s: float
    spoken_at_s: float
    pace: Pace
    bar: TaskID | None = None


class Stages:
    """Shows how many of a stage's items are done; stages may come in any order and more than once.

    In a terminal each has a bar on stderr, in colors unless ``NO_COLOR`` is set; elsewhere the log
    has a line now and then, and one at the end.

    Args:
        console: Where bars are drawn; stderr by default.
        clock: What tells the time, in seconds.
    """

    def __init__(
        self, console: Console | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console or Console(stderr=True)
        self._clock = clock
        self._bars = bars.Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]:>9}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._stages: dict[str, _Stage] = {}

    @property
    def has_bars(self) -> bool:
        """Whether there is a terminal that bars can be drawn in."""
        return self._console.is_terminal and not self._console.is_dumb_terminal

    def __enter__(self) -> Self:
        if self.has_bars:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # without a terminal rich would end bars that it never drew with an empty line
        if self.has_bars:
            self._bars.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that of a stage's `total` items `done` are done."""
        known = self._heard(stage, done, total)
        if self.has_bars:
            if known.bar is None:
                known.bar = self._bars.add_task(stage, total=total, rate="")
            rate = f"{known.pace.rate:.3g}/s" if known.pace.rate else ""
            self._bars.update(known.bar, completed=done, total=total, rate=rate)
        elif done >= total or self._clock() - known.spoken_at_s >= LINE_EVERY_S:
            known.spoken_at_s = self._clock()
            _LOG.info("%s: %s", stage, known.pace)

    def pace(self, stage: str) -> Pace | None:
        """Return how fast a stage is, None before it was heard of."""
        known = self._stages.get(stage)
        return None if known is None else known.pace

    def _heard(self, stage: str, done: int, total: int) -> _Stage:
        """Bring what is known of a stage up to date; a stage that goes back starts anew."""
        now_s = self._clock()
        known = self._stages.get(stage)
        if known is None or done < known.pace.done:
            known = _Stage(done, now_s, now_s, Pace(done, total, None))
            self._stages[stage] = known
        elapsed_s = now_s - known.started_at_s
        rate = (done - known.first_done) / elapsed_s if elapsed_s > 0 else None
        known.pace = Pace(done, total, rate)
        return known
