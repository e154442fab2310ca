"""Measure the attention of a model on probe examples, without leaving a trace in the model."""

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import PreTrainedModel

from permille.core.errors import PermilleError
from permille.core.records import Split
from permille.measure.attention import METRICS
from permille.model.capture import AttentionRecorder, routed_attention
from permille.model.capture_probe import NO_MAPS, MapChoice, ProbeBatch, ProbeExample, collate
from permille.model.capture_sites import AttentionKind, AttentionSite

FloatArray = NDArray[np.float64]


class AttentionNotFiniteError(PermilleError):
    """Attention weights that are NaN or infinite, as after a loss that diverged."""


@dataclass(frozen=True, slots=True)
class AttentionMap:
    """One example's cross-attention in one layer: weights of shape (steps, positions).

    `head` is None for the mean over heads.
    """

    probe: ProbeExample
    layer: int
    head: int | None
    weights: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class AttentionMeasures:
    """What was measured on some probes.

    Attributes:
        probes: The N examples, in the order of the arrays' first axis.
        layers: For each kind the layers measured, in the order of the arrays' second axis.
        values: For `<kind>_<metric>` an array of shape (N, L, H); NaN where undefined.
        scores: `loss_nats` and `token_accuracy` of the forced target, each (N,); empty if the
            vocabulary's logits were not asked for.
        maps: The weights of the chosen examples.
    """

    probes: tuple[ProbeExample, ...]
    layers: dict[AttentionKind, tuple[int, ...]]
    values: dict[str, FloatArray]
    scores: dict[str, FloatArray]
    maps: tuple[AttentionMap, ...]

    def last_block(self, metric: str, split: Split) -> float:
        """Return a measure of the last decoder block's cross-attention, for a split.

        The mean over steps, then heads, then examples; NaN where no example has a defined value.
        """
        rows = [probe.split is split for probe in self.probes]
        examples = self.values[f"{AttentionKind.CROSS}_{metric}"][rows, -1].mean(axis=1)
        defined = examples[~np.isnan(examples)]
        return float(defined.mean()) if len(defined) else float("nan")

    def mean_score(self, name: str, split: Split) -> float:
        """Return the mean of a score over a split's examples; NaN where there is none."""
        rows = [probe.split is split for probe in self.probes]
        return float(self.scores[name][rows].mean()) if any(rows) else float("nan")


def measure_attention(
    model: PreTrainedModel,
    probes: Sequence[ProbeExample],
    sites: tuple[AttentionSite, ...],
    *,
    batch_size: int = 8,
    maps: MapChoice = NO_MAPS,
    with_scores: bool = False,
    shard: tuple[int, int] = (0, 1),
) -> list[AttentionMeasures]:
    """Force each probe's target through the model and reduce the attention on the way.

    Dropout is off, no gradient is kept, and modes and random state are as before afterwards.

    Args:
        model: A Hugging Face encoder-decoder.
        probes: The examples.
        sites: The modules to measure, see `find_sites`.
        batch_size: Probes in a forward pass.
        maps: Of which examples and layers the cross-attention is kept whole.
        with_scores: Whether to compute the target's loss and token accuracy too.
        shard: (rank, ranks): of the batches only each `ranks`-th from `rank` on is measured, so
            batches are the same for any number of ranks. Probes of like length share a batch, as
            padding costs time.

    Returns:
        One value a batch; `merge` puts them together.

    Raises:
        AttentionNotFiniteError: If weights are NaN or infinite.
        SettingsError: If the family's attention cannot be seen.
    """
    rank, ranks = shard
    starts = range(0, len(probes), batch_size)[rank::ranks]
    by_length = sorted(probes, key=lambda probe: (len(probe.source_ids), len(probe.target_ids)))
    with untouched(model):
        return [
            _measure_batch(model, by_length[at : at + batch_size], sites, maps, with_scores)
            for at in starts
        ]


def token_accuracies(
    model: PreTrainedModel, probes: Sequence[ProbeExample], *, batch_size: int = 8
) -> FloatArray:
    """Return the share of each target's tokens that the model predicts under teacher forcing, (N,).

    A token is predicted where it is the most likely one after the true tokens before it.
    """
    parts = measure_attention(model, probes, (), batch_size=batch_size, with_scores=True)
    return merge(parts, probes).scores["token_accuracy"] if parts else np.empty(0)


def merge(parts: Sequence[AttentionMeasures], order: Sequence[ProbeExample]) -> AttentionMeasures:
    """Put batches, of one rank or of all, together in the probes' order."""
    place = {probe.id: index for index, probe in enumerate(order)}
    probes = [probe for part in parts for probe in part.probes]
    rows = sorted(range(len(probes)), key=lambda row: place[probes[row].id])
    maps = [found for part in parts for found in part.maps]
    return AttentionMeasures(
        tuple(probes[row] for row in rows),
        parts[0].layers,
        _in_order([part.values for part in parts], rows),
        _in_order([part.scores for part in parts], rows),
        tuple(sorted(maps, key=lambda found: (place[found.probe.id], found.layer))),
    )


@contextmanager
def untouched(model: nn.Module) -> Iterator[None]:
    """Switch dropout and gradients off, and put modes and random state back afterwards."""
    modes = [(module, module.training) for module in model.modules()]
    devices = sorted({p.device.index for p in model.parameters() if p.device.type == "cuda"})
    with torch.random.fork_rng(devices=devices), torch.no_grad():
        model.eval()
        try:
            yield
        finally:
            for module, training in modes:
                module.training = training


def _measure_batch(
    model: PreTrainedModel,
    probes: Sequence[ProbeExample],
    sites: tuple[AttentionSite, ...],
    choice: MapChoice,
    with_scores: bool,
) -> AttentionMeasures:
    batch = collate(probes, pad_id=model.config.pad_token_id or 0, device=model.device)
    recorder = AttentionRecorder(
        sites,
        source_mask=batch.source_mask,
        target_mask=batch.target_mask,
        map_examples=tuple(
            row for row, probe in enumerate(probes) if probe.id in choice.example_ids
        ),
        map_choice=choice,
    )
    with routed_attention(model, recorder) if sites else nullcontext():
        scores = _forward(model, batch, with_scores)
    _check_finite(recorder)
    layers, values = _reduced(recorder, sites)
    return AttentionMeasures(tuple(probes), layers, values, scores, _maps(recorder, probes))


def _reduced(
    recorder: AttentionRecorder, sites: Sequence[AttentionSite]
) -> tuple[dict[AttentionKind, tuple[int, ...]], dict[str, FloatArray]]:
    """Return the layers of each kind that were measured, and every measure as (B, L, H)."""
    layers: dict[AttentionKind, tuple[int, ...]] = {}
    for site in sites:
        layers[site.kind] = (*layers.get(site.kind, ()), site.layer)
    values = {
        f"{kind}_{metric}": _stacked(
            [recorder.measures[site][index] for site in sites if site.kind is kind]
        )
        for kind in layers
        for index, metric in enumerate(METRICS)
    }
    return layers, values


def _in_order(parts: Sequence[dict[str, FloatArray]], rows: Sequence[int]) -> dict[str, FloatArray]:
    """Put the arrays of batches, of shapes (B, ...), together and take rows of all of them."""
    return {name: np.concatenate([part[name] for part in parts])[rows] for name in parts[0]}


def _check_finite(recorder: AttentionRecorder) -> None:
    """Refuse weights that are NaN or infinite.

    Raises:
        AttentionNotFiniteError: If there are some; the first module is named.
    """
    for site in recorder.not_finite:
        raise AttentionNotFiniteError(
            f"the {site.kind} attention of layer {site.layer} is not finite: the model's weights "
            "or activations hold NaN or infinity"
        )


def _forward(model: PreTrainedModel, batch: ProbeBatch, with_scores: bool) -> dict[str, FloatArray]:
    """Run the model; without scores the vocabulary's projection is left out."""
    inputs = {"input_ids": batch.input_ids, "attention_mask": batch.source_mask.long()}
    decoder_ids = _decoder_inputs(model, batch.labels)
    encoder, decoder = (getattr(model, f"get_{stack}")() for stack in ("encoder", "decoder"))
    # a decoder that names its arguments otherwise, as FSMT's does, is called by its own model
    is_usual = "encoder_attention_mask" in inspect.signature(decoder.forward).parameters
    if with_scores or not is_usual:
        logits = model(**inputs, decoder_input_ids=decoder_ids, use_cache=False).logits
        return _scores(logits, batch.labels, batch.target_mask) if with_scores else {}
    decoder(
        input_ids=decoder_ids,
        encoder_hidden_states=encoder(**inputs).last_hidden_state,
        encoder_attention_mask=inputs["attention_mask"],
        use_cache=False,
    )
    return {}


def _decoder_inputs(model: PreTrainedModel, labels: Tensor) -> Tensor:
    """Shift labels (B, T) to the decoder's inputs (B, T), as the family does it."""
    shift = getattr(model, "prepare_decoder_input_ids_from_labels", None)
    if shift is not None:
        shifted: Tensor = shift(labels)
        return shifted
    shifted = labels.masked_fill(labels < 0, model.config.pad_token_id or 0).roll(1, dims=1)
    shifted[:, 0] = model.config.decoder_start_token_id
    return shifted


def _scores(logits: Tensor, labels: Tensor, target_mask: Tensor) -> dict[str, FloatArray]:
    """Return mean loss and share of tokens predicted, from (B, T, V), (B, T), (B, T) -> (B,)."""
    losses = nn.functional.cross_entropy(
        logits.float().transpose(1, 2), labels, reduction="none", ignore_index=-100
    )
    hits = (logits.argmax(dim=-1) == labels) & target_mask
    counts = target_mask.sum(dim=1)
    named = {"loss_nats": losses.sum(dim=1) / counts, "token_accuracy": hits.sum(dim=1) / counts}
    return {name: scores.cpu().double().numpy() for name, scores in named.items()}


def _stacked(measures: list[Tensor]) -> FloatArray:
    """Stack L tensors of shape (B, H) to (B, L, H)."""
    stacked: FloatArray = torch.stack(measures, dim=1).cpu().double().numpy()
    return stacked


def _maps(recorder: AttentionRecorder, probes: Sequence[ProbeExample]) -> tuple[AttentionMap, ...]:
    """Cut the padding off the kept weights."""
    found = []
    for (site, row), weights in recorder.maps.items():
        probe = probes[row]
        kept = weights[:, : len(probe.target_ids), : len(probe.source_ids)].float().cpu().numpy()
        heads = [None, *range(len(kept) - 1)]
        found += [
            AttentionMap(probe, site.layer, head, one)
            for head, one in zip(heads, kept, strict=True)
        ]
    return tuple(found)
