"""Rank correlation of a few points."""

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from permille.measure.association import block_rank_correlation, rank_correlation

points = st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=3, max_size=5).filter(
    lambda drawn: all(len(set(axis)) > 1 for axis in zip(*drawn, strict=True))
)


@settings(max_examples=20)
@given(points)
def test_it_equals_scipys_correlation_and_its_exact_p(drawn):
    first, second = zip(*drawn, strict=True)
    found = rank_correlation(first, second)
    assert found.spearman == pytest.approx(stats.spearmanr(first, second).statistic)
    observed = abs(found.spearman)
    orders = [
        abs(np.corrcoef(stats.rankdata(first), order)[0, 1])
        for order in set(permutations(stats.rankdata(second)))
    ]
    assert found.p == pytest.approx(np.mean(np.array(orders) >= observed - 1e-9))
    largest = max(orders)
    assert found.smallest_p == pytest.approx(np.mean(np.array(orders) >= largest - 1e-9))
    assert found.smallest_p <= found.p


@pytest.mark.parametrize(("n", "smallest_p"), [(4, 2 / 24), (5, 2 / 120), (7, 2 / 5040)])
def test_without_ties_the_least_p_is_two_orders_of_all(n, smallest_p):
    found = rank_correlation(range(n), [3 * x + 1 for x in range(n)])
    assert found.spearman == pytest.approx(1)
    assert found.p == found.smallest_p == pytest.approx(smallest_p)


def test_five_points_get_no_interval_and_six_do():
    assert rank_correlation(range(5), [0, 2, 1, 3, 4]).ci95 is None
    low, high = rank_correlation(range(6), [0, 2, 1, 3, 4, 5]).ci95
    rho = stats.spearmanr(range(6), [0, 2, 1, 3, 4, 5]).statistic
    error = math.sqrt((1 + rho**2 / 2) / 3)
    assert (math.atanh(high) - math.atanh(low)) / 2 == pytest.approx(1.959964 * error)
    assert low < rho < high <= 1


def test_a_correlation_of_1_has_no_interval_since_its_error_is_unknown():
    assert rank_correlation(range(9), range(9)).ci95 is None


def test_many_points_draw_orders_and_repeat_with_the_seed():
    rng = np.random.default_rng(2)
    first = rng.random(30)
    second = first + rng.normal(0, 0.8, 30)
    found = rank_correlation(first, second, seed=3)
    assert found.p == rank_correlation(first, second, seed=3).p
    assert found.p == pytest.approx(stats.spearmanr(first, second).pvalue, abs=0.01)
    assert found.method == "9999 orders drawn"


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        pytest.param([], [], "0 points have no rank correlation", id="none"),
        pytest.param([1], [3], "1 point has no rank correlation", id="one"),
        pytest.param([1, 2], [3, 4], "2 points have no rank correlation", id="two"),
        pytest.param([1, 1, 1], [1, 2, 3], "the same everywhere", id="constant"),
    ],
)
def test_what_has_no_correlation_is_null_with_the_reason(first, second, reason):
    shown = rank_correlation(first, second).to_dict()
    assert (shown["spearman"], shown["p"], shown["smallest_p"]) == (None, None, None)
    assert shown["n"] == len(first)
    assert reason in shown["reason"]


def test_the_form_of_the_comparison_comes_out():
    shown = rank_correlation([1, 2, 3, 4, 5], [2, 3, 5, 4, 1]).to_dict()
    assert {"spearman", "p", "smallest_p", "n"} <= set(shown)
    assert (shown["spearman"], shown["smallest_p"], shown["n"]) == (-0.1, 0.0167, 5)


def test_axes_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="want as many points on both axes, got 3, 2"):
        rank_correlation([1, 2, 3], [1, 2])


@pytest.mark.parametrize("seed", range(5))
def test_blocks_of_one_point_are_points(seed):
    first, second = np.random.default_rng(seed).normal(size=(2, 5))
    alone = rank_correlation(first, second)
    found = block_rank_correlation(first[:, None], second[:, None])
    assert found.spearman == pytest.approx(alone.spearman)
    assert found.p == pytest.approx(alone.p)


def test_blocks_without_an_effect_have_uniform_p_values_though_points_depend():
    rng = np.random.default_rng(0)
    p_values = []
    for _ in range(200):
        first, second = rng.normal(size=(2, 5, 1)) + 0.1 * rng.normal(size=(2, 5, 8))
        p_values.append(block_rank_correlation(first, second).p)
    assert np.mean(np.array(p_values) <= 0.1) <= 0.16
    assert 0.4 < np.mean(p_values) < 0.62


def test_blocks_never_have_an_interval_and_too_few_have_a_reason():
    values = np.arange(12.0).reshape(6, 2)
    assert block_rank_correlation(values, values).ci95 is None
    assert block_rank_correlation(values[:2], values[:2]).reason == "2 tasks have no exact test"
    assert block_rank_correlation(values[:1], values[:1]).reason == "1 task has no exact test"
    assert "the same everywhere" in str(block_rank_correlation(values, np.ones((6, 2))).reason)


def test_blocks_of_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"one shape \(T, K\), got \(2, 3\), \(3, 2\)"):
        block_rank_correlation(np.ones((2, 3)), np.ones((3, 2)))


def test_figures_that_hold_nan_have_no_correlation_and_say_so():
    for figures in (([1.0, math.nan, 2.0, 4.0], range(4)), (range(4), [math.nan] * 4)):
        found = rank_correlation(*figures)
        assert found.spearman is None
        assert "not known everywhere" in str(found.reason)
