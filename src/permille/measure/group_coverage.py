"""Values in groups that share text, drawn to see how often an interval holds the truth.

Each function draws data of a size and a share and returns the truth and the interval of the data.
"""

import numpy as np

from permille.measure.clusters import (
    Clusters,
    bootstrap_difference,
    clusters,
    paired_interval,
    share_interval,
)
from permille.measure.intervals import Interval, mover_interval


def wilson_groups(rng: np.random.Generator, size: int, share: float) -> tuple[float, Interval]:
    """A share in groups of 1 to 5 whose members are alike (intra-class correlation 0.5)."""
    return share, share_interval(_grouped(rng, size, share))


def large_groups(
    rng: np.random.Generator, size: int, share: float, *, num: int = 5, percent: int = 10
) -> tuple[float, Interval]:
    """A share in a few large groups of near copies (correlation 0.9), and single values."""
    return share, share_interval(_lopsided(rng, size, share, num, percent))


def newcombe_groups(rng: np.random.Generator, size: int, share: float) -> tuple[float, Interval]:
    """The same in groups of 1 to 5 whose members are alike (intra-class correlation 0.5)."""
    arms = [_grouped(rng, size, rate) for rate in (share, share / 2)]
    ends = [share_interval(arm) for arm in arms]
    return share / 2, mover_interval(arms[0].mean, ends[0], arms[1].mean, ends[1])


def newcombe_large_groups(
    rng: np.random.Generator, size: int, share: float
) -> tuple[float, Interval]:
    """Five large groups as above, against single values with half the share."""
    arms = _lopsided(rng, size, share), clusters(rng.random(size) < share / 2)
    ends = [share_interval(arm) for arm in arms]
    return share / 2, mover_interval(arms[0].mean, ends[0], arms[1].mean, ends[1])


def bootstrap_groups(
    rng: np.random.Generator, size: int, share: float
) -> tuple[float, Interval | None]:
    """The same arms, with the percentile bootstrap over groups instead."""
    arms = [_grouped(rng, size, rate) for rate in (share, share / 2)]
    return share / 2, bootstrap_difference(*arms, seed=int(rng.integers(1 << 30)))


def tango_groups(rng: np.random.Generator, size: int, share: float) -> tuple[float, Interval]:
    """Pairs in groups of 1 to 5: gained with the share, alike as above, and never lost."""
    return share, paired_interval(_grouped(rng, size, share))


def tango_large_groups(rng: np.random.Generator, size: int, share: float) -> tuple[float, Interval]:
    """Pairs in five large groups as above: gained with the share, and never lost."""
    return share, paired_interval(_lopsided(rng, size, share))


def _grouped(rng: np.random.Generator, size: int, share: float) -> Clusters:
    """Return `size` values in groups of 1 to 5, whose rates are drawn from a Beta distribution.

    Its parameters, `share` and 1 - `share`, make the intra-class correlation 0.5.
    """
    groups = np.repeat(np.arange(size), rng.integers(1, 6, size))[:size]
    rates = rng.beta(share, 1 - share, size)
    return clusters(rng.random(size) < rates[groups], groups)


def _lopsided(
    rng: np.random.Generator, size: int, share: float, num: int = 5, percent: int = 10
) -> Clusters:
    """Return `size` values, some in large groups of `percent` of them (correlation 0.9)."""
    large = size * percent // 100
    sizes = [large] * num + [1] * (size - num * large)
    groups = np.repeat(np.arange(len(sizes)), sizes)
    rates = rng.beta(share / 9, (1 - share) / 9, len(sizes))
    return clusters(rng.random(size) < rates[groups], groups)
