"""Texts of unequal length are drawn as they say, and intervals hold the truth of such texts."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import special, stats

from permille.measure import length_coverage
from permille.measure.at_length import rate, weighted_share
from permille.measure.coverage import AT_LENGTH, SHARES, SIZES, simulated_coverage
from permille.measure.intervals import wilson_interval
from permille.measure.length_coverage import (
    rate_of_long,
    rate_of_short,
    share_by_tokens,
    standardized_share,
)


def drawn(draw: Callable, size: int, share: float, seed: int = 0):
    """Return the truth, the interval, and the cases with their weights or lengths."""
    seen: list[np.ndarray] = []

    def noting(interval: Callable) -> Callable:
        return lambda *values: seen.extend(values) or interval(*values)

    with pytest.MonkeyPatch.context() as patch:
        for interval in (weighted_share, rate):
            patch.setattr(length_coverage, interval.__name__, noting(interval))
        truth, ends = draw(np.random.default_rng(seed), size, share)
    cases, others, units = seen
    assert len(set(units.tolist())) == size
    return truth, ends, cases, others


@pytest.mark.parametrize(("draw", "power"), [(rate_of_short, -1), (rate_of_long, 1)])
def test_odds_of_a_case_change_with_the_number_of_tokens(draw, power):
    truth, ends, cases, tokens = drawn(draw, 400_000, 0.3)
    assert ends == rate(cases, tokens, np.arange(400_000)).ci95
    assert cases.mean() == pytest.approx(0.3, abs=0.005)
    assert truth == pytest.approx(cases.sum() / tokens.sum(), rel=0.01)
    assert (tokens.min(), tokens.max()) == (12, 100)
    assert np.median(tokens) == pytest.approx(40, abs=0.5)
    # enough outputs are as short, and as long, as can be
    odds = [cases[tokens == size].mean() / (1 - cases[tokens == size].mean()) for size in (12, 100)]
    assert odds[1] / odds[0] == pytest.approx((100 / 12) ** power, rel=0.1)


def plain_truth(share: float) -> float:
    """Integrate over log-normal lengths whose odds of a case rise with their square."""
    normal = stats.norm.ppf((np.arange(4_000) + 0.5) / 4_000)
    own, other = (np.maximum(12, median * np.exp(normal / 2)) for median in (150, 250))
    low, high = -20.0, 20.0
    for _ in range(60):
        level = (low + high) / 2
        means = [special.expit(level + 2 * np.log(x / 150)).mean() for x in (own, other)]
        low, high = (level, high) if means[0] < share else (low, level)
    return float((means[0] + 2 * means[1]) / 3)


def test_a_share_is_weighted_to_the_lengths_of_all_arms():
    truth, ends, cases, weights = drawn(standardized_share, 100_000, 0.2)
    assert ends == weighted_share(cases, weights, np.arange(100_000)).ci95
    assert cases.mean() == pytest.approx(0.2, abs=0.005)
    # own outputs stand for those of three arms, of which the two others write longer
    assert weights.sum() == pytest.approx(300_000)
    assert len(set(weights.tolist())) == 10
    assert weights[cases].mean() > 1.2 * weights.mean()
    assert truth == pytest.approx(plain_truth(0.2), rel=0.01)
    assert cases @ weights / weights.sum() == pytest.approx(truth, abs=0.02)


@pytest.mark.parametrize("seed", range(5))
def test_a_share_by_tokens_is_wilsons_by_the_mean_length(seed):
    _, _, cases, tokens = drawn(rate_of_short, 80, 0.4, seed)
    low, high = wilson_interval(int(cases.sum()), 80)
    truth, ends = share_by_tokens(np.random.default_rng(seed), 80, 0.4)
    assert truth == rate_of_short(np.random.default_rng(seed), 80, 0.4)[0]
    assert ends == pytest.approx((low / tokens.mean(), high / tokens.mean()))


@pytest.mark.parametrize("name", list(AT_LENGTH))
def test_coverage_of_ratios_of_unequal_lengths_is_what_the_interval_says(name):
    for share in (0.05, 0.2):
        assert simulated_coverage(AT_LENGTH[name], 200, share, num_draws=200, seed=1) >= 0.92


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", list(AT_LENGTH))
def test_ratios_of_unequal_lengths_are_held_at_every_size(name, size):
    for share in (*SHARES, 0.9):
        assert simulated_coverage(AT_LENGTH[name], size, share, num_draws=500, seed=2) >= 0.90


def test_the_share_alone_does_not_hold_a_rate_of_lengths_that_vary():
    assert simulated_coverage(share_by_tokens, 200, 0.9, num_draws=200, seed=1) < 0.75
