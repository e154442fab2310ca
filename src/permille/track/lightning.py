"""The bridge from Lightning to a tracker."""

import pytorch_lightning as pl
from typing_extensions import override

from permille.track.protocol import Tracker


class TrackEpochs(pl.Callback):
    """Gives each epoch's logged numbers to a tracker.

    A callback and no Lightning logger, since loggers are told of an epoch after its checkpoint was
    written: a run killed in between would resume behind numbers that nobody has.
    Put it after the callbacks whose numbers it shall give.
    """

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker

    @override
    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Forget the epoch before."""
        # Lightning keeps what is not logged anew, and it would pass for this epoch's
        trainer.callback_metrics.clear()

    @override
    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Give what was logged as the value of an epoch."""
        if trainer.is_global_zero:
            values = {name: float(value) for name, value in trainer.callback_metrics.items()}
            self._tracker.scalars(values, epoch=trainer.current_epoch, step=trainer.global_step)
