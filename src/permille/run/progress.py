"""How far a run is: bars in a terminal, plain lines in a log."""

import logging
import sys
import time
from types import TracebackType
from typing import Self

import pytorch_lightning as pl
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from typing_extensions import override

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
        self._bars = Progress(
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


class TrainingProgress(pl.Callback):
    """Shows how many of a run's training batches are done, and each epoch's losses in the log."""

    def __init__(self, stages: Stages) -> None:
        self._stages = stages

    @override
    def on_train_batch_end(
        self,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,
        outputs: object,
        batch: object,
        batch_idx: int,
    ) -> None:
        """Count a batch."""
        per_epoch = int(trainer.num_training_batches)
        done = trainer.current_epoch * per_epoch + batch_idx + 1
        if trainer.is_global_zero:
            self._stages("train", done, per_epoch * (trainer.max_epochs or 1))

    @override
    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Write the epoch's values into the log."""
        if trainer.is_global_zero:
            values = trainer.callback_metrics.items()
            shown = ", ".join(f"{name} {float(value):.4g}" for name, value in values)
            _LOG.log(self._level(), "epoch %d: %s", trainer.current_epoch, shown)

    @staticmethod
    def _level() -> int:
        """Return DEBUG where a terminal shows bars, which lines would tear."""
        return logging.DEBUG if sys.stderr.isatty() else logging.INFO
