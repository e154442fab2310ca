"""Whether attention differs between memorized and other generations of one task.

Everything here is within one task, so nothing follows from tasks differing in length or difficulty.
Effects are rank-based: the AUC is the chance that a memorized generation has the greater value of a
random pair, 0.5 where attention says nothing. Generations for one example hang together, so whole
examples are resampled and permuted.
"""

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from permille.measure.auc import (
    NUM_RESAMPLES,
    BoolArray,
    FloatArray,
    IntArray,
    auc,
    auc_interval,
    drawn_weights,
    group_numbers,
    rank_p,
    weighted_auc,
)
from permille.measure.clusters import clusters, paired_interval, sign_flip_p
from permille.measure.intervals import Interval

MIN_EACH = 5
"""Of fewer examples with a memorized, or with another, generation nothing is compared."""
RAW_METHOD = (
    "auc: Newcombe's method 5 at the effective size of examples; p: ranks, labels of whole "
    f"examples permuted; bootstraps: {NUM_RESAMPLES} resamples of examples"
)
MATCHED_METHOD = (
    "residuals on length; auc: share of pairs won, Tango's interval at the effective size of "
    "examples; p: exact sign test, whole examples flipped; bootstraps: "
    f"{NUM_RESAMPLES} resamples of examples"
)


@dataclass(frozen=True, slots=True)
class Effect:
    """How far a measure separates memorized generations from the others.

    Attributes:
        num_memorized: Memorized generations compared, or pairs where matched.
        num_others: The others compared.
        difference: Mean of the memorized minus mean of the others.
        difference_ci95: Its percentile bootstrap interval; None where all resamples are alike.
        auc: Chance that the memorized one of a pair has the greater value, ties counted half. Where
            matched, of a matched pair.
        auc_ci95: Its score interval, which has a length at 0 and 1 too.
        auc_bootstrap_ci95: Its percentile bootstrap interval; None where all resamples are alike.
        p: Two-sided p-value of the same AUC.
        method: How intervals and p-value were found.
        reason: Why there are no figures; None where there are.
    """

    num_memorized: int
    num_others: int
    difference: float | None = None
    difference_ci95: Interval | None = None
    auc: float | None = None
    auc_ci95: Interval | None = None
    auc_bootstrap_ci95: Interval | None = None
    p: float | None = None
    method: str | None = None
    reason: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the form of report.json; a reason only where there is one, a method elsewhere."""
        fields = asdict(self)
        del fields["reason" if self.reason is None else "method"]
        return fields


def raw_effect(
    values_N: FloatArray,
    is_memorized_N: BoolArray,
    groups_N: npt.ArrayLike | None = None,
    *,
    seed: int = 0,
) -> Effect:
    """Compare memorized generations with all others.

    Args:
        values_N: A measure of each generation, shape (N,); NaN is left out.
        is_memorized_N: Shape (N,).
        groups_N: Which example each generation is of, shape (N,); None for each its own.
        seed: Of the bootstrap.
    """
    known = ~np.isnan(values_N)
    values, labels = values_N[known], is_memorized_N[known]
    groups = group_numbers(groups_N, len(values_N))[known]
    num_memorized = int(labels.sum())
    sizes = num_memorized, len(labels) - num_memorized
    if reason := too_few(labels, groups, MIN_EACH):
        return Effect(*sizes, reason=reason)
    areas, differences = [], []
    for weights in drawn_weights(labels, groups, np.random.default_rng(seed)):
        areas.append(weighted_auc(values, labels, weights))
        differences.append(_mean_difference(values, labels, weights))
    return Effect(
        *sizes,
        difference=float(values[labels].mean() - values[~labels].mean()),
        difference_ci95=_percentiles(np.concatenate(differences)),
        auc=auc(values, labels),
        auc_ci95=auc_interval(values, labels, groups),
        auc_bootstrap_ci95=_percentiles(np.concatenate(areas)),
        p=rank_p(values, labels, groups),
        method=RAW_METHOD,
    )


def matched_effect(
    values_N: FloatArray,
    is_memorized_N: BoolArray,
    pairs: NDArray[np.intp],
    groups_N: npt.ArrayLike | None = None,
    *,
    seed: int = 0,
) -> Effect:
    """Compare memorized generations with others of nearly the same lengths.

    Args:
        values_N: A measure of each generation, shape (N,); pairs with NaN are left out. Its
            `length_residuals`, since pairs are not of exactly the same lengths.
        is_memorized_N: Shape (N,).
        pairs: Index pairs (memorized, other) of shape (P, 2), see `match_on_lengths`.
        groups_N: Which example each generation is of, shape (N,); None for each its own. Pairs
            that share an example hang together.
        seed: Of the bootstrap.

    Raises:
        ValueError: If a pair is not one memorized generation and one other.
    """
    wrong = ~is_memorized_N[pairs[:, 0]] | is_memorized_N[pairs[:, 1]]
    if wrong.any():
        raise ValueError(
            "want pairs of one memorized and one other generation, got"
            f" {tuple(pairs[wrong][0].tolist())}"
        )
    differences = values_N[pairs[:, 0]] - values_N[pairs[:, 1]]
    known = ~np.isnan(differences)
    groups = _groups_of_pairs(pairs[known], group_numbers(groups_N, len(values_N)))
    differences, num_pairs = differences[known], int(known.sum())
    every = np.ones(num_pairs, dtype=bool)
    if reason := too_few(every, groups, MIN_EACH, is_paired=True):
        return Effect(num_pairs, num_pairs, reason=reason)
    signs = np.sign(differences)
    won = clusters(signs, groups)
    low, high = paired_interval(won)
    both = np.stack([differences, (signs + 1) / 2], axis=1)
    weights = np.concatenate(list(drawn_weights(every, groups, np.random.default_rng(seed))))
    drawn = weights @ both / weights.sum(axis=1, keepdims=True)
    return Effect(
        *(num_pairs, num_pairs),
        difference=float(differences.mean()),
        difference_ci95=_percentiles(drawn[:, 0]),
        auc=(won.mean + 1) / 2,
        auc_ci95=((low + 1) / 2, (high + 1) / 2),
        auc_bootstrap_ci95=_percentiles(drawn[:, 1]),
        p=sign_flip_p(won),
        method=MATCHED_METHOD,
    )


def too_few(
    is_memorized_N: BoolArray, groups_N: IntArray, least: int, *, is_paired: bool = False
) -> str | None:
    """Return why so few examples are not compared; None where there are enough.

    Args:
        is_memorized_N: Shape (N,).
        groups_N: Which example each generation, or pair, is of, shape (N,).
        least: Examples that are wanted on each side.
        is_paired: Whether each row is a pair, and so stands on both sides.
    """
    numbers = [
        len(np.unique(groups_N[side]))
        for side in (is_memorized_N, is_memorized_N if is_paired else ~is_memorized_N)
    ]
    if min(numbers) >= least:
        return None
    what = "examples with a memorized and with another generation"
    return f"want {least} {what}, got {numbers[0]} and {numbers[1]}"


def _groups_of_pairs(pairs: NDArray[np.intp], numbers_N: IntArray) -> IntArray:
    """Number pairs (P, 2) so that those that share an example, over others too, are of one group.

    Args:
        pairs: Index pairs of shape (P, 2).
        numbers_N: The example of each generation, numbered from 0, shape (N,).

    Returns:
        Shape (P,).
    """
    ends = numbers_N[pairs]
    number = int(numbers_N.max(initial=0)) + 1
    links = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(number, number))
    component_of: IntArray = connected_components(links, directed=False)[1].astype(np.intp)
    return component_of[ends[:, 0]]


def _mean_difference(
    values_N: FloatArray, is_memorized_N: BoolArray, weights: FloatArray
) -> FloatArray:
    """Return the mean of the memorized minus that of the others at each row of weights (R, N).

    Shape (R,); NaN where a side has no weight.
    """
    means = []
    for side in (is_memorized_N, ~is_memorized_N):
        totals = weights @ side
        won = weights @ (values_N * side)
        means.append(np.divide(won, totals, out=np.full(len(won), np.nan), where=totals > 0))
    return np.asarray(means[0] - means[1], dtype=np.float64)


def _percentiles(drawn: FloatArray) -> Interval | None:
    """Return the middle 95 % of a bootstrap's values (R,), NaN left out; None without a spread."""
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return (float(low), float(high)) if high > low else None
