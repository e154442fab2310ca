"""Every interval holds the truth about as often as it says."""

import numpy as np
import pytest
from scipy import stats

from permille.measure.coverage import (
    DRAWS,
    OF_SCORES,
    SHARES,
    SIZES,
    simulated,
    simulated_coverage,
    spearman,
    table,
    wilson_curve,
)
from permille.measure.intervals import wilson_interval


@pytest.mark.parametrize(
    ("size", "least", "least_at", "mean"),
    [(50, 0.894, 0.0110, 0.952), (200, 0.930, 0.0204, 0.951), (1000, 0.938, 0.0146, 0.950)],
)
def test_wilsons_exact_curve_over_the_shares_that_are_reported(size, least, least_at, mean):
    curve = wilson_curve(size)
    assert curve.least == pytest.approx(least, abs=0.001)
    assert curve.least_at == pytest.approx(least_at, abs=0.0001)
    assert curve.mean == pytest.approx(mean, abs=0.001)


def test_wilson_dips_to_84_percent_at_50_where_one_case_is_just_too_many():
    curve = wilson_curve(50, lowest_share=0.0)
    assert curve.least == pytest.approx(0.838, abs=0.001)
    # just below the lower end of the interval of 1 of 50, where only 0 of 50 holds the truth
    assert curve.least_at == pytest.approx(wilson_interval(1, 50)[0], abs=1e-6)
    assert curve.least == pytest.approx((1 - curve.least_at) ** 50, abs=1e-6)


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_the_exact_curve_equals_a_simulation(share):
    def draw(rng: np.random.Generator, size: int, truth: float):
        return truth, wilson_interval(int(rng.binomial(size, truth)), size)

    counts = np.arange(51)
    ends = [wilson_interval(int(count), 50) for count in counts]
    held = [low <= share <= high for low, high in ends]
    exact = stats.binom.pmf(counts, 50, share)[held].sum()
    assert simulated_coverage(draw, 50, share) == pytest.approx(exact, abs=0.015)


@pytest.mark.parametrize("name", list(DRAWS))
def test_coverage_at_two_hundred_is_what_the_interval_says(name):
    for share in (0.05, 0.2):
        assert simulated_coverage(DRAWS[name], 200, share, num_draws=500, seed=1) >= 0.92


@pytest.mark.parametrize("name", list(OF_SCORES))
def test_so_is_that_of_means_areas_and_counterfactuals(name):
    for share in (0.05, 0.2):
        assert simulated_coverage(OF_SCORES[name], 200, share, num_draws=200, seed=1) >= 0.92


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", list(OF_SCORES))
def test_means_areas_and_counterfactuals_are_held_at_every_size(name, size):
    for share in SHARES:
        # of 50 figures whose mean is 0.01, often none is of the few large ones
        is_dip = (name, size, share) == ("mean of shares", 50, 0.01)
        least = 0.72 if is_dip else 0.90
        assert simulated_coverage(OF_SCORES[name], size, share, num_draws=500, seed=2) >= least


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", list(DRAWS))
def test_coverage_at_every_size_and_share_is_what_the_interval_says(name, size):
    for share in SHARES:
        assert simulated_coverage(DRAWS[name], size, share, seed=2) >= 0.92


@pytest.mark.slow
@pytest.mark.parametrize("points", [6, 10, 50])
@pytest.mark.parametrize("correlation", [0.0, 0.6, 0.9])
def test_the_interval_of_a_rank_correlation_holds_it(points, correlation):
    # among six points a correlation of 0.9 is now and then exactly 1, which has no interval
    least = 0.85 if (points, correlation) == (6, 0.9) else 0.93
    assert simulated_coverage(spearman, points, correlation) >= least


def test_no_interval_does_not_hold_the_truth():
    assert simulated_coverage(lambda rng, size, share: (share, None), 50, 0.1, num_draws=5) == 0


def test_an_interval_of_everything_always_does_and_is_tabled():
    draws = {"all": lambda rng, size, share: (share, (0.0, 1.0))}
    assert table(simulated(draws, num_draws=3), [50], [0.1, 0.2]).splitlines() == [
        "| interval | n | 0.1 | 0.2 |",
        "|---|---|---|---|",
        "| all | 50 | 1.000 | 1.000 |",
    ]
