"""Effects within a task: planted ones are found, absent ones are not, by their own oracle."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from permille.measure.attention_effect import (
    CALIPER_SD,
    MIN_EACH,
    auc,
    auc_of_columns,
    match_on_lengths,
    matched_effect,
    permutation_p,
    raw_effect,
)

SHIFT = 0.8
PLANTED_AUC = float(stats.norm.cdf(SHIFT / np.sqrt(2)))


def planted(shift: float, *, number: int = 300, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Normal values, moved by `shift` for the memorized third."""
    rng = np.random.default_rng(seed)
    labels = np.arange(number) < number // 3
    return rng.normal(size=number) + shift * labels, labels


@settings(max_examples=50, deadline=None)
@given(
    values=st.lists(st.integers(0, 6), min_size=4, max_size=25),
    seed=st.integers(0, 1000),
)
def test_auc_is_the_share_of_pairs_won(values: list[int], seed: int) -> None:
    labels = np.random.default_rng(seed).permutation(np.arange(len(values)) < len(values) // 2)
    numbers = np.array(values, dtype=float)
    pairs = itertools.product(numbers[labels], numbers[~labels])
    wins = [1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs]
    assert auc(numbers, labels) == pytest.approx(np.mean(wins))


def test_auc_of_columns_is_each_columns_own() -> None:
    values, labels = planted(SHIFT)
    columns = np.stack([values, -values, np.zeros_like(values)], axis=1)
    area = auc(values, labels)
    assert auc_of_columns(columns, labels) == pytest.approx([area, 1 - area, 0.5])


def test_a_planted_effect_is_found_with_its_size() -> None:
    effect = raw_effect(*planted(SHIFT))
    assert effect.auc_ci95 is not None
    assert effect.difference_ci95 is not None
    assert effect.auc_ci95[0] < PLANTED_AUC < effect.auc_ci95[1]
    assert effect.difference_ci95[0] < SHIFT < effect.difference_ci95[1]
    assert effect.p == pytest.approx(1 / 1001)


def test_intervals_cover_and_p_values_are_uniform_without_an_effect() -> None:
    effects = [raw_effect(*planted(0, number=90, seed=seed)) for seed in range(100)]
    covering = [e.auc_ci95[0] <= 0.5 <= e.auc_ci95[1] for e in effects if e.auc_ci95]
    p_values = [e.p for e in effects if e.p is not None]
    assert 88 <= sum(covering) <= 100
    assert stats.kstest(p_values, "uniform").pvalue > 0.01
    assert np.mean(np.array(p_values) < 0.05) <= 0.12


def test_undefined_values_are_left_out() -> None:
    values, labels = planted(SHIFT)
    with_gaps = np.append(values, [np.nan, np.nan])
    effect = raw_effect(with_gaps, np.append(labels, [True, False]))
    assert effect == raw_effect(values, labels)


@pytest.mark.parametrize("num_memorized", [0, MIN_EACH - 1])
def test_too_few_memorized_give_a_reason_and_no_figures(num_memorized: int) -> None:
    labels = np.arange(50) < num_memorized
    effect = raw_effect(np.arange(50.0), labels)
    assert effect.auc is None
    assert effect.to_dict()["reason"] == f"want 5 of each, got {num_memorized} memorized and " + (
        f"{50 - num_memorized} others"
    )


def test_figures_come_without_a_reason() -> None:
    assert "reason" not in raw_effect(*planted(0)).to_dict()


def test_the_p_value_agrees_with_mann_whitney() -> None:
    values, labels = planted(0.25, seed=3)
    wanted = stats.mannwhitneyu(values[labels], values[~labels]).pvalue
    rng = np.random.default_rng(0)
    assert permutation_p(values, labels, rng) == pytest.approx(wanted, abs=0.02)


def lengths(seed: int, number: int = 200) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Memorized generations tend to be longer."""
    rng = np.random.default_rng(seed)
    labels = rng.random(number) < 0.3
    source = rng.poisson(60 + 9 * labels) + 1
    target = rng.poisson(40 + 6 * labels) + 1
    return labels, source, target


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_matched_pairs_are_disjoint_and_alike(seed: int) -> None:
    labels, source, target = lengths(seed)
    pairs = match_on_lengths(labels, source, target)
    assert labels[pairs[:, 0]].all()
    assert not labels[pairs[:, 1]].any()
    assert len(np.unique(pairs)) == pairs.size
    for tokens in (source, target):
        logs = np.log1p(tokens)
        assert (np.abs(np.diff(logs[pairs], axis=1)) <= CALIPER_SD * logs.std() + 1e-12).all()


def test_matching_takes_out_an_effect_that_is_only_length() -> None:
    labels, source, target = lengths(1, number=1500)
    values = np.log(source) + np.random.default_rng(2).normal(size=len(source)) * 0.1
    pairs = match_on_lengths(labels, source, target)
    raw, matched = raw_effect(values, labels), matched_effect(values, labels, pairs)
    assert raw.auc is not None
    assert raw.auc > 0.7
    assert matched.auc is not None
    assert abs(matched.auc - 0.5) < 0.08
    assert len(pairs) > 100


def test_matching_keeps_an_effect_that_is_not_length() -> None:
    labels, source, target = lengths(4, number=900)
    values = np.random.default_rng(5).normal(size=len(labels)) + SHIFT * labels
    effect = matched_effect(values, labels, match_on_lengths(labels, source, target))
    assert effect.auc_ci95 is not None
    assert effect.auc_ci95[0] < PLANTED_AUC < effect.auc_ci95[1]
    assert effect.p is not None
    assert effect.p < 0.01


def test_pairs_of_the_wrong_sides_are_refused() -> None:
    labels = np.array([True, False])
    with pytest.raises(ValueError, match="want pairs of one memorized and one other generation"):
        matched_effect(np.zeros(2), labels, np.array([[1, 0]]))


def test_no_pair_within_the_caliper_gives_a_reason() -> None:
    labels = np.arange(40) < 20
    far = np.where(labels, 1000, 2)
    pairs = match_on_lengths(labels, far, far)
    assert len(pairs) == 0
    effect = matched_effect(np.arange(40.0), labels, pairs)
    assert effect.reason == "want 5 of each, got 0 memorized and 0 others"


def test_the_same_seed_gives_the_same_figures() -> None:
    values, labels = planted(0.3)
    assert raw_effect(values, labels, seed=7) == raw_effect(values, labels, seed=7)
    assert raw_effect(values, labels, seed=7) != raw_effect(values, labels, seed=8)
