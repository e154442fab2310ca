"""What attention says about memorization after an audit, and the score it is held against."""

import json
import logging
from collections.abc import Mapping, Sequence

import numpy as np

from permille.audit.files import read_documents
from permille.audit.report import COMPARISONS
from permille.audit.spread import text_groups
from permille.callbacks.attention_generations import (
    describe_generations,
    measure_generations,
    untrained_like,
)
from permille.callbacks.config import AttentionScope
from permille.core.errors import SettingsError
from permille.core.records import Generation, Split
from permille.data.tasks import single_tasks
from permille.measure.token_score import token_score
from permille.model.capture_measure import token_accuracies
from permille.model.capture_probe import check_probes
from permille.run.folder import RunFolder
from permille.run.loading import Loaded
from permille.run.probes import probes_of

_LOG = logging.getLogger(__name__)
NUM_SCORED = 200
"""Examples of each split whose targets are forced through for the token-level score."""


def describe_attention(
    loaded: Loaded, generations: Sequence[Generation], folder: RunFolder
) -> dict[str, object]:
    """Describe a model's attention to what it wrote, and score it on the true targets.

    Args:
        loaded: The model that wrote them, and its settings.
        generations: What was audited.
        folder: The run's folder, whose cases.jsonl tells which are memorized, and
            documents.jsonl.gz which examples share text.

    Returns:
        Parts of report.json's `attention`: `token_score`, and of the attention that is measured
        `within_task` and `layers`; nothing with `attention=off`. What cannot be measured in this
        model is missing with a reason, since the audit before it holds all the same.
    """
    if loaded.settings.attention.name is AttentionScope.off:
        return {}
    parts: dict[str, object] = {}
    documents = list(read_documents(folder.documents))
    group_of = text_groups(documents, loaded.settings.align.measurable_chars)
    try:
        parts["token_score"] = score_targets(loaded, group_of)
        return {**parts, **_compare_generations(loaded, generations, folder, group_of)}
    except SettingsError as error:
        _LOG.warning("%s", error)
        return {
            **{name: {"missing": str(error)} for name in ("token_score", *COMPARISONS)},
            **parts,
        }


def score_targets(loaded: Loaded, group_of: Mapping[str, str] | None = None) -> dict[str, object]:
    """Return the share of the true targets' tokens predicted, training minus held-out.

    Args:
        loaded: The model and its examples.
        group_of: What `text_groups` returned; None for each example its own.

    Raises:
        SettingsError: If an example is longer than the model's positions.
    """
    probes = probes_of(loaded, NUM_SCORED)
    check_probes(loaded.model, probes)
    shares = token_accuracies(loaded.model, probes, batch_size=loaded.settings.attention.batch_size)
    is_train = np.array([probe.split is Split.TRAIN for probe in probes], dtype=bool)
    groups = np.array([(group_of or {}).get(probe.id, probe.id) for probe in probes], dtype=object)
    sides = [(shares[side], groups[side]) for side in (is_train, ~is_train)]
    return token_score(*(shares for shares, _ in sides), *(names for _, names in sides)).to_dict()


def _compare_generations(
    loaded: Loaded,
    generations: Sequence[Generation],
    folder: RunFolder,
    group_of: Mapping[str, str],
) -> dict[str, object]:
    """Force the generations through the model once more, and compare memorized with others."""
    settings = loaded.settings
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
        return {name: {"missing": "no generation has text"} for name in COMPARISONS}
    return describe_generations(
        tuned,
        generations,
        memorized_ids(folder),
        untrained=untrained,
        group_of=group_of,
        least_chars=settings.align.measurable_chars,
        seed=settings.seed,
    )


def memorized_ids(folder: RunFolder) -> set[str]:
    """Return the ids of the generations that have a case that counts."""
    with folder.cases.open(encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return {str(line["generation_id"]) for line in lines if line["headline"]}
