"""What the attention of each generation says about whether it was memorized."""

import json
from collections.abc import Sequence

from permille.callbacks.attention_generations import (
    describe_generations,
    measure_generations,
    untrained_like,
)
from permille.callbacks.config import AttentionScope
from permille.core.records import Generation
from permille.data.tasks import single_tasks
from permille.run.folder import RunFolder
from permille.run.loading import Loaded


def describe_attention(
    loaded: Loaded, generations: Sequence[Generation], folder: RunFolder
) -> dict[str, object]:
    """Force the generations through the model once more, and compare memorized with others.

    Args:
        loaded: The model that wrote them, and its settings.
        generations: What was audited.
        folder: The run's folder, whose cases.jsonl tells which are memorized.

    Returns:
        `within_task` and `layers` of report.json's `attention`; nothing unless `attention=full`.
    """
    settings = loaded.settings
    if settings.attention.name is not AttentionScope.full:
        return {}
    longest = max(task.max_source_tokens for task in single_tasks(settings.task).values())
    tuned, untrained = (
        measure_generations(
            model,
            loaded.tokenizer,
            generations,
            settings.attention,
            max_source_tokens=longest,
            max_target_tokens=settings.audit.max_new_tokens,
            folder=where,
        )
        for model, where in (
            (loaded.model, folder.attention),
            (untrained_like(loaded.model, seed=settings.seed), None),
        )
    )
    if tuned is None:
        return {}
    return describe_generations(
        tuned, generations, memorized_ids(folder), untrained=untrained, seed=settings.seed
    )


def memorized_ids(folder: RunFolder) -> set[str]:
    """Return the ids of the generations that have a case that counts."""
    with folder.cases.open(encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return {str(line["generation_id"]) for line in lines if line["headline"]}
