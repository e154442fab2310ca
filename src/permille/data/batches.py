"""Batches of examples of similar length, in an order that a seed and an epoch fix."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from permille.core.batches import padded_batch

_STEPS_PER_POOL = 8


@dataclass(frozen=True, slots=True)
class Encoded:
    """One example in tokens: the model's input of shape (S,), the target of shape (T,)."""

    input_ids: NDArray[np.int32]
    labels: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Shard:
    """Which part of the work a process has."""

    rank: int = 0
    world_size: int = 1


class BucketedBatches:
    """Positions of examples in batches of similar length, for a `DataLoader`'s `batch_sampler`.

    The order of an epoch depends on the seed and the epoch alone: a run that goes on at epoch k
    sees what an uninterrupted one sees. Every example comes once an epoch, whatever the number of
    processes, which all have the same number of batches: the last ones are as even as can be,
    instead of being filled up with repeats.

    Args:
        lengths: Of each example, in tokens.
        batch_size: Examples a batch and process.
        seed: Of the order.
        shard: Which part this process has.

    Raises:
        ValueError: If there are fewer examples than processes.
    """

    def __init__(
        self, lengths: Sequence[int], batch_size: int, seed: int, shard: Shard | None = None
    ) -> None:
        self._shard = shard or Shard()
        if len(lengths) < self._shard.world_size:
            raise ValueError(
                f"want at least {self._shard.world_size} examples for as many processes, got"
                f" {len(lengths)}"
            )
        self._lengths = np.asarray(lengths)
        self._batch_size = batch_size
        self._seed = seed
        self._epoch = 0
        self._per_step = batch_size * self._shard.world_size
        self.sampler = self
        """Lightning calls `set_epoch` on a batch sampler's sampler, not on itself."""

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch whose order comes next."""
        self._epoch = epoch

    def __len__(self) -> int:
        whole, rest = divmod(len(self._lengths), self._per_step)
        return max(1, whole + (rest >= self._shard.world_size))

    def __iter__(self) -> Iterator[list[int]]:
        random = np.random.default_rng([self._seed, self._epoch])
        order = random.permutation(len(self._lengths))
        steps = []
        for start in range(0, len(order), self._per_step * _STEPS_PER_POOL):
            pool = order[start : start + self._per_step * _STEPS_PER_POOL]
            pool = pool[np.argsort(self._lengths[pool], kind="stable")]
            steps += [pool[i : i + self._per_step] for i in range(0, len(pool), self._per_step)]
        if len(steps) > len(self):
            steps[-2:] = [np.concatenate(steps[-2:])]
        for step in random.permutation(len(steps)):
            yield steps[step][self._shard.rank :: self._shard.world_size].tolist()


class SequentialBatches:
    """Positions in batches of similar length, longest first, each example once over all processes.

    A batch holds the same examples whatever the number of processes: they take whole batches in
    turn, so that one may have a batch more than another.

    Args:
        lengths: Of each example, in tokens.
        batch_size: Examples a batch.
        shard: Which part this process has.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, shard: Shard | None = None) -> None:
        own = shard or Shard()
        order = np.argsort(-np.asarray(lengths, dtype=np.int64), kind="stable")
        batches = [order[i : i + batch_size] for i in range(0, len(order), batch_size)]
        self._batches = [list(map(int, batch)) for batch in batches[own.rank :: own.world_size]]

    def __len__(self) -> int:
        return len(self._batches)

    def __iter__(self) -> Iterator[list[int]]:
        yield from self._batches


@dataclass(frozen=True, slots=True)
class Collate:
    """Pads the examples of a batch to the longest one.

    The decoder's inputs are left to the model, which shifts the labels as it was trained to.
    """

    pad_token_id: int

    def __call__(self, examples: Sequence[Encoded]) -> dict[str, torch.Tensor]:
        """Return `input_ids` and `attention_mask` of shape (B, S), `labels` of shape (B, T)."""
        inputs, labels = [one.input_ids for one in examples], [one.labels for one in examples]
        batch = padded_batch(inputs, labels, self.pad_token_id)
        return {name: torch.from_numpy(table) for name, table in batch.items()}
