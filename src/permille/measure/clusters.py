"""Values in groups that share text: design effects, permutation tests and bootstraps over groups.

Examples that share text rise and fall together, so groups are resampled, never their members. Most
groups look alike (one member, no case), so groups are drawn by their look (size and sum): the same
distribution as drawing them one by one, in a fraction of the time.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from permille.measure.intervals import Z95, Interval, tango_interval, wilson_interval

NUM_RESAMPLES = 9_999
"""Draws of a permutation test or bootstrap; the smallest p-value is one over this plus one."""

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
_MAX_CELLS = 1 << 22


@dataclass(frozen=True, slots=True)
class Clusters:
    """Values summed by group.

    `sizes` and `sums`, of shape (G,), are the number and the sum of each group's values;
    `sum_squares` is over all values.
    """

    sizes: FloatArray
    sums: FloatArray
    sum_squares: float

    @property
    def of(self) -> float:
        """The number of values."""
        return float(self.sizes.sum())

    @property
    def mean(self) -> float:
        """The mean of all values."""
        return float(self.sums.sum() / self.sizes.sum())

    def design_effect(self) -> float:
        """Return how many dependent values weigh as much as one independent value; at least 1.

        The variance of the mean over groups (as a ratio of sums, linearized) against that of as
        many independent values (Rao & Scott, Biometrics 48, 1992). A few cases hardly tell how
        alike the members of a group are, and a few large groups without any tell nothing of it. So
        copies of each other are added: one case, or as much as two groups vary by if that is more;
        where all values are equal they count as copies. A large group draws the mean to itself, so
        a residual weighs by what its group leaves to the others, and Student's quantile stands for
        the normal one, at the degrees of freedom that groups of these sizes have (Bell & McCaffrey,
        Survey Methodology 28, 2002).
        """
        copies = float((self.sizes**2).sum() / self.of)
        within = self.sum_squares - self.of * self.mean**2
        if within <= 1e-9 or len(self.sizes) in (1, self.of):
            return copies
        between = self.variance_of_mean() * self.of**2
        student = float(special.stdtrit(self.degrees_of_freedom(), 0.975))
        added = max(1.0, 2 * copies * within / self.of)
        return (max(between, within) + added * copies) / (within + added) * (student / Z95) ** 2

    def variance_of_mean(self) -> float:
        """Return the variance of the mean over groups, as a ratio of sums, linearized.

        Of N groups of one value it is their sample variance over N; there have to be two groups.
        """
        residuals = self.sums - self.mean * self.sizes
        return float((residuals**2 / (1 - self.sizes / self.of)).sum()) / self.of**2

    def degrees_of_freedom(self) -> float:
        """Return how many groups' worth of evidence, less one, the variance rests on; at least 1.

        Satterthwaite's number for groups whose members are copies of each other, so that a few
        large groups carry the variance. Of G groups of one size it is G - 1.
        """
        sizes, counts = np.unique(self.sizes, return_counts=True)
        weights = 1 / (1 - sizes / self.of)
        squares = float((counts * sizes**2).sum()) / self.of**2
        own = weights * sizes**2 * (1 - 2 * sizes / self.of + squares)
        shared = np.outer(sizes, sizes) * (squares - np.add.outer(sizes, sizes) / self.of)
        products = np.outer(weights, weights) * shared**2
        others = counts @ products @ counts - float((counts * np.diag(products)).sum())
        return max(1.0, float((counts * own).sum()) ** 2 / float((counts * own**2).sum() + others))

    def effective_of(self) -> float:
        """Return how many independent values weigh as much as all of these."""
        return self.of / self.design_effect()


def clusters(values: npt.ArrayLike, groups: npt.ArrayLike | None = None) -> Clusters:
    """Return `values` of shape (N,) summed by `groups` of shape (N,), labels of any kind.

    Without groups every value is its own.

    Raises:
        ValueError: If there are not as many groups as values.
    """
    numbers = np.asarray(values, dtype=np.float64)
    squares = float((numbers**2).sum())
    if groups is None:
        return Clusters(np.ones(len(numbers)), numbers, squares)
    labels = np.asarray(groups)
    if labels.shape != numbers.shape:
        raise ValueError(f"want a group for each of {numbers.shape} values, got {labels.shape}")
    _, which = np.unique(labels, return_inverse=True)
    sums = np.bincount(which, weights=numbers).astype(np.float64)
    return Clusters(np.bincount(which).astype(np.float64), sums, squares)


def share_interval(arm: Clusters) -> Interval:
    """Return Wilson's interval of the arm's share at its effective size."""
    size = arm.effective_of()
    return wilson_interval(arm.mean * size, size)


def paired_interval(differences: Clusters) -> Interval:
    """Return Tango's interval of the mean paired difference at its effective size."""
    effect = differences.design_effect()
    discordant, net = differences.sum_squares, float(differences.sums.sum())
    gained, lost = (discordant + net) / 2, (discordant - net) / 2
    return tango_interval(gained / effect, lost / effect, differences.of / effect)


def permutation_p(first: Clusters, second: Clusters, *, seed: int = 0) -> float:
    """Return the two-sided p-value of the difference of two means, groups changing arms.

    A group changes places with one of its size only: in arms whose large groups are not as many,
    sizes would change places with them. The distance of the first arm's sum from its mean over all
    permutations is studentized, since arms that vary unequally and are not of one size are told
    apart without it though their means are equal (Janssen, Statistics & Probability Letters 36,
    1997; Chung & Romano, Annals of Statistics 41, 2013). A size that only one arm has tells
    nothing; where that is all, p is 1.

    Monte Carlo over `NUM_RESAMPLES` draws, the observed one counted among them.
    """
    rng = np.random.default_rng(seed)
    distances, variances = np.zeros((2, NUM_RESAMPLES + 1))
    for size in np.intersect1d(first.sizes, second.sizes):
        one, other = (arm.sums[arm.sizes == size] for arm in (first, second))
        looks, counts = np.unique(np.concatenate([one, other]), return_counts=True)
        centered = looks - float(counts @ looks) / counts.sum()
        moments = np.stack([centered, centered**2], axis=1)
        own = np.searchsorted(looks, one)
        totals = np.vstack([moments[own].sum(axis=0), _draw(moments, counts, len(one), rng)])
        squares = totals[:, 1] / len(one) ** 2
        squares += (float(counts @ centered**2) - totals[:, 1]) / len(other) ** 2
        distances += totals[:, 0]
        variances += (len(one) * len(other) / counts.sum()) ** 2 * squares
    if variances[0] <= 1e-12:
        return 1.0
    apart = distances**2 / variances
    return float((apart >= apart[0] * (1 - 1e-9) - 1e-12).sum()) / len(apart)


def welch_p(first: Clusters, second: Clusters) -> float | None:
    """Return the two-sided p-value of Welch's t of the difference of two means over groups.

    The variance of each mean is that of a ratio of sums over groups, with Bell & McCaffrey's
    degrees of freedom, joined as Welch and Satterthwaite join them. None where an arm is of one
    group, or neither arm varies: there is no variance to go by.
    """
    if min(len(first.sizes), len(second.sizes)) < 2:
        return None
    own, other = first.variance_of_mean(), second.variance_of_mean()
    if own + other <= 1e-12:
        return None
    freedom = (own + other) ** 2 / (
        own**2 / first.degrees_of_freedom() + other**2 / second.degrees_of_freedom()
    )
    apart = abs(first.mean - second.mean) / np.sqrt(own + other)
    return float(2 * special.stdtr(freedom, -apart))


def bootstrap_difference(first: Clusters, second: Clusters, *, seed: int = 0) -> Interval | None:
    """Return the 95 % percentile bootstrap interval of the difference of two means.

    Groups are resampled within their arm. None where both arms are of one value each: resampling
    them only gives the same again, which is no interval.
    """
    rng = np.random.default_rng(seed)
    drawn = _bootstrap_means(first, rng) - _bootstrap_means(second, rng)
    if np.ptp(drawn) == 0:
        return None
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(low), float(high)


def sign_flip_p(differences: Clusters) -> float:
    """Return the exact two-sided p-value of a mean paired difference, groups changing sides.

    The sums of `differences` by group are whole numbers; each keeps its sign with probability 1/2.
    With one pair a group this is McNemar's exact test.
    """
    nets = np.abs(np.rint(differences.sums)).astype(np.int64)
    chances = np.ones(1)
    for net, num_groups in zip(*np.unique(nets[nets > 0], return_counts=True), strict=True):
        flips = np.zeros(2 * int(net) * int(num_groups) + 1)
        flips[:: 2 * int(net)] = _fair_coin(int(num_groups))
        chances = np.convolve(chances, flips)
    reach = len(chances) // 2
    observed = abs(round(float(differences.sums.sum())))
    tail = chances[np.abs(np.arange(-reach, reach + 1)) >= observed].sum()
    return min(1.0, float(tail))


def _fair_coin(tosses: int) -> FloatArray:
    """Return the chances of 0..`tosses` heads, of shape (tosses + 1,)."""
    return np.asarray(stats.binom.pmf(np.arange(tosses + 1), tosses, 0.5), dtype=np.float64)


def _looks(sizes: FloatArray, sums: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return the distinct (size, sum) of groups, of shape (K, 2), and how many have each, (K,)."""
    looks, counts = np.unique(np.stack([sizes, sums], axis=1), axis=0, return_counts=True)
    return looks, counts.astype(np.int64)


def _draw(
    values: FloatArray, counts: IntArray, num_drawn: int, rng: np.random.Generator
) -> FloatArray:
    """Return sums (R, D) of values (K, D), each there (K,) times, drawn without replacement."""
    totals = np.empty((NUM_RESAMPLES, values.shape[1]))
    step = max(1, _MAX_CELLS // len(counts))
    for start in range(0, NUM_RESAMPLES, step):
        rows = min(step, NUM_RESAMPLES - start)
        drawn = rng.multivariate_hypergeometric(counts, num_drawn, size=rows, method="marginals")
        totals[start : start + rows] = drawn @ values
    return totals


def _bootstrap_means(arm: Clusters, rng: np.random.Generator) -> FloatArray:
    """Return the means, of shape (R,), of as many groups drawn with replacement, R times."""
    looks, counts = _looks(arm.sizes, arm.sums)
    means = np.empty(NUM_RESAMPLES)
    step = max(1, _MAX_CELLS // len(counts))
    for start in range(0, NUM_RESAMPLES, step):
        rows = min(step, NUM_RESAMPLES - start)
        drawn = rng.multinomial(counts.sum(), counts / counts.sum(), size=rows)
        totals = drawn @ looks
        means[start : start + rows] = totals[:, 1] / totals[:, 0]
    return means
