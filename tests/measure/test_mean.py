"""Means of figures in [0, 1]."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from permille.measure.mean import bounded_mean
from permille.measure.ratio import wilson_ratio

figures = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@given(figures)
def test_the_interval_holds_the_mean_and_has_a_length(values):
    found = bounded_mean(values)
    low, high = found.ci95
    assert found.permille == pytest.approx(1000 * np.mean(values))
    assert -1e-6 <= low <= found.permille + 1e-6
    assert found.permille - 1e-6 <= high <= 1000 + 1e-6
    assert high > low


@given(st.lists(st.booleans(), min_size=30, max_size=60))
def test_of_shares_it_is_nearly_wilsons(values):
    found, wilson = bounded_mean([float(v) for v in values]), wilson_ratio(sum(values), len(values))
    assert found.ci95 == pytest.approx(wilson.ci95, abs=12)


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (2, 5), (8, 1)])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(a, b):
    rng = np.random.default_rng(0)
    truth = 1000 * stats.beta(a, b).mean()
    held = [
        low <= truth <= high
        for low, high in (bounded_mean(rng.beta(a, b, size=80)).ci95 for _ in range(1000))
    ]
    assert 0.93 <= np.mean(held) <= 0.97


def test_figures_that_are_not_there_are_passed_over():
    assert bounded_mean([0.5, None, 1.0]).of == 2
    assert bounded_mean([None]).to_dict() == {
        "permille": None,
        "ci95": None,
        "of": 0,
        "reason": "nothing to measure",
    }


def test_a_figure_outside_is_refused():
    with pytest.raises(ValueError, match=r"want figures in \[0, 1\], got 0.5 to 1.5"):
        bounded_mean([0.5, 1.5])


def test_figures_of_texts_that_are_alike_count_as_fewer() -> None:
    rng = np.random.default_rng(3)
    once = rng.random(40)
    thrice, groups = np.repeat(once, 3).tolist(), np.repeat(np.arange(40), 3)
    alone, together = bounded_mean(once.tolist()), bounded_mean(thrice, groups)
    assert together.ci95 == pytest.approx(alone.ci95, rel=0.05)
    assert np.ptp(bounded_mean(thrice).ci95) < 0.7 * np.ptp(together.ci95)
    assert bounded_mean([None, *thrice], [7, *groups]).ci95 == together.ci95
    assert bounded_mean(thrice, np.arange(120)) == bounded_mean(thrice)
