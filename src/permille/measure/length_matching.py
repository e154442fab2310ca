"""Pairs of generations of nearly the same lengths, one of them memorized."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

CALIPER_SD = 0.25
"""How far apart, in standard deviations of either log length, a matched pair may be."""
MAX_MATCHED = 3000
"""Of more generations than this on a side a seeded sample is matched, to bound memory."""


def match_on_lengths(
    is_memorized_N: NDArray[np.bool_],
    source_tokens_N: NDArray[np.int64],
    target_tokens_N: NDArray[np.int64],
    *,
    seed: int = 0,
) -> NDArray[np.intp]:
    """Pair memorized generations with others of nearly the same source and output length.

    As many pairs as the caliper allows, each generation in one at most, of the least total distance
    between log lengths in standard deviations. Within the caliper the memorized ones stay a little
    longer where they are longer in all, see `mean_gaps`, so what is compared in pairs should be
    free of a straight line in length as well (Rubin, Journal of the American Statistical
    Association 74, 1979).

    Args:
        is_memorized_N: Shape (N,).
        source_tokens_N: Shape (N,).
        target_tokens_N: Shape (N,).
        seed: Of the sample that is drawn where there are more than `MAX_MATCHED` of a side.

    Returns:
        Index pairs (memorized, other) of shape (P, 2).
    """
    places = _places(source_tokens_N, target_tokens_N)
    memorized, others = np.flatnonzero(is_memorized_N), np.flatnonzero(~is_memorized_N)
    rng = np.random.default_rng(seed)
    memorized, others = (rng.permutation(side)[:MAX_MATCHED] for side in (memorized, others))
    gaps: NDArray[np.float64] = np.abs(places[memorized][:, None] - places[others][None])
    too_far = gaps.max(axis=2) > CALIPER_SD
    # a pair beyond the caliper costs more than any number of pairs within it could save
    costs = np.where(too_far, 1e6, gaps.sum(axis=2))
    rows, columns = linear_sum_assignment(costs)
    kept = ~too_far[rows, columns]
    pairs = np.stack([memorized[rows[kept]], others[columns[kept]]], axis=1)
    return pairs[np.argsort(pairs[:, 0])]


def mean_gaps(
    pairs: NDArray[np.intp], source_tokens_N: NDArray[np.int64], target_tokens_N: NDArray[np.int64]
) -> tuple[float, float] | None:
    """Return how much longer the memorized ones of pairs still are; None without a pair.

    Args:
        pairs: Index pairs (memorized, other) of shape (P, 2).
        source_tokens_N: Shape (N,).
        target_tokens_N: Shape (N,).

    Returns:
        Means over pairs, in standard deviations of the log source and of the log output length.
    """
    if len(pairs) == 0:
        return None
    places = _places(source_tokens_N, target_tokens_N)
    source, target = (places[pairs[:, 0]] - places[pairs[:, 1]]).mean(axis=0)
    return float(source), float(target)


def _places(
    source_tokens_N: NDArray[np.int64], target_tokens_N: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return both log lengths in standard deviations, of shape (N, 2)."""
    logs = np.log1p(np.stack([source_tokens_N, target_tokens_N], axis=1).astype(np.float64))
    places: NDArray[np.float64] = logs / np.maximum(logs.std(axis=0), 1e-9)
    return places
