"""Batches of a run's examples for Lightning, tokenized once."""

from collections.abc import Sequence

import numpy as np
import pytorch_lightning as pl
from torch.utils.data import DataLoader, Dataset
from transformers import PreTrainedTokenizerBase

from permille.core.records import Example
from permille.data.batches import (
    BucketedBatches,
    Collate,
    Encoded,
    SequentialBatches,
    Shard,
)
from permille.data.config import TaskConfig
from permille.data.tasks import model_input, single_tasks, template_of

_TEXTS_PER_CALL = 1000


class EncodedExamples(Dataset[Encoded]):
    """Tokenized examples, by position."""

    def __init__(self, rows: Sequence[Encoded]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, position: int) -> Encoded:
        return self._rows[position]

    def lengths(self) -> list[int]:
        """Return the tokens of each example, of its input and its target together."""
        return [len(row.input_ids) + len(row.labels) for row in self._rows]


class Seq2SeqDataModule(pl.LightningDataModule):
    """Training batches in an order that seed and epoch fix, validation batches of the held-out.

    Each process takes its part itself, so the trainer must be told `use_distributed_sampler=False`.

    Args:
        train: Training examples.
        heldout: Held-out examples.
        tokenizer: The model's tokenizer, with a padding token.
        task: The task or mixture, for its templates and lengths.
        batch_size: Training examples a batch and process.
        eval_batch_size: Validation examples a batch.
        seed: Of the order of training.
    """

    def __init__(
        self,
        train: Sequence[Example],
        heldout: Sequence[Example],
        tokenizer: PreTrainedTokenizerBase,
        task: TaskConfig,
        *,
        batch_size: int = 16,
        eval_batch_size: int = 32,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.train_examples = EncodedExamples(encode(train, tokenizer, task))
        self.heldout_examples = EncodedExamples(encode(heldout, tokenizer, task))
        self._collate = Collate(pad_token_id=int(tokenizer.pad_token_id))
        self._batch_size = batch_size
        self._eval_batch_size = eval_batch_size
        self._seed = seed

    def train_dataloader(self) -> DataLoader[Encoded]:
        """Return this process's training batches; Lightning tells them the epoch."""
        batches = BucketedBatches(
            self.train_examples.lengths(), self._batch_size, self._seed, self._shard()
        )
        if self.trainer is not None:
            batches.set_epoch(self.trainer.current_epoch)
        return DataLoader(self.train_examples, batch_sampler=batches, collate_fn=self._collate)

    def val_dataloader(self) -> DataLoader[Encoded]:
        """Return this process's batches of held-out examples."""
        batches = SequentialBatches(
            self.heldout_examples.lengths(), self._eval_batch_size, self._shard()
        )
        return DataLoader(self.heldout_examples, batch_sampler=batches, collate_fn=self._collate)

    def _shard(self) -> Shard:
        """Return which part of the work this process has."""
        if self.trainer is None:
            return Shard()
        return Shard(self.trainer.global_rank, self.trainer.world_size)


def encode(
    examples: Sequence[Example], tokenizer: PreTrainedTokenizerBase, task: TaskConfig
) -> list[Encoded]:
    """Tokenize examples, each cut at its task's lengths; the end of sequence is kept.

    Args:
        examples: Examples of the task, or of the tasks of a mixture.
        tokenizer: The model's tokenizer.
        task: The task or mixture.

    Raises:
        ValueError: If an example is of another task.
    """
    rows: dict[int, Encoded] = {}
    for name, single in single_tasks(task).items():
        chosen = [i for i, example in enumerate(examples) if example.task == name]
        for start in range(0, len(chosen), _TEXTS_PER_CALL):
            part = chosen[start : start + _TEXTS_PER_CALL]
            rows |= zip(
                part, _encode_some([examples[i] for i in part], tokenizer, single), strict=True
            )
    strangers = {example.task for example in examples} - set(single_tasks(task))
    if strangers:
        raise ValueError(f"want examples of {', '.join(single_tasks(task))}, got {min(strangers)}")
    return [rows[i] for i in range(len(examples))]


def _encode_some(
    examples: Sequence[Example], tokenizer: PreTrainedTokenizerBase, task: TaskConfig
) -> list[Encoded]:
    """Tokenize examples of a single task."""
    template = template_of(task)
    sources = tokenizer(
        [model_input(example, template) for example in examples],
        truncation=True,
        max_length=task.max_source_tokens,
    )["input_ids"]
    targets = tokenizer(
        text_target=[example.target for example in examples],
        truncation=True,
        max_length=task.max_target_tokens,
    )["input_ids"]
    return [
        Encoded(np.array(source, np.int32), np.array(target, np.int32))
        for source, target in zip(sources, targets, strict=True)
    ]
