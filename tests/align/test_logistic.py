"""Logistic regression on measures and their squares, against the formula."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.align.logistic import Logistic, with_squares

NUMBERS = st.floats(-3, 3)


def plain_probability(row: list[float], weights: list[float], intercept: float) -> float:
    """Sum odds measure by measure, each with its own and its square's weight."""
    odds = intercept
    for at, value in enumerate(row):
        odds += weights[at] * value + weights[len(row) + at] * value * value
    return math.exp(odds) / (1 + math.exp(odds))


def test_squares_stand_behind_all_measures() -> None:
    found = with_squares(np.array([[1.0, -2.0, 3.0], [0.0, 0.5, 4.0]]))
    assert found.tolist() == [[1, -2, 3, 1, 4, 9], [0, 0.5, 4, 0, 0.25, 16]]


def test_a_probability_is_that_of_its_log_odds() -> None:
    # the odds without the intercept: 2 * 1 - 1 * 3 + 0.5 * 1 + 0.25 * 9 = 1.75
    weights, row = np.array([2.0, -1.0, 0.5, 0.25]), np.array([[1.0, 3.0]])
    assert Logistic(weights, -1.75).probabilities(row) == pytest.approx([0.5])
    assert Logistic(weights, 0.0).probabilities(row) == pytest.approx([1 / (1 + math.exp(-1.75))])
    assert Logistic(weights, math.log(3) - 1.75).probabilities(row) == pytest.approx([0.75])


@given(st.integers(0, 4), st.integers(1, 3), NUMBERS, st.data())
def test_each_row_has_the_probability_of_its_own_measures(
    num_rows: int, num_measures: int, intercept: float, data: st.DataObject
) -> None:
    def drawn(count: int) -> list[float]:
        return data.draw(st.lists(NUMBERS, min_size=count, max_size=count))

    rows, weights = [drawn(num_measures) for _ in range(num_rows)], drawn(2 * num_measures)
    values = np.array(rows, np.float64).reshape(num_rows, num_measures)
    found = Logistic(np.array(weights), intercept).probabilities(values)
    assert found.shape == (num_rows,)
    expected = [plain_probability(row, weights, intercept) for row in rows]
    assert found.tolist() == pytest.approx(expected, rel=1e-9)


def test_measures_far_out_are_all_but_certain_without_overflow() -> None:
    judge = Logistic(np.array([1.0, 0.0]), 0.0)
    low, high = judge.probabilities(np.array([[-1e9], [1e9]]))
    assert 0 < low < 1e-20
    assert high == pytest.approx(1, abs=1e-15)
