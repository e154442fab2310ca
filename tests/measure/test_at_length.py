"""Ratios of texts of unequal length against closed forms, and against another draw of texts."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from permille.measure.at_length import rate, ratio_interval, weighted_share
from permille.measure.intervals import wilson_interval

flags = st.lists(st.booleans(), min_size=1, max_size=60)


@given(values=flags, weight=st.floats(0.01, 100))
def test_equal_weights_change_nothing(values, weight):
    found = weighted_share(values, np.full(len(values), weight), np.arange(len(values)))
    assert found.value == pytest.approx(np.mean(values))
    assert found.ci95 == pytest.approx(wilson_interval(sum(values), len(values)), abs=1e-9)


def test_a_weighted_share_is_as_sure_as_its_variance_says_where_heavy_values_are_the_cases():
    rng = np.random.default_rng(0)
    weights = np.where(np.arange(20_000) < 4_000, 4.0, 0.5)
    cases = rng.random(20_000) < np.where(weights > 1, 0.3, 0.01)
    low, high = weighted_share(cases, weights, np.arange(20_000)).ci95
    shares = weights / weights.sum()
    error = math.sqrt(float((shares**2 * (cases - shares @ cases) ** 2).sum()))
    assert high - low == pytest.approx(2 * 1.96 * error, rel=0.01)
    size = 1 / float((shares**2).sum())
    by_weights_alone = wilson_interval(float(shares @ cases) * size, size)
    assert high - low > 1.1 * (by_weights_alone[1] - by_weights_alone[0])


@given(values=st.lists(st.booleans(), min_size=2, max_size=30))
def test_a_weighted_share_is_never_surer_than_as_many_equal_weights(values):
    weights = 1.0 + np.arange(len(values))
    found = weighted_share(values, weights, np.arange(len(values)))
    size = weights.sum() ** 2 / (weights**2).sum()
    low, high = wilson_interval(found.value * size, size)
    assert found.ci95[0] <= low + 1e-9
    assert high - 1e-9 <= found.ci95[1]


@given(values=flags, length=st.floats(0.5, 500))
def test_where_all_lengths_are_equal_a_rate_is_the_share_by_the_length(values, length):
    found = rate(values, np.full(len(values), length), np.arange(len(values)))
    ends = [end / length for end in wilson_interval(sum(values), len(values))]
    assert found.value == pytest.approx(np.mean(values) / length)
    assert found.ci95 == pytest.approx(ends, abs=1e-9)


@given(
    values=st.lists(st.booleans(), min_size=2, max_size=20),
    lengths=st.lists(st.integers(1, 100), min_size=20, max_size=20),
)
def test_a_rate_lies_in_its_interval_however_few_texts_there_are(values, lengths):
    found = rate(values, lengths[: len(values)], np.arange(len(values)))
    assert 0 <= found.ci95[0] <= found.value + 1e-12
    assert found.value - 1e-12 <= found.ci95[1]
    assert math.isfinite(found.ci95[1])


@pytest.mark.parametrize("slope", [-1, 0, 1])
def test_the_interval_of_a_rate_is_that_of_linearized_residuals_where_texts_are_many(slope):
    rng = np.random.default_rng(1)
    lengths = rng.integers(12, 101, 50_000)
    chances = (lengths / 56.0) ** slope / (1 + (lengths / 56.0) ** slope)
    cases = rng.random(50_000) < chances
    found = rate(cases, lengths, np.arange(50_000))
    residuals = cases - found.value * lengths
    error = residuals.std() / math.sqrt(50_000) / lengths.mean()
    ends = [found.value - 1.96 * error, found.value + 1.96 * error]
    assert found.ci95 == pytest.approx(ends, rel=1e-3)


def test_texts_that_are_all_cases_leave_their_mean_length_unsure():
    lengths = np.random.default_rng(2).integers(12, 101, 400)
    found = rate(np.ones(400), lengths, np.arange(400))
    student = stats.t.interval(0.95, 399, lengths.mean(), stats.sem(lengths))
    assert 1 / found.ci95[1] == pytest.approx(student[0], rel=0.01)


def test_texts_of_one_example_count_as_copies_in_a_rate():
    rng = np.random.default_rng(3)
    lengths, cases = rng.integers(12, 101, 50), rng.random(50) < 0.4
    alone = rate(cases, lengths, np.arange(50))
    copied = rate(np.repeat(cases, 4), np.repeat(lengths, 4), np.repeat(np.arange(50), 4))
    assert copied.value == pytest.approx(alone.value)
    # their share is given Student's quantile and one case more (see `clusters`)
    assert copied.ci95[0] <= alone.ci95[0]
    assert alone.ci95[1] <= copied.ci95[1]
    assert copied.ci95[1] - copied.ci95[0] == pytest.approx(alone.ci95[1] - alone.ci95[0], rel=0.1)


@given(
    share=st.floats(0.02, 0.98),
    aside=st.floats(0.01, 0.5),
    mean=st.floats(1, 100),
    away=st.floats(0.01, 0.9),
    correlation=st.floats(-0.99, 0.99),
)
def test_the_ends_of_a_ratio_are_where_both_intervals_meet(share, aside, mean, away, correlation):
    first = (share * (1 - aside), share * (1 + aside))
    second = (mean * (1 - away), mean * (1 + away))
    low, high = ratio_interval(share, first, mean, second, correlation)
    assert low < share / mean < high
    for end in (low, high):
        parts = share * aside, end * mean * away
        squared = parts[0] ** 2 + parts[1] ** 2 - 2 * correlation * parts[0] * parts[1]
        assert (share - end * mean) ** 2 == pytest.approx(squared, rel=1e-6)
