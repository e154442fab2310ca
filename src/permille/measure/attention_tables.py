"""The tables of report.json's `attention`: effects within a task, and every head of every layer."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.multitest import multipletests

from permille.measure.attention import METRICS
from permille.measure.attention_effect import (
    MIN_EACH,
    BoolArray,
    FloatArray,
    auc_of_columns,
    match_on_lengths,
    matched_effect,
    raw_effect,
)
from permille.measure.attention_gain import gain_over_cheap

KINDS = ("cross", "encoder", "decoder")


@dataclass(frozen=True, slots=True)
class MeasuredGenerations:
    """Generations of one task, with their attention and whether they are memorized.

    Attributes:
        is_memorized_N: Shape (N,).
        values: For `<kind>_<metric>` an array of shape (N, L, H), as in `generations.npz`.
        layers: For each kind the layers measured, in the order of the second axis.
        source_tokens_N: Shape (N,).
        target_tokens_N: Shape (N,).
        cheap: Predictors that need no attention, by name, each (N,): `loss_nats`, `zlib_ratio`, ...

    Raises:
        ValueError: If arrays are not of the same generations.
    """

    is_memorized_N: BoolArray
    values: Mapping[str, FloatArray]
    layers: Mapping[str, tuple[int, ...]]
    source_tokens_N: NDArray[np.int64]
    target_tokens_N: NDArray[np.int64]
    cheap: Mapping[str, FloatArray]

    def __post_init__(self) -> None:
        arrays = {
            "source_tokens": self.source_tokens_N,
            "target_tokens": self.target_tokens_N,
            **self.values,
            **self.cheap,
        }
        for name, array in arrays.items():
            if len(array) != len(self.is_memorized_N):
                raise ValueError(
                    f"want {name} of {len(self.is_memorized_N)} generations, got {len(array)}"
                )

    def last_block(self, metric: str) -> FloatArray:
        """Return a measure of the last decoder block's cross-attention, mean over heads, (N,)."""
        return np.asarray(self.values[f"cross_{metric}"][:, -1].mean(axis=1), dtype=np.float64)


def within_task(
    measured: MeasuredGenerations,
    *,
    untrained: Mapping[str, FloatArray] | None = None,
    seed: int = 0,
) -> dict[str, object]:
    """Return report.json's `attention.within_task` for one task.

    Args:
        measured: The task's generations.
        untrained: `values` of the same generations forced through an untrained model of the same
            shape, whose attention can know nothing of what was memorized; None where not measured.
        seed: Of everything that is drawn.

    Returns:
        `metrics`: for each the effect `raw` and `matched` on lengths; `gain`: over cheap
        predictors; `nulls`: the same effects with labels permuted, and in the untrained model.
    """
    labels = measured.is_memorized_N
    lengths = (measured.source_tokens_N, measured.target_tokens_N)
    pairs = match_on_lengths(labels, *lengths, seed=seed)
    columns = {metric: measured.last_block(metric) for metric in METRICS}
    permuted = np.random.default_rng(seed).permutation(labels)
    cheap = {
        **measured.cheap,
        "source_tokens": np.log1p(measured.source_tokens_N),
        "target_tokens": np.log1p(measured.target_tokens_N),
    }
    gain = gain_over_cheap(_columns(cheap), _columns(columns), labels, seed=seed)
    nulls = {"labels_permuted": raw_effect(columns["cad"], permuted, seed=seed).to_dict()}
    if untrained is not None:
        empty = untrained["cross_cad"][:, -1].mean(axis=1)
        nulls["untrained_model"] = matched_effect(empty, labels, pairs, seed=seed).to_dict()
    return {
        "metrics": {
            metric: {
                "raw": raw_effect(column, labels, seed=seed).to_dict(),
                "matched": matched_effect(column, labels, pairs, seed=seed).to_dict(),
            }
            for metric, column in columns.items()
        },
        "gain": {**gain.to_dict(), "cheap_predictors": list(cheap)},
        "nulls": nulls,
    }


def layer_head_rows(measured: MeasuredGenerations, metric: str = "cad") -> list[dict[str, object]]:
    """Return report.json's `attention.layers`: a row for every head, so that none is picked by eye.

    The p-value is of the two-sided Mann-Whitney test; `p_holm` and `p_bh` are corrected for all
    rows of the table. Heads whose measure is undefined or constant have no figures.

    Args:
        measured: One task's generations.
        metric: One of `METRICS`.
    """
    labels = measured.is_memorized_N
    if min(labels.sum(), (~labels).sum()) < MIN_EACH:
        return []
    rows = [
        _head_row(kind, layer, head, measured.values[f"{kind}_{metric}"][:, place, head], labels)
        for kind in KINDS
        if f"{kind}_{metric}" in measured.values
        for place, layer in enumerate(measured.layers[kind])
        for head in range(measured.values[f"{kind}_{metric}"].shape[2])
    ]
    p_values = [row["p"] for row in rows if row["p"] is not None]
    if p_values:
        corrected = {m: iter(multipletests(p_values, method=m)[1]) for m in ("holm", "fdr_bh")}
        for row in rows:
            for name, method in (("p_holm", "holm"), ("p_bh", "fdr_bh")):
                row[name] = None if row["p"] is None else float(next(corrected[method]))
    return rows


def _head_row(
    kind: str, layer: int, head: int, values_N: FloatArray, labels_N: BoolArray
) -> dict[str, object]:
    """Return one head's row; values and labels of shape (N,)."""
    known = ~np.isnan(values_N)
    values, labels = values_N[known], labels_N[known]
    row: dict[str, object] = {"kind": kind, "layer": layer, "head": head}
    undefined = dict.fromkeys(("difference", "auc", "p", "p_holm", "p_bh"))
    if min(labels.sum(), (~labels).sum()) < MIN_EACH or np.ptp(values) == 0:
        return row | undefined
    difference = float(values[labels].mean() - values[~labels].mean())
    p = float(stats.mannwhitneyu(values[labels], values[~labels]).pvalue)
    area = float(auc_of_columns(values[:, None], labels)[0])
    return row | undefined | {"difference": difference, "auc": area, "p": p}


def _columns(named: Mapping[str, FloatArray]) -> FloatArray:
    """Stack named arrays of shape (N,) to (N, K)."""
    return np.stack(list(named.values()), axis=1)
