"""The tables of report.json's `attention`: effects within a task, and every head of every layer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray
from statsmodels.stats.multitest import multipletests

from permille.measure.attention import METRICS, length_residuals
from permille.measure.attention_effect import MIN_EACH, matched_effect, raw_effect, too_few
from permille.measure.attention_gain import gain_over_cheap
from permille.measure.auc import BoolArray, FloatArray, auc, group_numbers, permuted_marks, rank_p
from permille.measure.length_matching import CALIPER_SD, match_on_lengths, mean_gaps

KINDS = ("cross", "encoder", "decoder")
CORRECTIONS = {"p_holm": "holm", "p_bh": "fdr_bh"}
"""Names of corrected p-values, and statsmodels' names of the corrections."""
NUM_PERMUTATIONS = 200
"""How often labels are permuted to see how many p-values then fall below 0.05."""


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
        examples_N: Which example each generation is of, shape (N,); None for each its own.

    Raises:
        ValueError: If arrays are not of the same generations.
    """

    is_memorized_N: BoolArray
    values: Mapping[str, FloatArray]
    layers: Mapping[str, tuple[int, ...]]
    source_tokens_N: NDArray[np.int64]
    target_tokens_N: NDArray[np.int64]
    cheap: Mapping[str, FloatArray]
    examples_N: npt.ArrayLike | None = None

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
        `metrics`: for each the effect `raw`, and that of its residual on length, `matched` on
        lengths too, p-values corrected for all of them; `matching`: how close the pairs are;
        `gain`: over cheap predictors; `nulls`: the same effects with labels permuted, and in the
        untrained model, whose `raw` effect is of length alone and whose gain should be none.
    """
    labels, groups = measured.is_memorized_N, measured.examples_N
    lengths = (measured.source_tokens_N, measured.target_tokens_N)
    pairs = match_on_lengths(labels, *lengths, seed=seed)
    columns = {metric: measured.last_block(metric) for metric in METRICS}
    metrics = {
        metric: {
            "raw": raw_effect(column, labels, groups, seed=seed).to_dict(),
            "matched": matched_effect(
                length_residuals(column, *lengths), labels, pairs, groups, seed=seed
            ).to_dict(),
        }
        for metric, column in columns.items()
    }
    _correct([effect for both in metrics.values() for effect in both.values()])
    names = ("source_tokens", "target_tokens")
    cheap = {**measured.cheap, **dict(zip(names, map(np.log1p, lengths), strict=True))}
    measured_cad = columns["cad"][:, None]
    gain = gain_over_cheap(_columns(cheap), measured_cad, labels, groups, seed=seed)
    nulls = {"labels_permuted": _permuted_labels(columns["cad"], labels, groups, seed)}
    if untrained is not None:
        empty = untrained["cross_cad"][:, -1].mean(axis=1)
        same_lengths = length_residuals(empty, *lengths)
        matched = matched_effect(same_lengths, labels, pairs, groups, seed=seed)
        nulls["untrained_model"] = matched.to_dict()
        nulls["untrained_model_raw"] = raw_effect(empty, labels, groups, seed=seed).to_dict()
        nothing = gain_over_cheap(_columns(cheap), empty[:, None], labels, groups, seed=seed)
        nulls["untrained_model_gain"] = nothing.to_dict()
    return {
        "metrics": metrics,
        "matching": _matching(pairs, *lengths),
        "gain": {
            **gain.to_dict(),
            "cheap_predictors": list(cheap),
            "attention_predictors": ["cad"],
        },
        "nulls": nulls,
    }


def layer_head_rows(measured: MeasuredGenerations, metric: str = "cad") -> list[dict[str, object]]:
    """Return report.json's `attention.layers`: a row for every head, so that none is picked by eye.

    The p-value is two-sided, of the AUC, labels of whole examples being permuted; `p_holm` and
    `p_bh` are corrected for all rows of the table. `length_free` has the same figures of what a
    straight line in both lengths leaves of the measure. Heads whose measure is undefined or
    constant have no figures.

    Args:
        measured: One task's generations.
        metric: One of `METRICS`.
    """
    labels = measured.is_memorized_N
    groups = group_numbers(measured.examples_N, len(labels))
    if too_few(labels, groups, MIN_EACH):
        return []
    rows = []
    corrected_apart = []
    for kind in KINDS:
        values = measured.values.get(f"{kind}_{metric}")
        if values is None:
            continue
        residuals = length_residuals(values, measured.source_tokens_N, measured.target_tokens_N)
        for place, layer in enumerate(measured.layers[kind]):
            for head in range(values.shape[2]):
                raw = _head_figures(values[:, place, head], labels, groups)
                free = _head_figures(residuals[:, place, head], labels, groups)
                place_of = {"kind": kind, "layer": layer, "head": head}
                rows.append({**place_of, **raw, "length_free": free})
                corrected_apart.append(free)
    _correct(rows)
    _correct(corrected_apart)
    return rows


def _head_figures(
    values_N: FloatArray, labels_N: BoolArray, groups_N: NDArray[np.intp]
) -> dict[str, object]:
    """Return one head's figures; values, labels and groups of shape (N,)."""
    known = ~np.isnan(values_N)
    values, labels, groups = values_N[known], labels_N[known], groups_N[known]
    if too_few(labels, groups, MIN_EACH) or np.ptp(values) < 1e-12:
        return dict.fromkeys(("difference", "auc", "p"))
    difference = float(values[labels].mean() - values[~labels].mean())
    return {
        "difference": difference,
        "auc": auc(values, labels),
        "p": rank_p(values, labels, groups),
    }


def _matching(
    pairs: NDArray[np.intp], source_tokens_N: NDArray[np.int64], target_tokens_N: NDArray[np.int64]
) -> dict[str, object]:
    """Say how close matched pairs (P, 2) are in length, the memorized minus the other."""
    gaps = mean_gaps(pairs, source_tokens_N, target_tokens_N)
    names = ("source_tokens", "target_tokens")
    return {
        "pairs": len(pairs),
        "caliper_sd": CALIPER_SD,
        "mean_gap_sd": None if gaps is None else dict(zip(names, gaps, strict=True)),
    }


def _permuted_labels(
    values_N: FloatArray, labels_N: BoolArray, groups_N: npt.ArrayLike | None, seed: int
) -> dict[str, object]:
    """Return the effect under permuted labels, and how often such p-values fall below 0.05.

    The test permutes labels itself, so the share is about 0.05 by construction: it tells of a fault
    in the program, and nothing of the data.

    Values, labels and groups are of shape (N,).
    """
    rng = np.random.default_rng(seed)
    effect = raw_effect(values_N, permuted_marks(labels_N, groups_N, rng), groups_N, seed=seed)
    if effect.p is None:
        return effect.to_dict()
    known = ~np.isnan(values_N)
    groups = group_numbers(groups_N, len(values_N))[known]
    p_values = [
        rank_p(values_N[known], permuted_marks(labels_N[known], groups, rng), groups)
        for _ in range(NUM_PERMUTATIONS)
    ]
    share = float(np.mean(np.array(p_values) < 0.05))
    return {**effect.to_dict(), "permutations": NUM_PERMUTATIONS, "share_below_0.05": share}


def _correct(rows: Sequence[dict[str, object]]) -> None:
    """Put the corrected p-values beside those of all rows; None where a row has none."""
    p_values = [row["p"] for row in rows if row["p"] is not None]
    for name, method in CORRECTIONS.items():
        corrected = iter(multipletests(p_values, method=method)[1]) if p_values else iter(())
        for row in rows:
            row[name] = None if row["p"] is None else float(next(corrected))


def _columns(named: Mapping[str, FloatArray]) -> FloatArray:
    """Stack named arrays of shape (N,) to (N, K)."""
    return np.stack(list(named.values()), axis=1)
