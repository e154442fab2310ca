"""Coverage summed over all outcomes."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from permille.measure.coverage import DRAWS, SHARES, SIZES, simulated_coverage, wilson_curve
from permille.measure.exact_coverage import EXACT, likely, newcombe, tango, wilson
from permille.measure.intervals import tango_interval, wilson_interval


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 1.0])
def test_likely_counts_have_nearly_all_of_the_chance(share):
    counts = dict(likely(40, share))
    assert sum(counts.values()) == pytest.approx(1, abs=1e-8)
    assert counts == pytest.approx(
        {count: stats.binom.pmf(count, 40, share) for count in counts}, abs=1e-15
    )


def test_wilsons_has_the_mean_of_its_curve():
    shares = np.arange(0.01, 0.5, 0.005)
    assert np.mean([wilson(50, share) for share in shares]) == pytest.approx(
        wilson_curve(50).mean, abs=0.003
    )


def test_newcombes_is_the_sum_over_all_pairs_of_counts():
    size, share, held = 8, 0.3, 0.0
    for first, second in product(range(size + 1), repeat=2):
        (low, high), (other_low, other_high) = (
            wilson_interval(count, size) for count in (first, second)
        )
        difference = (first - second) / size
        below = np.hypot(first / size - low, other_high - second / size)
        above = np.hypot(high - first / size, second / size - other_low)
        chance = stats.binom.pmf(first, size, share) * stats.binom.pmf(second, size, share / 2)
        held += chance * (difference - below <= share / 2 <= difference + above)
    assert newcombe(size, share) == pytest.approx(held, abs=1e-6)


def test_tangos_is_the_sum_over_all_tables():
    size, share, held = 12, 0.4, 0.0
    for gained, lost in product(range(size + 1), repeat=2):
        if gained + lost <= size:
            low, high = tango_interval(gained, lost, size)
            cells = [gained, lost, size - gained - lost]
            chances = [share / 2, share / 10, 1 - 0.6 * share]
            held += stats.multinomial.pmf(cells, size, chances) * (low <= 0.4 * share <= high)
    assert tango(size, share) == pytest.approx(held, abs=1e-6)


@pytest.mark.parametrize("name", ["newcombe", "tango", "lang-reiczigel"])
def test_a_simulation_comes_out_at_the_exact_figure(name):
    exact = EXACT[name](50, 0.2)
    found = simulated_coverage(DRAWS[name], 50, 0.2, num_draws=1_000, seed=5)
    assert found == pytest.approx(exact, abs=4 * (exact * (1 - exact) / 1_000) ** 0.5)


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", list(EXACT))
def test_every_interval_holds_the_truth_nearly_as_often_as_it_says(name, size):
    # Wilson's has its dips at shares of a few cases; at 50 draws its least is 0.894 from 0.01 on
    for share in SHARES:
        assert EXACT[name](size, share) >= 0.91
