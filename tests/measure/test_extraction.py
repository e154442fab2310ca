"""Extraction measures of one target."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax
from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from permille.measure.extraction import (
    exact_match_rate,
    extraction_probability,
    extraction_strength,
    is_extractable,
    is_extractable_in,
    scheme_log_probabilities,
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


@pytest.mark.parametrize(
    ("temperature", "top_k", "top_p"),
    [(1.0, None, None), (0.7, None, None), (1.0, 5, None), (1.0, None, 0.9), (0.7, 8, 0.6)],
)
def test_a_scheme_gives_the_probabilities_that_transformers_samples_from(temperature, top_k, top_p):
    logits = np.random.default_rng(0).normal(0, 2, (40, 30))
    tokens = np.random.default_rng(1).integers(0, 30, 40)
    warpers = [TemperatureLogitsWarper(temperature)]
    warpers += [TopKLogitsWarper(top_k)] if top_k else []
    warpers += [TopPLogitsWarper(top_p)] if top_p else []
    scores = torch.tensor(logits)
    for warp in warpers:
        scores = warp(None, scores)
    theirs = torch.log_softmax(scores, dim=-1).gather(1, torch.tensor(tokens)[:, None])[:, 0]
    ours = scheme_log_probabilities(
        logits, tokens, temperature=temperature, top_k=top_k, top_p=top_p
    )
    np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-9)


@given(st.integers(1, 6), st.floats(0.05, 1), st.floats(0.2, 3))
def test_under_any_scheme_the_probabilities_of_all_tokens_add_up_to_1(top_k, top_p, temperature):
    logits = np.random.default_rng(2).normal(0, 2, 6)
    everything = scheme_log_probabilities(
        np.tile(logits, (6, 1)), range(6), temperature=temperature, top_k=top_k, top_p=top_p
    )
    assert np.exp(everything).sum() == pytest.approx(1)
    assert 1 <= np.isfinite(everything).sum() <= top_k


def test_without_truncation_it_is_the_softmax():
    logits = np.random.default_rng(3).normal(size=(4, 9))
    ours = scheme_log_probabilities(logits, [0, 3, 8, 2])
    np.testing.assert_allclose(ours, log_softmax(logits, axis=-1)[range(4), [0, 3, 8, 2]])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"temperature": 0.0}, r"want temperature > 0 and top_k >= 1, got 0\.0 and None"),
        ({"top_k": 0}, r"want temperature > 0 and top_k >= 1, got 1\.0 and 0"),
        ({"top_p": 0.0}, r"want top_p in \(0, 1\], got 0\.0"),
        ({"top_p": 1.5}, r"want top_p in \(0, 1\], got 1\.5"),
    ],
)
def test_an_impossible_scheme_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        scheme_log_probabilities(np.zeros((1, 3)), [0], **settings)


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
