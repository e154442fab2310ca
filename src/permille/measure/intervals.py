"""95 % score intervals of shares and of their differences, in [0, 1] or [-1, 1].

Counts may be fractions: an effective sample size is one. At counts of 0 every interval still has a
length, which a bootstrap's has not.
"""

import math
from collections.abc import Sequence

from scipy import optimize

Z95 = 1.959963984540054
"""The 97.5 % point of the normal distribution."""

Interval = tuple[float, float]


def decimals_of(ends: Sequence[float]) -> int:
    """Return how many decimals an interval in per mille is written with, so that it has a length.

    One; where it is shorter than a tenth, so many that its length keeps two digits.

    >>> decimals_of((38.5, 112.9)), decimals_of((0.0, 0.0038))
    (1, 4)
    """
    length = ends[1] - ends[0]
    return 1 - math.floor(math.log10(length)) if 0 < length < 0.1 else 1


def rounded_figures(permille: float, ends: Interval) -> tuple[float, list[float]]:
    """Return a figure in per mille and its interval, rounded to as many decimals as it needs."""
    decimals = decimals_of(ends)
    return round(permille, decimals) + 0.0, [round(end, decimals) + 0.0 for end in ends]


def wilson_interval(count: float, of: float) -> Interval:
    """Return Wilson's interval of the share `count` / `of`, with `of` above 0."""
    # pandas comes with it, and who only draws or says figures again needs neither
    from statsmodels.stats.proportion import proportion_confint

    within = min(max(count, 0.0), of)
    low, high = proportion_confint(within, of, alpha=0.05, method="wilson")
    return (0.0 if within == 0 else float(low)), (1.0 if within == of else float(high))


def tango_interval(gained: float, lost: float, of: float) -> Interval:
    """Return Tango's score interval of the paired difference (`gained` - `lost`) / `of`.

    T. Tango, "Equivalence test and confidence interval for the difference in proportions for the
    paired-sample design", Statistics in Medicine 17 (1998), equations 24-26.

    Args:
        gained: Pairs where only the first of the two is a case.
        lost: Pairs where only the second is.
        of: All pairs, above 0.
    """
    estimate = (gained - lost) / of

    def beyond(difference: float, sign: float) -> float:
        return sign * tango_score(gained, lost, of, difference) - Z95

    low = -1.0 if estimate <= -1 else optimize.brentq(beyond, -1, estimate, args=(1.0,), xtol=1e-12)
    high = 1.0 if estimate >= 1 else optimize.brentq(beyond, estimate, 1, args=(-1.0,), xtol=1e-12)
    return float(low), float(high)


def tango_score(gained: float, lost: float, of: float, difference: float) -> float:
    """Return how many standard errors the data lie above `difference`."""
    linear = -gained - lost + (2 * of - gained + lost) * difference
    constant = -lost * difference * (1 - difference)
    root = math.sqrt(max(0.0, linear * linear - 8 * of * constant))
    share_lost = (root - linear) / (4 * of)
    variance = of * (2 * share_lost + difference * (1 - difference))
    distance = gained - lost - of * difference
    if variance <= 0:
        return math.copysign(math.inf, distance) if distance else 0.0
    return distance / math.sqrt(variance)


def mover_interval(
    first: float, first_ci95: Interval, second: float, second_ci95: Interval
) -> Interval:
    """Return the interval of `first` - `second`, two independent estimates with their intervals.

    The method of variance estimates recovery (Zou & Donner, Statistics in Medicine 27, 2008): each
    end takes its variance from the ends that lie its way. Of two Wilson intervals it is Newcombe's
    interval (Statistics in Medicine 17, 1998, method 10).
    """
    difference = first - second
    below = math.hypot(first - first_ci95[0], second_ci95[1] - second)
    above = math.hypot(first_ci95[1] - first, second - second_ci95[0])
    return difference - below, difference + above
