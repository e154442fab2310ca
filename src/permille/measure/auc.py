"""The area under the ROC curve, with an interval and a p-value for values that hang together.

The AUC is the chance that a marked value is the greater one of a random pair, ties counted half.
Values of one group (generations for one example) rise and fall together: groups are resampled and
permuted, never their members. Without groups each value is its own.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

from permille.measure.clusters import Clusters
from permille.measure.intervals import Z95, Interval

NUM_RESAMPLES = 1000
_MAX_CELLS = 1 << 22

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]


def auc(values_N: FloatArray, is_marked_N: BoolArray) -> float:
    """Return the area under the ROC curve of values (N,) for marks (N,), ties counted half."""
    num_marked = int(is_marked_N.sum())
    num_others = len(is_marked_N) - num_marked
    ranks = stats.rankdata(values_N)
    above = ranks[is_marked_N].sum() - num_marked * (num_marked + 1) / 2
    return float(above / (num_marked * num_others))


def auc_interval(
    values_N: FloatArray, is_marked_N: BoolArray, groups_N: npt.ArrayLike | None = None
) -> Interval:
    """Return the 95 % score interval of the AUC, which has a length even at 0 and 1.

    R. Newcombe, "Confidence intervals for an effect size measure based on the Mann-Whitney
    statistic, part 2", Statistics in Medicine 25 (2006), method 5: Hanley and McNeil's variance at
    the candidate value, the two sizes averaged. It is taken at effective sizes: of groups, and of
    few groups or values by Student's quantile.

    Args:
        values_N: Shape (N,).
        is_marked_N: Shape (N,), some of them and not all.
        groups_N: Which group each value belongs to, shape (N,); None for each its own.
    """
    effect = _design_effect(values_N, is_marked_N, group_numbers(groups_N, len(values_N)))
    num_marked = float(is_marked_N.sum())
    sizes = num_marked / effect, (len(values_N) - num_marked) / effect
    return newcombe_interval(auc(values_N, is_marked_N), *sizes)


def newcombe_interval(area: float, num_marked: float, num_others: float) -> Interval:
    """Return Newcombe's method 5 interval of an AUC in [0, 1]; sizes may be fractions."""
    extra = max(0.0, (num_marked + num_others) / 2 - 1)

    def beyond(candidate: float) -> float:
        spread = 1 + extra * ((1 - candidate) / (2 - candidate) + candidate / (1 + candidate))
        variance = candidate * (1 - candidate) * spread / (num_marked * num_others)
        return (candidate - area) ** 2 - Z95**2 * variance

    low = 0.0 if area <= 0 else optimize.brentq(beyond, 0, _inside(area, -1), xtol=1e-12)
    high = 1.0 if area >= 1 else optimize.brentq(beyond, _inside(area, 1), 1, xtol=1e-12)
    return float(low), float(high)


def difference_interval(
    areas: tuple[float, float], ends: tuple[Interval, Interval], correlation: float
) -> Interval:
    """Return the interval of the first AUC minus the second, both of the same values.

    The method of variance estimates recovery for dependent estimates (Zou, Psychological Methods
    12, 2007), which has a length wherever the intervals of both have one and do not move as one.

    Args:
        areas: The two AUCs.
        ends: Their intervals.
        correlation: Of the two estimates, in [-1, 1].
    """
    (first, second), (first_ends, second_ends) = areas, ends

    def half(one: float, other: float) -> float:
        return float(np.sqrt(max(0.0, one**2 + other**2 - 2 * correlation * one * other)))

    below = half(first - first_ends[0], second_ends[1] - second)
    above = half(first_ends[1] - first, second - second_ends[0])
    return first - second - below, first - second + above


def rank_p(
    values_N: FloatArray, is_marked_N: BoolArray, groups_N: npt.ArrayLike | None = None
) -> float:
    """Return the two-sided p-value of the AUC when marks are permuted between groups.

    The marks of a whole group change places with those of another of the same size. Mean and
    variance over all such permutations are exact (Hoeffding's combinatorial ones), their
    distribution is taken as normal. Without groups it is Mann and Whitney's test, ties corrected.
    1 where no permutation changes anything.

    Args:
        values_N: Shape (N,).
        is_marked_N: Shape (N,).
        groups_N: Which group each value belongs to, shape (N,); None for each its own.
    """
    ranks = stats.rankdata(values_N)
    moved, variance = 0.0, 0.0
    for rows in blocks_by_size(group_numbers(groups_N, len(values_N))):
        marks, places = (axis[rows] for axis in (is_marked_N.astype(np.float64), ranks))
        marks, places = (axis - axis.mean(axis=0) for axis in (marks, places))
        moved += float((marks * places).sum())
        if len(rows) > 1:
            together = (marks.T @ marks) * (places.T @ places)
            variance += float(together.sum()) / (len(rows) - 1)
    if variance <= 1e-9:
        return 1.0
    return float(2 * stats.norm.sf(abs(moved) / np.sqrt(variance)))


def permuted_marks(
    is_marked_N: BoolArray, groups_N: npt.ArrayLike | None, rng: np.random.Generator
) -> BoolArray:
    """Return the marks (N,) with those of whole groups exchanged between groups of one size."""
    permuted = is_marked_N.copy()
    for rows in blocks_by_size(group_numbers(groups_N, len(is_marked_N))):
        permuted[rows] = is_marked_N[rng.permutation(rows)]
    return permuted


def drawn_weights(
    is_marked_N: BoolArray, groups_N: npt.ArrayLike | None, rng: np.random.Generator
) -> Iterator[FloatArray]:
    """Yield how often each value is drawn in each resample, of shape (r, N), in all (R, N).

    Whole groups are drawn with replacement, those that hold a marked value apart from the others.
    """
    numbers = group_numbers(groups_N, len(is_marked_N))
    holds_marked = np.bincount(numbers, weights=is_marked_N) > 0
    strata = [np.flatnonzero(holds_marked == held) for held in (True, False)]
    step = max(1, min(NUM_RESAMPLES, _MAX_CELLS // len(numbers)))
    for start in range(0, NUM_RESAMPLES, step):
        rows = min(step, NUM_RESAMPLES - start)
        counts = np.zeros((rows, len(holds_marked)))
        for stratum in strata:
            if len(stratum):
                even = np.full(len(stratum), 1 / len(stratum))
                counts[:, stratum] = rng.multinomial(len(stratum), even, size=rows)
        yield counts[:, numbers]


def weighted_auc(values_N: FloatArray, is_marked_N: BoolArray, weights: FloatArray) -> FloatArray:
    """Return the AUC at each row of weights (R, N), of shape (R,); NaN where a side has none."""
    order = np.argsort(values_N, kind="stable")
    starts = np.flatnonzero(np.diff(values_N[order], prepend=-np.inf) != 0)
    marked, others = (
        np.add.reduceat(weights[:, order] * side[order], starts, axis=1)
        for side in (is_marked_N, ~is_marked_N)
    )
    below = np.cumsum(others, axis=1) - others / 2
    pairs = marked.sum(axis=1) * others.sum(axis=1)
    won = (marked * below).sum(axis=1)
    areas: FloatArray = np.divide(won, pairs, out=np.full(len(pairs), np.nan), where=pairs > 0)
    return areas


def group_numbers(groups_N: npt.ArrayLike | None, number: int) -> IntArray:
    """Number groups of any labels from 0, shape (N,).

    Raises:
        ValueError: If there are not as many labels as values.
    """
    if groups_N is None:
        return np.arange(number)
    labels = np.asarray(groups_N)
    if labels.shape != (number,):
        raise ValueError(f"want a group for each of {number} values, got {labels.shape}")
    return np.unique(labels, return_inverse=True)[1]


def blocks_by_size(numbers_N: IntArray) -> Iterator[IntArray]:
    """Yield for each size s the places of its G groups' members, of shape (G, s)."""
    sizes = np.bincount(numbers_N)
    order = np.argsort(numbers_N, kind="stable")
    for size in np.unique(sizes[sizes > 0]):
        yield order[(sizes == size)[numbers_N[order]]].reshape(-1, size)


def _design_effect(values_N: FloatArray, is_marked_N: BoolArray, numbers_N: IntArray) -> float:
    """Return how many dependent values weigh as much as one independent value; at least 1.

    DeLong's variance with the placements summed by group (Obuchowski, Biometrics 53, 1997) against
    the one of independent values. Few misplaced values hardly tell how alike the members of a group
    are, so one more misplaced pair is added, in groups whose members are copies of each other.
    Where no value is misplaced they count as copies. Of few groups, or few values by themselves,
    Student's quantile stands for the normal one, at the degrees of freedom of the side that has
    fewer: were single values left out, one pair that hangs together would bring it all at once.
    """
    copies = float((np.bincount(numbers_N) ** 2).sum() / len(numbers_N))
    num_marked = int(is_marked_N.sum())
    num_others = len(is_marked_N) - num_marked
    ranks = stats.rankdata(values_N)
    own = np.empty_like(ranks)
    for side in (is_marked_N, ~is_marked_N):
        own[side] = stats.rankdata(values_N[side])
    beaten = np.where(is_marked_N, (ranks - own) / num_others, 1 - (ranks - own) / num_marked)
    sizes = np.where(is_marked_N, num_marked, num_others)
    parts = (beaten - auc(values_N, is_marked_N)) / sizes
    independent = float((parts**2).sum())
    if independent <= 1e-12:
        return copies
    grouped = float((np.bincount(numbers_N, weights=parts) ** 2).sum())
    one_pair = 2 / (num_marked * num_others) ** 2
    freedom = min(_degrees_of_freedom(numbers_N[side]) for side in (is_marked_N, ~is_marked_N))
    student = float(stats.t.ppf(0.975, freedom))
    effect = (max(grouped, independent) + copies * one_pair) / (independent + one_pair)
    return effect * (student / Z95) ** 2


def _degrees_of_freedom(numbers_N: IntArray) -> float:
    """Return on how many groups of these values, less one, a variance rests; at least 1."""
    sizes = np.unique(numbers_N, return_counts=True)[1].astype(np.float64)
    if len(sizes) == 1:
        return 1.0
    return Clusters(sizes, np.zeros_like(sizes), 0.0).degrees_of_freedom()


def _inside(area: float, side: int) -> float:
    """Move an AUC a little to one side: at 0 and 1 themselves the score is always 0."""
    return min(1.0, max(0.0, area + side * 1e-9))
