"""Whether attention differs between memorized and other generations of one task.

Everything here is within one task, so nothing follows from tasks differing in length or difficulty.
Effects are rank-based: the AUC is the chance that a memorized generation has the greater value of a
random pair, 0.5 where attention says nothing.
"""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import linear_sum_assignment

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Interval = tuple[float, float]

NUM_RESAMPLES = 1000
MIN_EACH = 5
"""Fewer memorized, or fewer other, generations than this are not compared."""
CALIPER_SD = 0.25
"""How far apart, in standard deviations of either log length, a matched pair may be."""
MAX_MATCHED = 3000
"""Of more other generations than this a seeded sample is matched, to bound memory."""


@dataclass(frozen=True, slots=True)
class Effect:
    """How far a measure separates memorized generations from the others.

    Attributes:
        num_memorized: Memorized generations compared, or pairs where matched.
        num_others: The others compared.
        difference: Mean of the memorized minus mean of the others.
        difference_ci95: Its bootstrap interval.
        auc: Chance that the memorized one of a pair has the greater value, ties counted half.
        auc_ci95: Its bootstrap interval.
        p: Two-sided p-value when labels are permuted (within pairs where matched).
        reason: Why there are no figures; None where there are.
    """

    num_memorized: int
    num_others: int
    difference: float | None = None
    difference_ci95: Interval | None = None
    auc: float | None = None
    auc_ci95: Interval | None = None
    p: float | None = None
    reason: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the form of report.json; a reason only where there is one."""
        fields = asdict(self)
        if self.reason is None:
            del fields["reason"]
        return fields


def auc(values_N: FloatArray, is_memorized_N: BoolArray) -> float:
    """Return the area under the ROC curve of values (N,) for labels (N,), ties counted half."""
    return float(auc_of_columns(values_N[:, None], is_memorized_N)[0])


def auc_of_columns(columns: FloatArray, is_memorized_N: BoolArray) -> FloatArray:
    """Return the AUC of each column; shapes (N, K), (N,) -> (K,)."""
    num_memorized = int(is_memorized_N.sum())
    num_others = len(is_memorized_N) - num_memorized
    ranks = stats.rankdata(columns, axis=0)
    above = ranks[is_memorized_N].sum(axis=0) - num_memorized * (num_memorized + 1) / 2
    return np.asarray(above / (num_memorized * num_others), dtype=np.float64)


def raw_effect(values_N: FloatArray, is_memorized_N: BoolArray, *, seed: int = 0) -> Effect:
    """Compare memorized generations with all others.

    Args:
        values_N: A measure of each generation, shape (N,); NaN is left out.
        is_memorized_N: Shape (N,).
        seed: Of the bootstrap and the permutations.
    """
    known = ~np.isnan(values_N)
    values, labels = values_N[known], is_memorized_N[known]
    memorized, others = values[labels], values[~labels]
    if min(len(memorized), len(others)) < MIN_EACH:
        return _too_few(len(memorized), len(others))
    rng = np.random.default_rng(seed)
    drawn = (
        rng.choice(memorized, (NUM_RESAMPLES, len(memorized))),
        rng.choice(others, (NUM_RESAMPLES, len(others))),
    )
    is_first = np.arange(len(values)) < len(memorized)
    areas = auc_of_columns(np.concatenate(drawn, axis=1).T, is_first)
    differences = drawn[0].mean(axis=1) - drawn[1].mean(axis=1)
    return Effect(
        len(memorized),
        len(others),
        float(memorized.mean() - others.mean()),
        _percentiles(differences),
        auc(values, labels),
        _percentiles(areas),
        permutation_p(values, labels, rng),
    )


def matched_effect(
    values_N: FloatArray, is_memorized_N: BoolArray, pairs: NDArray[np.intp], *, seed: int = 0
) -> Effect:
    """Compare memorized generations with others of the same lengths.

    Args:
        values_N: A measure of each generation, shape (N,); pairs with NaN are left out.
        is_memorized_N: Shape (N,).
        pairs: Index pairs (memorized, other) of shape (P, 2), see `match_on_lengths`.
        seed: Of the bootstrap and the permutations.

    Raises:
        ValueError: If a pair is not one memorized generation and one other.
    """
    if not (is_memorized_N[pairs[:, 0]].all() and not is_memorized_N[pairs[:, 1]].any()):
        raise ValueError("want pairs of one memorized and one other generation, got other pairs")
    differences = values_N[pairs[:, 0]] - values_N[pairs[:, 1]]
    differences = differences[~np.isnan(differences)]
    if len(differences) < MIN_EACH:
        return _too_few(len(differences), len(differences))
    wins = (np.sign(differences) + 1) / 2
    rng = np.random.default_rng(seed)
    rows = rng.integers(len(differences), size=(NUM_RESAMPLES, len(differences)))
    signs = rng.choice([-1.0, 1.0], size=(NUM_RESAMPLES, len(differences)))
    ranks = stats.rankdata(np.abs(differences)) * np.sign(differences)
    return Effect(
        len(differences),
        len(differences),
        float(differences.mean()),
        _percentiles(differences[rows].mean(axis=1)),
        float(wins.mean()),
        _percentiles(wins[rows].mean(axis=1)),
        _tail_p(signs @ ranks, ranks.sum()),
    )


def match_on_lengths(
    is_memorized_N: BoolArray,
    source_tokens_N: NDArray[np.int64],
    target_tokens_N: NDArray[np.int64],
    *,
    seed: int = 0,
) -> NDArray[np.intp]:
    """Pair memorized generations with others of nearly the same source and output length.

    As many pairs as the caliper allows, each generation in one at most, of the least total distance
    between log lengths in standard deviations.

    Args:
        is_memorized_N: Shape (N,).
        source_tokens_N: Shape (N,).
        target_tokens_N: Shape (N,).
        seed: Of the sample that is drawn where there are more than `MAX_MATCHED` others.

    Returns:
        Index pairs (memorized, other) of shape (P, 2).
    """
    logs = np.log1p(np.stack([source_tokens_N, target_tokens_N], axis=1).astype(np.float64))
    places = logs / np.maximum(logs.std(axis=0), 1e-9)
    memorized, others = np.flatnonzero(is_memorized_N), np.flatnonzero(~is_memorized_N)
    rng = np.random.default_rng(seed)
    memorized, others = (rng.permutation(side)[:MAX_MATCHED] for side in (memorized, others))
    gaps = np.abs(places[memorized][:, None] - places[others][None])
    too_far = (gaps > CALIPER_SD).any(axis=2)
    # a pair beyond the caliper costs more than any number of pairs within it could save
    costs = np.where(too_far, 1e6, gaps.sum(axis=2))
    rows, columns = linear_sum_assignment(costs)
    kept = ~too_far[rows, columns]
    pairs = np.stack([memorized[rows[kept]], others[columns[kept]]], axis=1)
    return pairs[np.argsort(pairs[:, 0])]


def permutation_p(
    values_N: FloatArray, is_memorized_N: BoolArray, rng: np.random.Generator
) -> float:
    """Return the two-sided p-value of the AUC of values (N,) when labels (N,) are permuted."""
    centered = stats.rankdata(values_N) - (len(values_N) + 1) / 2
    labels = rng.permuted(np.tile(is_memorized_N, (NUM_RESAMPLES, 1)), axis=1)
    return _tail_p(labels @ centered, centered[is_memorized_N].sum())


def _tail_p(drawn: FloatArray, found: float) -> float:
    """Return the share of drawn statistics (R,) at least as far from 0, itself counted once."""
    as_far = int((np.abs(drawn) >= abs(found) - 1e-9).sum())
    return (as_far + 1) / (len(drawn) + 1)


def _percentiles(drawn: FloatArray) -> Interval:
    """Return the middle 95 % of a bootstrap's values (R,)."""
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def _too_few(num_memorized: int, num_others: int) -> Effect:
    reason = f"want {MIN_EACH} of each, got {num_memorized} memorized and {num_others} others"
    return Effect(num_memorized, num_others, reason=reason)
