"""How far training is."""

import logging

import pytorch_lightning as pl
from typing_extensions import override

from permille.run.progress import Stages

_LOG = logging.getLogger(__name__)


class TrainingProgress(pl.Callback):
    """Shows how many of a run's training batches are done, and each epoch's values in the log.

    Only the first of several processes speaks.

    Args:
        stages: What shows it.
        stage: The stage's name.
    """

    def __init__(self, stages: Stages, stage: str = "train") -> None:
        self._stages = stages
        self._stage = stage

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
        if trainer.is_global_zero:
            done = trainer.current_epoch * int(trainer.num_training_batches) + batch_idx + 1
            self._stages(self._stage, done, max(done, num_batches(trainer)))

    @override
    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Write the epoch's losses, the rate and the time left into the log."""
        if not trainer.is_global_zero:
            return
        level = logging.DEBUG if self._stages.has_bars else logging.INFO
        values = sorted(trainer.callback_metrics.items())
        shown = "".join(f", {name} {float(value):.4g}" for name, value in values)
        _LOG.log(
            level,
            "epoch %d of %s%s; batches: %s",
            trainer.current_epoch + 1,
            trainer.max_epochs,
            shown,
            self._stages.pace(self._stage),
        )


def num_batches(trainer: pl.Trainer) -> int:
    """Return how many batches a training has in all, by its epochs or its steps."""
    by_epochs = int(trainer.num_training_batches) * max(1, trainer.max_epochs or 1)
    if trainer.max_steps > 0:
        return min(by_epochs, trainer.max_steps * trainer.accumulate_grad_batches)
    return by_epochs
