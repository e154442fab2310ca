"""The attention of what a model wrote: each generation forced through, beside its verdict."""

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from pathlib import Path

import numpy as np
import torch
from torch import nn
from transformers import PreTrainedModel

from permille.callbacks.attention import sites_of
from permille.callbacks.attention_store import write_generations
from permille.callbacks.config import AttentionConfig
from permille.core.records import Arm, Generation, Split
from permille.measure.attention_gain import zlib_ratios
from permille.measure.attention_tables import MeasuredGenerations, layer_head_rows, within_task
from permille.model.capture_measure import AttentionMeasures, measure_attention, merge
from permille.model.capture_probe import (
    Encoder,
    check_probes,
    probes_from_texts,
    without_tokens,
)
from permille.model.decoding import end_marks

TOO_FEW = "too few memorized or other generations; within_task has their numbers"
"""Why a task has no table of heads."""


def measure_generations(
    model: PreTrainedModel,
    tokenizer: Encoder,
    generations: Sequence[Generation],
    config: AttentionConfig,
    *,
    max_source_tokens: int | None = None,
    max_target_tokens: int | None = None,
    folder: Path | None = None,
) -> AttentionMeasures | None:
    """Force the tuned model's generations for training prompts through it once more.

    Args:
        model: The model that wrote them.
        tokenizer: Its tokenizer.
        generations: Others than those, and those without a text or a prompt, are left out.
        config: Which attention is measured, in batches of which size.
        max_source_tokens: Tokens of a prompt that the model read; None for all.
        max_target_tokens: Tokens that the model may have written, which are forced through with the
            end mark where it wrote one; None for all.
        folder: Where `generations.npz` and `generations.json` are written; None for nowhere.

    Returns:
        The measures, with `loss_nats` of each generation; None where no generation is left.

    Raises:
        SettingsError: If the model's attention cannot be measured.
    """
    encoded = probes_from_texts(
        tokenizer,
        _texts_of(generations),
        split=Split.TRAIN,
        max_source_tokens=max_source_tokens,
        max_target_tokens=None if max_target_tokens is None else max_target_tokens + 1,
    )
    # a tokenizer ends every text, also one that the model would have gone on with
    cut, marks = {one.id for one in generations if one.is_cut}, end_marks(model)
    probes = [without_tokens(probe, marks) if probe.id in cut else probe for probe in encoded]
    sites = sites_of(model, config.name)
    if not probes or not sites:
        return None
    check_probes(model, probes)
    parts = measure_attention(model, probes, sites, batch_size=config.batch_size, with_scores=True)
    measures = merge(parts, probes)
    if folder is not None:
        write_generations(folder, measures)
    return measures


def untrained_like(model: PreTrainedModel, *, seed: int = 0) -> PreTrainedModel:
    """Return a model of the same shape that has learned nothing; random state stays as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        untrained = type(model)(deepcopy(model.config))
    # the base class's methods, since those of transformers are without types
    return nn.Module.to(nn.Module.eval(untrained), device=model.device, dtype=model.dtype)


def describe_generations(
    measures: AttentionMeasures,
    generations: Sequence[Generation],
    memorized_ids: Collection[str],
    *,
    untrained: AttentionMeasures | None = None,
    group_of: Mapping[str, str] | None = None,
    least_chars: int = 1,
    seed: int = 0,
) -> dict[str, object]:
    """Compare memorized with other generations of the same task.

    Those too short to be measured are left out: of them nobody knows whether they are memorized.

    Args:
        measures: What `measure_generations` returned.
        generations: The generations, at least those measured.
        memorized_ids: Ids of generations with a case that counts.
        untrained: The same generations forced through `untrained_like`; None where not measured.
        group_of: By example, the name of the group of examples that share text with it; others
            are a group of their own. Groups are resampled, permuted and held out whole.
        least_chars: Characters of a measurable generation.
        seed: Of everything that is drawn.

    Returns:
        `within_task` and `layers` of report.json's `attention`, each by task.
    """
    known = {generation.id: generation for generation in generations}
    rows_by_task: dict[str, list[int]] = {}
    for row, probe in enumerate(measures.probes):
        rows = rows_by_task.setdefault(known[probe.id].task or "texts", [])
        if len(known[probe.id].text) >= least_chars:
            rows.append(row)
    within: dict[str, object] = {}
    layers: dict[str, object] = {}
    for task, rows in rows_by_task.items():
        if not rows:
            within[task] = layers[task] = {"missing": "no measurable generation"}
            continue
        ids = [measures.probes[row].id for row in rows]
        measured = _measured(measures, rows, [known[i] for i in ids], memorized_ids, group_of or {})
        empty = None if untrained is None else _taken(untrained.values, rows)
        within[task] = within_task(measured, untrained=empty, seed=seed)
        layers[task] = layer_head_rows(measured) or {"missing": TOO_FEW}
    return {"within_task": within, "layers": layers}


def _texts_of(generations: Sequence[Generation]) -> list[tuple[str, str, str]]:
    """Return id, prompt and text of the tuned model's generations for training prompts."""
    return [
        (generation.id, generation.prompt, generation.text)
        for generation in generations
        if generation.model is Arm.TUNED
        and generation.split is Split.TRAIN
        and generation.prompt
        and generation.text.strip()
    ]


def _measured(
    measures: AttentionMeasures,
    rows: list[int],
    generations: list[Generation],
    memorized_ids: Collection[str],
    group_of: Mapping[str, str],
) -> MeasuredGenerations:
    probes = [measures.probes[row] for row in rows]
    ratios = zlib_ratios([generation.text for generation in generations])
    examples = [generation.example_id or generation.id for generation in generations]
    return MeasuredGenerations(
        np.array([probe.id in memorized_ids for probe in probes]),
        _taken(measures.values, rows),
        {str(kind): layers for kind, layers in measures.layers.items()},
        np.array([len(probe.source_ids) for probe in probes]),
        np.array([len(probe.target_ids) for probe in probes]),
        {"loss_nats": measures.scores["loss_nats"][rows], "zlib_ratio": ratios},
        [group_of.get(example, example) for example in examples],
    )


def _taken(arrays: Mapping[str, np.ndarray], rows: list[int]) -> dict[str, np.ndarray]:
    """Take some examples of arrays of shape (N, L, H)."""
    return {name: array[rows] for name, array in arrays.items()}
