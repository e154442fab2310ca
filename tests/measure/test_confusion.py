"""Kinds that a detector takes for each other, solved for together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from permille.measure.confusion import nearest_mixture, unmixed
from permille.measure.prevalence import corrected_ratio
from permille.measure.ratio import wilson_ratio

# found as verbatim, paraphrase, idea, none; planted the same; as a detector of summaries does it
MATRIX = np.array(
    [
        [0.98, 0.0, 0.0, 0.0],
        [0.01, 0.9, 0.34, 0.01],
        [0.0, 0.02, 0.5, 0.01],
        [0.01, 0.08, 0.16, 0.98],
    ]
)
WORLDS = {
    "ideas taken for paraphrases": (0.0, 0.0, 0.3),
    "verbatim alone": (0.5, 0.0, 0.0),
    "all kinds": (0.1, 0.1, 0.1),
    "nothing": (0.0, 0.0, 0.0),
}


def drawn(rng, shares, size=1000, num_planted=60):
    true = np.array([*shares, 1 - sum(shares)])
    planted = np.stack([rng.multinomial(num_planted, column) for column in MATRIX.T], axis=1)
    return rng.multinomial(size, MATRIX @ true), planted


@given(st.integers(0, 400), st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_of_one_kind_and_none_it_is_the_formula_clipped(found, hits, alarms):
    expected = corrected_ratio(
        wilson_ratio(found, 400), wilson_ratio(hits, 60), wilson_ratio(alarms, 60)
    )
    mixture = unmixed([found, 400 - found], [[hits, alarms], [60 - hits, 60 - alarms]])
    if expected.permille is not None:
        assert 1000 * mixture.shares[0] == pytest.approx(expected.permille, abs=1e-3)


def test_of_one_kind_the_interval_is_nearly_lang_and_reiczigels():
    expected = corrected_ratio(wilson_ratio(300, 1000), wilson_ratio(54, 60), wilson_ratio(2, 60))
    _, ends = unmixed([300, 700], [[54, 2], [6, 58]]).figure([0])
    assert np.multiply(1000, ends) == pytest.approx(expected.ci95, abs=12)


def test_shares_that_are_found_as_they_are_mixed_come_out():
    true = np.array([0.1, 0.05, 0.3, 0.55])
    found = nearest_mixture(MATRIX[np.newaxis], (MATRIX @ true)[np.newaxis])
    assert found[0] == pytest.approx(true, abs=1e-6)


def test_what_no_mixture_explains_gives_the_nearest_one():
    rng = np.random.default_rng(0)
    shown = rng.dirichlet([0.5] * 4, 20)
    found = nearest_mixture(np.repeat(MATRIX[np.newaxis], 20, axis=0), shown)
    for shares, aim in zip(found, shown, strict=True):
        slow = optimize.minimize(
            lambda one, aim=aim: ((MATRIX @ one - aim) ** 2).sum(),
            np.full(4, 0.25),
            bounds=[(0, 1)] * 4,
            constraints={"type": "eq", "fun": lambda one: one.sum() - 1},
            options={"ftol": 1e-14, "maxiter": 500},
        )
        assert shares.min() >= 0
        assert shares.sum() == pytest.approx(1)
        assert ((MATRIX @ shares - aim) ** 2).sum() <= slow.fun + 1e-9


@pytest.mark.parametrize("world", WORLDS)
def test_shares_are_held_by_their_intervals(world):
    shares = WORLDS[world]
    held = np.zeros(4)
    for seed in range(100):
        mixture = unmixed(*drawn(np.random.default_rng(seed), shares))
        for place, classes in enumerate([[0], [1], [2], [0, 1, 2]]):
            low, high = mixture.figure(classes)[1]
            held[place] += low - 1e-9 <= sum(shares[one] for one in classes) <= high + 1e-9
    assert (held >= 88).all(), held


def test_fewer_cases_than_false_alarms_do_not_shrink_to_a_point():
    share, (low, high) = unmixed([0, 1000], [[60, 10], [0, 50]]).figure([0])
    assert share == low == 0
    assert high > 0.01


def test_kinds_are_told_apart_where_their_determinant_is_surely_above_0():
    planted = np.array([[57, 101, 0], [0, 1, 0], [3, 20, 60]])
    mixture = unmixed([50, 0, 150], planted)
    assert not mixture.is_told_apart(0, 1, 0, 1)
    assert mixture.is_told_apart(0, 2, 0, 2)
    assert mixture.is_seen(1)
    unseen = unmixed([50, 0, 150], [[57, 1, 0], [0, 1, 1], [3, 58, 59]])
    assert not unseen.is_seen(1)


def test_draws_repeat_with_the_seed():
    one, again = (unmixed([50, 150], [[50, 2], [10, 58]], seed=3).figure([0]) for _ in range(2))
    assert one == again
