"""Effects within a task: planted ones are found, absent ones are not, by their own oracle."""

import numpy as np
import pytest
from scipy import stats

from permille.measure.attention import length_residuals
from permille.measure.attention_effect import MIN_EACH, matched_effect, raw_effect
from permille.measure.auc import auc
from permille.measure.length_matching import match_on_lengths

from .test_length_matching import lengths, untied_lengths

SHIFT = 0.8
PLANTED_AUC = float(stats.norm.cdf(SHIFT / np.sqrt(2)))


def planted(shift: float, *, number: int = 300, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Normal values, moved by `shift` for the memorized third."""
    rng = np.random.default_rng(seed)
    labels = np.arange(number) < number // 3
    return rng.normal(size=number) + shift * labels, labels


def test_a_planted_effect_is_found_with_its_size() -> None:
    effect = raw_effect(*planted(SHIFT))
    assert effect.auc_ci95 is not None
    assert effect.difference_ci95 is not None
    assert effect.auc_ci95[0] < PLANTED_AUC < effect.auc_ci95[1]
    assert effect.difference_ci95[0] < SHIFT < effect.difference_ci95[1]
    assert effect.auc_bootstrap_ci95 == pytest.approx(effect.auc_ci95, abs=0.02)
    assert effect.p is not None
    assert effect.p < 1e-6


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
    wanted = "want 5 examples with a memorized and with another generation, got "
    assert effect.to_dict()["reason"] == f"{wanted}{num_memorized} and {50 - num_memorized}"
    assert "method" not in effect.to_dict()


def test_figures_come_without_a_reason() -> None:
    told = raw_effect(*planted(0)).to_dict()
    assert "reason" not in told
    assert "Newcombe's method 5" in told["method"]


def test_matching_takes_out_an_effect_that_is_only_length() -> None:
    effects = []
    for seed in range(20):
        labels, source, target = untied_lengths(seed, 600)
        values = np.log(source) + np.random.default_rng(seed).normal(size=600) * 0.07
        pairs = match_on_lengths(labels, source, target)
        residuals = length_residuals(values, source, target)
        effects.append(matched_effect(residuals, labels, pairs))
    assert auc(values, labels) > 0.7
    assert np.mean([effect.p < 0.05 for effect in effects]) <= 0.15
    assert np.mean([effect.auc for effect in effects]) == pytest.approx(0.5, abs=0.02)


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
    with pytest.raises(ValueError, match=r"one other generation, got \(1, 0\)"):
        matched_effect(np.zeros(2), labels, np.array([[1, 0]]))


def test_no_pair_within_the_caliper_gives_a_reason() -> None:
    labels = np.arange(40) < 20
    effect = matched_effect(np.arange(40.0), labels, np.empty((0, 2), dtype=np.intp))
    assert effect.reason is not None
    assert effect.reason.endswith("got 0 and 0")


def test_the_same_seed_gives_the_same_figures() -> None:
    values, labels = planted(0.3)
    assert raw_effect(values, labels, seed=7) == raw_effect(values, labels, seed=7)
    assert raw_effect(values, labels, seed=7) != raw_effect(values, labels, seed=8)


def pairs_of(number: int) -> np.ndarray:
    return np.stack([np.arange(number), number + np.arange(number)], axis=1)


def test_values_that_are_wholly_apart_have_intervals_with_a_length() -> None:
    labels = np.arange(24) < 12
    values = labels + np.linspace(0, 0.5, 24)
    for effect in (raw_effect(values, labels), matched_effect(values, labels, pairs_of(12))):
        assert effect.auc == 1
        assert effect.auc_ci95 is not None
        assert 0.5 < effect.auc_ci95[0] < 0.95
        assert effect.auc_ci95[1] == 1
        assert effect.auc_bootstrap_ci95 is None


def test_the_p_value_of_pairs_is_the_sign_test_of_the_same_wins() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(60) < 30
    values = rng.normal(size=60) + 0.6 * labels
    effect = matched_effect(values, labels, pairs_of(30))
    num_won = int((values[:30] > values[30:]).sum())
    assert effect.auc == pytest.approx(num_won / 30)
    assert effect.p == pytest.approx(stats.binomtest(num_won, 30).pvalue)


def test_a_tied_pair_is_won_by_half() -> None:
    labels = np.arange(20) < 10
    values = np.where(labels, np.arange(20) % 2, 0.0)
    effect = matched_effect(values, labels, pairs_of(10))
    assert effect.auc == pytest.approx((5 + 0.5 * 5) / 10)
    assert effect.p == pytest.approx(2 * 0.5**5)


def test_generations_of_one_example_weigh_as_one() -> None:
    values, labels = planted(0.5, number=90, seed=2)
    copied = [np.repeat(axis, 3) for axis in (values, labels, np.arange(90))]
    alone, known = raw_effect(values, labels), raw_effect(*copied)
    ignored = raw_effect(copied[0], copied[1])
    assert known.auc == pytest.approx(alone.auc)
    assert known.auc_ci95 == pytest.approx(alone.auc_ci95, abs=0.01)
    assert known.difference_ci95 == pytest.approx(alone.difference_ci95, abs=0.05)
    assert known.p == pytest.approx(alone.p, rel=0.05)
    assert ignored.p is not None
    assert ignored.p < 0.1 * known.p


def test_pairs_that_share_an_example_weigh_as_one() -> None:
    labels = np.arange(60) < 30
    values = labels + np.random.default_rng(1).normal(size=60) * 0.1
    examples = np.concatenate([np.arange(30) // 3, 100 + np.arange(30)])
    apart = matched_effect(values, labels, pairs_of(30))
    together = matched_effect(values, labels, pairs_of(30), examples)
    assert apart.p == pytest.approx(2 * 0.5**30)
    assert together.p == pytest.approx(2 * 0.5**10)
    assert together.auc_ci95[0] < apart.auc_ci95[0] < 1


def test_many_generations_of_few_examples_are_too_few() -> None:
    labels = np.arange(60) < 30
    effect = raw_effect(np.arange(60.0), labels, np.where(labels, np.arange(60) % 4, 99))
    assert effect.reason is not None
    assert effect.reason.endswith("got 4 and 1")
