"""Whether what a run reads and writes fits the positions of its model."""

from collections.abc import Iterator

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from permille.audit.config import AuditName
from permille.config.schema import Settings
from permille.core.errors import raise_faults
from permille.data.datamodule import encode
from permille.data.splits import Splits
from permille.data.tasks import single_tasks
from permille.model.capture_probe import num_positions


def check_positions(
    settings: Settings, splits: Splits, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> None:
    """Refuse longer texts than a model has positions for, before anything is trained or written.

    T5 has no such limit.

    Raises:
        SettingsError: If an input, or what may be written, is too long; a line for each setting.
    """
    faults = [
        f"{name}: want at most the model's {limit} positions, got {got}; use {name}={limit}"
        for found in (
            _unreadable(settings, splits, tokenizer, num_positions(model, "encoder")),
            _unwritable(settings, num_positions(model, "decoder")),
        )
        for name, limit, got in found
    ]
    raise_faults(faults)


TooLong = tuple[str, int, str]
"""A setting that allows too much, the model's limit, and what it allows."""


def _unreadable(
    settings: Settings, splits: Splits, tokenizer: PreTrainedTokenizerBase, limit: int | None
) -> Iterator[TooLong]:
    """Yield the setting of what is read, where an example is longer than the encoder takes."""
    # short texts fit whatever the setting allows, so here it is theirs that counts
    most = max(task.max_source_tokens for task in single_tasks(settings.task).values())
    if limit is None or most <= limit:
        return
    examples = [*splits.trained_on(), *splits.heldout]
    lengths = [len(row.input_ids) for row in encode(examples, tokenizer, settings.task)]
    if lengths and max(lengths) > limit:
        longest = examples[lengths.index(max(lengths))]
        yield "task.max_source_tokens", limit, f"{max(lengths)} tokens of example {longest.id!r}"


def _unwritable(settings: Settings, limit: int | None) -> Iterator[TooLong]:
    """Yield the settings of what is written that allow more than the decoder takes."""
    if limit is None:
        return
    most = max(task.max_target_tokens for task in single_tasks(settings.task).values())
    if most > limit:
        yield "task.max_target_tokens", limit, f"{most}"
    num_new = settings.audit.max_new_tokens
    if settings.audit.name is not AuditName.off and num_new > limit:
        yield "audit.max_new_tokens", limit, f"{num_new}"
