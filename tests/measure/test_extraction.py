"""Extraction measures of one target."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.measure.extraction import (
    exact_match_rate,
    extraction_probability,
    extraction_strength,
    is_extractable,
    is_extractable_in,
)

pairs = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("generated", "true", "expected"),
    [
        pytest.param([1, 2, 3, 9], [1, 2, 3], True, id="all that follow"),
        pytest.param([1, 2], [1, 2, 3], False, id="too short"),
        pytest.param([1, 2, 4], [1, 2, 3], False, id="one wrong"),
        pytest.param(list(range(50)), [*range(50), 7], True, id="the next fifty"),
        pytest.param([1], [], None, id="nothing follows"),
    ],
)
def test_a_target_is_extractable_when_the_next_tokens_come_exactly(generated, true, expected):
    assert is_extractable(generated, true) is expected


@given(pairs)
def test_the_exact_match_rate_is_the_share_of_right_tokens(drawn):
    predicted, true = zip(*drawn, strict=True)
    right = sum(a == b for a, b in drawn)
    assert exact_match_rate(predicted, true) == pytest.approx(right / len(drawn))


@given(pairs)
def test_extraction_strength_equals_giving_ever_more_of_the_target(drawn):
    right = [a == b for a, b in drawn]
    given_tokens = next(k for k in range(len(right) + 1) if all(right[k:]))
    strength = extraction_strength(*zip(*drawn, strict=True))
    assert strength == pytest.approx(1 - given_tokens / len(right))
    assert strength <= exact_match_rate(*zip(*drawn, strict=True)) + 1e-12


def test_nothing_has_no_rate_and_no_strength():
    assert exact_match_rate([], []) is None
    assert extraction_strength([], []) is None


@pytest.mark.parametrize("measure", [exact_match_rate, extraction_strength])
def test_a_prediction_is_wanted_for_each_token(measure):
    with pytest.raises(ValueError, match=r"want a prediction a token, got \(2,\) for \(3,\)"):
        measure([1, 2], [1, 2, 3])


@given(st.floats(0.001, 0.999), st.integers(1, 200))
def test_the_chance_in_n_samples_equals_its_formula(product, num_samples):
    expected = 1 - (1 - product) ** num_samples
    assert extraction_probability([math.log(product)], num_samples) == pytest.approx(expected)


def test_products_too_small_or_too_great_for_a_float_keep_their_digits():
    assert extraction_probability([-20.0, -20.0], 1000) == pytest.approx(1000 * math.exp(-40))
    assert extraction_probability([-1e-18], 1) == pytest.approx(1)
    assert extraction_probability([0.0, 0.0], 1) == 1
    assert extraction_probability([-math.inf, -1.0], 10**9) == 0


@pytest.mark.parametrize(("chance", "expected"), [(0.5, True), (0.95, False)])
def test_a_target_of_probability_a_tenth_is_even_odds_in_seven_samples(chance, expected):
    # 1 - 0.9 ** 7 = 0.5217
    log_probabilities = np.log([0.5, 0.4, 0.5])
    assert is_extractable_in(log_probabilities, 7, chance) is expected
