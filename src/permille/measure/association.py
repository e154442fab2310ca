"""Rank correlation of a few points, with an exact p-value and the least p that is attainable."""

import math
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt
from scipy import stats

from permille.measure.clusters import NUM_RESAMPLES
from permille.measure.intervals import Z95, Interval

MAX_EXACT_POINTS = 8
"""Up to so many points all orders are tried (40,320); beyond, some are drawn."""

MIN_INTERVAL_POINTS = 6
"""With fewer points no interval is given: five points hold almost any correlation."""


@dataclass(frozen=True, slots=True)
class RankCorrelation:
    """Spearman's correlation of `n` points; None with a reason where it is undefined.

    `smallest_p` is the least p-value that `n` points can give: with five it is 0.0167.
    """

    n: int
    spearman: float | None = None
    p: float | None = None
    smallest_p: float | None = None
    ci95: Interval | None = None
    method: str | None = None
    reason: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the form of ``comparison.json``."""
        if self.spearman is None or self.p is None or self.smallest_p is None:
            undefined = dict.fromkeys(("spearman", "p", "smallest_p", "ci95"))
            return undefined | {"n": self.n, "reason": self.reason}
        return {
            "spearman": round(self.spearman, 3),
            "p": float(f"{self.p:.3g}"),
            "smallest_p": float(f"{self.smallest_p:.3g}"),
            "ci95": None if self.ci95 is None else [round(end, 3) for end in self.ci95],
            "n": self.n,
            "method": self.method,
        }


def rank_correlation(
    first: npt.ArrayLike, second: npt.ArrayLike, *, seed: int = 0
) -> RankCorrelation:
    """Return Spearman's correlation of two figures of shape (N,), ties at their mean rank.

    The p-value is the share of the orders of `second` with a correlation at least as far from 0:
    of all orders up to `MAX_EXACT_POINTS` points, else of drawn ones. The interval is Fisher's
    with the standard error of Bonett & Wright (Psychometrika 65, 2000).

    Raises:
        ValueError: If the two have not as many points.
    """
    ranks, other_ranks = (stats.rankdata(np.asarray(axis)) for axis in (first, second))
    num_points = len(ranks)
    if num_points != len(other_ranks):
        raise ValueError(f"want as many points on both axes, got {num_points}, {len(other_ranks)}")
    if num_points < 3:
        points = "1 point has" if num_points == 1 else f"{num_points} points have"
        return RankCorrelation(num_points, reason=f"{points} no rank correlation")
    if np.isnan(ranks).any() or np.isnan(other_ranks).any():
        return RankCorrelation(num_points, reason="one of the two figures is not known everywhere")
    if np.ptp(ranks) == 0 or np.ptp(other_ranks) == 0:
        return RankCorrelation(num_points, reason="one of the two figures is the same everywhere")
    spearman = _pearson(ranks, other_ranks[np.newaxis])[0]
    exact = num_points <= MAX_EXACT_POINTS
    drawn = _pearson(ranks, _orders(other_ranks, exact, seed))
    p, smallest_p = (
        _tail(drawn, abs(spearman), exact),
        _tail(drawn, _largest(ranks, other_ranks), exact),
    )
    return RankCorrelation(
        num_points,
        float(spearman),
        p,
        smallest_p,
        fisher_interval(float(spearman), num_points),
        "all orders" if exact else f"{NUM_RESAMPLES} orders drawn",
    )


def block_rank_correlation(
    first: npt.ArrayLike, second: npt.ArrayLike, *, seed: int = 0
) -> RankCorrelation:
    """Return Spearman's correlation over all points of T blocks that depend within a block.

    The p-value permutes whole blocks: the figures of a task at its K epochs stay together and in
    their order, so that only T things are exchanged. No interval is given, since no formula for
    single points holds for such blocks.

    Args:
        first: A figure of T blocks with K points each.
        second: The other figure, of the same shape.
        seed: Of the orders that are drawn where there are too many to try all.

    Raises:
        ValueError: If the shapes differ.
    """
    blocks, others = (np.asarray(figure, dtype=np.float64) for figure in (first, second))
    if blocks.shape != others.shape or blocks.ndim != 2:
        raise ValueError(
            f"want two figures of one shape (T, K), got {blocks.shape}, {others.shape}"
        )
    num_blocks = len(blocks)
    if num_blocks < 3 or blocks.shape[1] == 0:
        tasks = "1 task has" if num_blocks == 1 else f"{num_blocks} tasks have"
        return RankCorrelation(num_blocks, reason=f"{tasks} no exact test")
    ranks = stats.rankdata(blocks)
    other_ranks = stats.rankdata(others).reshape(others.shape)
    if np.ptp(ranks) == 0 or np.ptp(other_ranks) == 0:
        return RankCorrelation(num_blocks, reason="one of the two figures is the same everywhere")
    exact = num_blocks <= MAX_EXACT_POINTS
    places = _orders(np.arange(num_blocks, dtype=np.float64), exact, seed).astype(np.intp)
    drawn = _pearson(ranks, other_ranks[places].reshape(len(places), -1))
    spearman = float(_pearson(ranks, other_ranks.reshape(1, -1))[0])
    return RankCorrelation(
        num_blocks,
        spearman,
        _tail(drawn, abs(spearman), exact),
        _tail(drawn, float(np.abs(drawn).max()), exact),
        None,
        "all orders of tasks" if exact else f"{NUM_RESAMPLES} orders of tasks drawn",
    )


def _pearson(
    ranks: npt.NDArray[np.float64], orders: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the correlation of ranks of shape (N,) with each of (R, N) orders, of shape (R,)."""
    centered, others = ranks - ranks.mean(), orders - orders.mean(axis=1, keepdims=True)
    scale = np.sqrt((centered**2).sum() * (others**2).sum(axis=1))
    return np.asarray((others @ centered) / scale, dtype=np.float64)


def _orders(ranks: npt.NDArray[np.float64], exact: bool, seed: int) -> npt.NDArray[np.float64]:
    """Return all orders of ranks of shape (N,), or some that are drawn, of shape (R, N)."""
    if exact:
        return np.array(list(permutations(ranks)))
    return np.random.default_rng(seed).permuted(np.tile(ranks, (NUM_RESAMPLES, 1)), axis=1)


def _largest(ranks: npt.NDArray[np.float64], other_ranks: npt.NDArray[np.float64]) -> float:
    """Return the greatest attainable size of the correlation of two (N,) rankings."""
    ascending = np.sort(other_ranks)
    both = np.stack([ascending, ascending[::-1]])
    return float(np.abs(_pearson(np.sort(ranks), both)).max())


def _tail(drawn: npt.NDArray[np.float64], size: float, exact: bool) -> float:
    """Return the share of (R,) correlations at least `size` from 0, as a p-value."""
    as_far = int((np.abs(drawn) >= size - 1e-12).sum())
    return as_far / len(drawn) if exact else (as_far + 1) / (len(drawn) + 1)


def fisher_interval(spearman: float, num_points: int) -> Interval | None:
    """Return the interval of Spearman's correlation; None for few points, and for exactly 1."""
    if num_points < MIN_INTERVAL_POINTS or abs(spearman) >= 1 - 1e-12:
        return None
    half = Z95 * math.sqrt((1 + spearman**2 / 2) / (num_points - 3))
    middle = math.atanh(spearman)
    return math.tanh(middle - half), math.tanh(middle + half)
