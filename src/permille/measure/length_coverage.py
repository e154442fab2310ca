"""Texts of unequal length, and how often the intervals of ratios at length hold the truth."""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from permille.measure.at_length import Floats, rate, weighted_share
from permille.measure.intervals import Interval, wilson_interval

OWN_CHARS, OTHER_CHARS = 150.0, 250.0
"""Median length of the outputs whose ratio is standardized, and of those of the other arms."""
MEDIAN_TOKENS, MOST_TOKENS = 40.0, 100.0
NUM_STRATA = 10
_QUANTILES = (np.arange(20_000) + 0.5) / 20_000


def standardized_share(rng: np.random.Generator, size: int, share: float) -> tuple[float, Interval]:
    """Outputs of one arm, weighted by tenths to the lengths of all arms; two others write longer.

    The odds of a case rise with the square of the length; `share` is that of the arm itself.
    """
    chance = _chances(OWN_CHARS, 0.5, math.inf, share, 2)
    own = _lengths(OWN_CHARS, 0.5, math.inf)(rng.random(size))
    pooled = np.concatenate([own, _lengths(OTHER_CHARS, 0.5, math.inf)(rng.random(2 * size))])
    edges = np.quantile(pooled, np.linspace(0, 1, NUM_STRATA + 1)[1:-1])
    tenths = np.searchsorted(edges, own), np.searchsorted(edges, pooled)
    of_own, of_all = (np.bincount(tenth, minlength=NUM_STRATA) for tenth in tenths)
    weights = (of_all / np.maximum(of_own, 1))[tenths[0]]
    cases = rng.random(size) < chance(own)
    return float(chance(pooled).mean()), weighted_share(cases, weights, np.arange(size)).ci95


def rate_of_short(rng: np.random.Generator, size: int, share: float) -> tuple[float, Interval]:
    """Cases per token, outputs of 12 to 100 tokens; the odds of a case fall with the length."""
    truth, cases, tokens = _written(rng, size, share, -1)
    return truth, rate(cases, tokens, np.arange(size)).ci95


def rate_of_long(rng: np.random.Generator, size: int, share: float) -> tuple[float, Interval]:
    """The same where the odds of a case rise with the length."""
    truth, cases, tokens = _written(rng, size, share, 1)
    return truth, rate(cases, tokens, np.arange(size)).ci95


def share_by_tokens(rng: np.random.Generator, size: int, share: float) -> tuple[float, Interval]:
    """As `rate_of_short`, with Wilson's interval of the share by the mean length as it is."""
    truth, cases, tokens = _written(rng, size, share, -1)
    low, high = wilson_interval(int(cases.sum()), size)
    return truth, (low / tokens.mean(), high / tokens.mean())


def _written(
    rng: np.random.Generator, size: int, share: float, slope: int
) -> tuple[float, npt.NDArray[np.bool_], Floats]:
    """Return cases per token in the long run, which of `size` outputs are cases, their tokens."""
    lengths = _lengths(MEDIAN_TOKENS, 0.8, MOST_TOKENS)
    chance = _chances(MEDIAN_TOKENS, 0.8, MOST_TOKENS, share, slope)
    tokens = lengths(rng.random(size))
    return share / float(lengths(_QUANTILES).mean()), rng.random(size) < chance(tokens), tokens


def _lengths(median: float, spread: float, most: float) -> Callable[[Floats], Floats]:
    """Return quantiles of log-normal lengths, cut at 12 and at the most."""

    def of(chances: Floats) -> Floats:
        drawn = median * np.exp(spread * special.ndtri(chances))
        return np.asarray(np.clip(drawn, 12, most), dtype=np.float64)

    return of


@lru_cache
def _chances(
    median: float, spread: float, most: float, share: float, slope: int
) -> Callable[[Floats], Floats]:
    """Return the chance of a case by length, its odds rising with a power of the length.

    Over all lengths of that distribution it is `share`.
    """
    grid = np.log(_lengths(median, spread, most)(_QUANTILES) / median)

    def too_much(level: float) -> float:
        return float(special.expit(level + slope * grid).mean()) - share

    level = optimize.brentq(too_much, -30, 30)

    def chance(lengths: Floats) -> Floats:
        found = special.expit(level + slope * np.log(lengths / median))
        return np.asarray(found, dtype=np.float64)

    return chance
