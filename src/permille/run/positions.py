"""Whether what a run reads and writes fits the positions of its model."""

from collections.abc import Iterator

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from permille.audit.config import AuditName
from permille.config.schema import Settings
from permille.core.errors import SettingsError
from permille.data.datamodule import encode
from permille.data.splits import Splits
from permille.data.tasks import single_tasks


def check_positions(
    settings: Settings, splits: Splits, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> None:
    """Refuse longer texts than a model has positions for, before anything is trained or written.

    T5 has no such limit.

    Raises:
        SettingsError: If an input, or what may be written, is too long; a line for each setting.
    """
    limit = getattr(model.config, "max_position_embeddings", None)
    if limit is None:
        return
    faults = [
        f"{name}: want at most the model's {limit} positions, got {got}; use {name}={limit}"
        for name, got in _too_long(settings, splits, tokenizer, int(limit))
    ]
    if faults:
        raise SettingsError("\n".join(faults))


def _too_long(
    settings: Settings, splits: Splits, tokenizer: PreTrainedTokenizerBase, limit: int
) -> Iterator[tuple[str, str]]:
    """Yield settings that allow too much, and what they allow."""
    tasks = single_tasks(settings.task).values()
    # short texts fit whatever the setting allows, so here it is theirs that counts
    if max(task.max_source_tokens for task in tasks) > limit:
        examples = [*splits.trained_on(), *splits.heldout]
        lengths = [len(row.input_ids) for row in encode(examples, tokenizer, settings.task)]
        if lengths and max(lengths) > limit:
            longest = examples[lengths.index(max(lengths))]
            yield "task.max_source_tokens", f"{max(lengths)} tokens of example {longest.id!r}"
    writable = max(task.max_target_tokens for task in tasks)
    if writable > limit:
        yield "task.max_target_tokens", f"{writable}"
    num_new = settings.audit.max_new_tokens
    if settings.audit.name is not AuditName.off and num_new > limit:
        yield "audit.max_new_tokens", f"{num_new}"
