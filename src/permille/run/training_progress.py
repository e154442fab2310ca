"""How far training is."""

import logging
import sys

import pytorch_lightning as pl
from typing_extensions import override

from permille.run.progress import Stages

_LOG = logging.getLogger(__name__)


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
