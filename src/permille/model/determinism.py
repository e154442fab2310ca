"""Randomness as a function of where training stands, so that a resumed run draws the same.

Lightning's checkpoints hold no random state. Here none is needed: each batch starts from a seed of
its own, whatever was drawn before, by training, by validation or by a callback.
"""

import hashlib

import pytorch_lightning as pl
import torch
from typing_extensions import override

_SEED_BYTES = 8


def derived_seed(*parts: int | str) -> int:
    """Return a seed of 63 bits that is a function of its parts alone.

    >>> derived_seed(0, "epoch", 1) == derived_seed(0, "epoch", 1)
    True
    >>> derived_seed(0, "epoch", 1) == derived_seed(0, "epoch", 2)
    False
    """
    text = "\x1f".join(str(part) for part in parts)
    digest = hashlib.blake2b(text.encode(), digest_size=_SEED_BYTES).digest()
    return int.from_bytes(digest, "big") >> 1


class SeedByBatch(pl.Callback):
    """Seeds torch before each epoch and each batch from the run's seed, epoch, batch and rank."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    @override
    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Seed what the epoch's data loader draws."""
        torch.manual_seed(derived_seed(self._seed, trainer.current_epoch, trainer.global_rank))

    @override
    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: object, batch_idx: int
    ) -> None:
        """Seed what the network draws for a batch, such as dropout."""
        torch.manual_seed(
            derived_seed(self._seed, trainer.current_epoch, trainer.global_rank, batch_idx)
        )
