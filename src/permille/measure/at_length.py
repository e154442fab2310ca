"""Ratios of texts whose lengths differ: weighted to other lengths, and by what was written."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from permille.measure.clusters import clusters, share_interval
from permille.measure.intervals import Interval, wilson_interval

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    ci95: Interval


def weighted_share(values: npt.ArrayLike, weights: npt.ArrayLike, units: npt.ArrayLike) -> Estimate:
    """Return the share of true values of unequal weight, all of shape (N,).

    Wilson's interval at an effective size: that of as many equal weights (1 / the sum of squared
    weights, those of one unit taken together) by a design effect, the variance of the weighted
    share against that of weights which tell nothing of the values (Rao & Scott, Biometrics 48,
    1992). The design effect is at least 1; with one more case of a mean weight a few cases do not
    make it by themselves.

    Args:
        values: What is counted.
        weights: Not below 0, some above.
        units: Labels; the values of one unit are copies of each other.
    """
    cases = np.asarray(values, dtype=np.float64)
    shares = np.asarray(weights, dtype=np.float64) / np.sum(weights)
    which = np.unique(np.asarray(units), return_inverse=True)[1]
    share = float(shares @ cases)
    of_units = np.bincount(which, shares)
    residuals = np.bincount(which, shares * (cases - share))
    squares = float((of_units**2).sum())
    one_more = squares / len(of_units)
    independent = squares * share * (1 - share) + one_more
    effect = max(1.0, (float((residuals**2).sum()) + one_more) / independent)
    size = 1 / (squares * effect)
    return Estimate(share, wilson_interval(share * size, size))


def rate(values: npt.ArrayLike, lengths: npt.ArrayLike, units: npt.ArrayLike) -> Estimate:
    """Return how many true values there are per unit of length, all of shape (N,).

    The share of true values over the mean length. Another draw of texts would have other lengths
    and, where long texts are more often cases, or short ones, both change together: the interval
    joins Wilson's of the share with Student's of the logarithm of the mean length by the method
    of variance estimates recovery for dependent estimates (Zou, Psychological Methods 12, 2007),
    solved for a ratio as by Donner & Zou (Statistical Methods in Medical Research 21, 2012).

    Args:
        values: What is counted.
        lengths: Above 0 on the whole.
        units: Labels; the values of one unit rise and fall together.
    """
    share = clusters(values, units)
    mean, ends, relation = _mean_length(
        np.asarray(values, dtype=np.float64), np.asarray(lengths, dtype=np.float64), units
    )
    return Estimate(
        share.mean / mean, ratio_interval(share.mean, share_interval(share), mean, ends, relation)
    )


def ratio_interval(
    first: float, first_ci95: Interval, second: float, second_ci95: Interval, correlation: float
) -> Interval:
    """Return the interval of `first` / `second`, two estimates with their intervals.

    At each end R the first estimate is as far from R times the second as both intervals allow.

    Args:
        first: Not below 0.
        first_ci95: Its interval, not below 0.
        second: Above 0.
        second_ci95: Its interval, above 0.
        correlation: Of the two estimates.
    """
    below = _roots(first, first - first_ci95[0], second, second_ci95[1] - second, correlation)
    above = _roots(first, first_ci95[1] - first, second, second - second_ci95[0], correlation)
    return below[0], above[1]


def _roots(
    first: float, aside: float, second: float, away: float, correlation: float
) -> tuple[float, float]:
    """Return the R, ascending, with (first - R second)^2 = the squared distance there.

    That is aside^2 + (R away)^2 - 2 correlation aside R away, with `aside` and `away` not below 0.
    """
    square = second**2 - away**2
    half = first * second - correlation * aside * away
    left = (first - aside) * (first + aside)
    root = math.sqrt(max(0.0, half**2 - square * left))
    # in the form that also holds where the second estimate may be twice as large
    low = left / (half + root) if left > 0 else 0.0
    return low, (half + root) / square if square > 0 else math.inf


def _mean_length(
    values: Floats, lengths: Floats, units: npt.ArrayLike
) -> tuple[float, Interval, float]:
    """Return the mean length, its interval, and its correlation with the share of true values.

    Units are what is drawn; of one unit nothing is known but its own length.
    """
    which = np.unique(np.asarray(units), return_inverse=True)[1]
    mean = float(lengths.mean())
    own = np.bincount(which, lengths - mean)
    others = np.bincount(which, values - values.mean())
    num_units = len(own)
    spread = float((own**2).sum())
    if num_units == 1 or spread == 0:
        return mean, (mean, mean), 0.0
    error = math.sqrt(spread * num_units / (num_units - 1)) / len(lengths)
    student = float(special.stdtrit(num_units - 1, 0.975))
    factor = math.exp(min(student * error / mean, 50.0))
    both = math.sqrt(spread * float((others**2).sum()))
    correlation = float(own @ others) / both if both else 0.0
    return mean, (mean / factor, mean * factor), correlation
