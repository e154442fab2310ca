"""How far a run is: bars in a terminal, plain lines in a log."""

import logging
import time
from collections.abc import Callable
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


class Stages:
    """Shows how many of a stage's items are done; stages may come in any order.

    Args:
        is_terminal: Whether bars can be drawn; None asks stderr.
    """

    def __init__(self, is_terminal: bool | None = None) -> None:
        console = Console(stderr=True)
        self._has_bars = console.is_terminal if is_terminal is None else is_terminal
        self._bars = bars.Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._spoken_at_s: dict[str, float] = {}

    def __enter__(self) -> Self:
        if self._has_bars:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that of a stage's `total` items `done` are done."""
        if self._has_bars:
            if stage not in self._tasks:
                self._tasks[stage] = self._bars.add_task(stage, total=total)
            self._bars.update(self._tasks[stage], completed=done, total=total)
        elif done == total or self._is_due(stage):
            _LOG.info("%s: %d of %d", stage, done, total)

    def _is_due(self, stage: str) -> bool:
        """Tell whether it is time for the next line; the first call only starts the clock."""
        now_s = time.monotonic()
        if now_s - self._spoken_at_s.setdefault(stage, now_s) < LINE_EVERY_S:
            return False
        self._spoken_at_s[stage] = now_s
        return True
