"""Repeat a small audit while a model is trained."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from pytorch_lightning import Callback, LightningModule, Trainer
from pytorch_lightning.utilities.seed import isolate_rng

from permille.core.records import Kind
from permille.measure.memorization import MemorizationRatio


@dataclass(frozen=True, slots=True)
class EpochAudit:
    """What a small audit found.

    Attributes:
        kinds: The strongest kind of every measurable generation, none included.
        ngram_overlap: Mean share, in [0, 1], of a generation's 4-, 5- and 6-grams that stand in
            its true continuation; None where no generation is long enough.
    """

    kinds: Sequence[Kind]
    ngram_overlap: float | None = None


AuditEpoch = Callable[[LightningModule, int], EpochAudit | None]
"""Generates and audits, given the module and the epoch; every process calls it, since they may
share the generating, and only the first one has to return what was found."""


class MemorizationCallback(Callback):
    """Logs ``memorization/<kind>_permille``, any included, and ``memorization/ngram_overlap``.

    Training is not changed: random states and the module's mode are put back afterwards. Where no
    generation is measurable, nothing is logged for the ratios.
    """

    def __init__(self, audit: AuditEpoch, every_n_epochs: int) -> None:
        """Fix what is repeated, and how often.

        Args:
            audit: Generates and audits.
            every_n_epochs: Epochs from one audit to the next; 0 never audits.
        """
        super().__init__()
        self._audit = audit
        self._every_n_epochs = every_n_epochs

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Audit and log, where the epoch's turn has come."""
        epoch = trainer.current_epoch
        if trainer.sanity_checking or not self._every_n_epochs:
            return
        if (epoch + 1) % self._every_n_epochs:
            return
        with unchanged_training(pl_module):
            found = self._audit(pl_module, epoch)
        values = {} if found is None else scalars(found)
        # the first process knows the figures; all have to log the same ones
        for name, value in trainer.strategy.broadcast(values, src=0).items():
            pl_module.log(name, value)


def scalars(found: EpochAudit) -> dict[str, float]:
    """Return what is logged of an audit; a ratio of nothing is left out."""
    metric = MemorizationRatio()
    metric.sync_on_compute = False
    values: dict[str, float] = {}
    if found.kinds:
        metric.update(found.kinds)
        ratios = metric.compute()
        values = {f"memorization/{name}": float(ratio) for name, ratio in ratios.items()}
    if found.ngram_overlap is not None:
        values["memorization/ngram_overlap"] = found.ngram_overlap
    return values


@contextmanager
def unchanged_training(module: LightningModule) -> Iterator[None]:
    """Evaluate inside; put back random states, and modes even after an error."""
    modes = [(child, child.training) for child in module.modules()]
    module.eval()
    try:
        with isolate_rng(), torch.no_grad():
            yield
    finally:
        for child, was_training in modes:
            child.training = was_training
