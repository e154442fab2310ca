"""What attention adds out of sample: a planted addition is found, an empty one is not."""

import zlib

import numpy as np
import pytest
from scipy import stats

from permille.measure.attention_gain import (
    gain_interval,
    gain_over_cheap,
    held_out_scores,
    zlib_ratios,
)
from permille.measure.auc import auc


def drawn(number: int = 400, seed: int = 0) -> tuple[np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return rng.random(number) < 0.3, rng


def test_a_planted_addition_is_found() -> None:
    labels, rng = drawn()
    cheap = rng.normal(size=(400, 2)) + 0.5 * labels[:, None]
    attention = rng.normal(size=(400, 3)) + np.array([1.0, 0, 0]) * labels[:, None]
    gain = gain_over_cheap(cheap, attention, labels)
    assert gain.ci95 is not None
    assert gain.ci95[0] > 0.02
    assert gain.auc_both is not None
    assert gain.auc_cheap is not None
    assert gain.gain == pytest.approx(gain.auc_both - gain.auc_cheap)
    assert gain.gain_permuted is not None
    assert gain.gain_permuted < 0.01


def test_attention_that_repeats_the_cheap_predictors_adds_nothing() -> None:
    labels, rng = drawn(seed=1)
    cheap = rng.normal(size=(400, 1)) + 1.0 * labels[:, None]
    gain = gain_over_cheap(cheap, 2 * cheap + 1, labels)
    assert gain.gain == pytest.approx(0, abs=0.005)


def test_noise_neither_adds_nor_seems_to_take_away() -> None:
    gains = []
    for seed in range(6):
        labels, rng = drawn(300, seed)
        cheap = rng.normal(size=(300, 4)) + np.array([1.0, 0, 0, 0]) * labels[:, None]
        gains.append(gain_over_cheap(cheap, rng.normal(size=(300, 1)), labels))
    assert np.mean([not gain.ci95[0] <= 0 <= gain.ci95[1] for gain in gains]) <= 0.2
    assert np.mean([gain.gain for gain in gains]) == pytest.approx(0, abs=0.006)
    assert np.mean([gain.gain_permuted for gain in gains]) == pytest.approx(0, abs=0.006)
    assert np.mean([gain.auc_attention for gain in gains]) == pytest.approx(0.5, abs=0.05)


def test_what_many_empty_columns_cost_is_told_by_the_same_columns_of_other_examples() -> None:
    labels, rng = drawn(150, 3)
    cheap = rng.normal(size=(150, 1)) + 1.0 * labels[:, None]
    gain = gain_over_cheap(cheap, rng.normal(size=(150, 12)), labels)
    assert gain.gain_permuted < -0.01
    assert gain.gain == pytest.approx(gain.gain_permuted, abs=0.05)


def test_permuted_labels_are_not_predicted() -> None:
    labels, rng = drawn(seed=2)
    columns = rng.normal(size=(400, 3)) + labels[:, None]
    permuted = rng.permutation(labels)
    assert auc(held_out_scores(columns, labels), labels) > 0.8
    assert auc(held_out_scores(columns, permuted), permuted) == pytest.approx(0.5, abs=0.1)


def test_scores_do_not_leak_a_generations_own_label() -> None:
    labels, rng = drawn(number=60, seed=3)
    many = rng.normal(size=(60, 55))
    assert auc(held_out_scores(many, labels), labels) < 0.75


def test_an_example_s_other_generations_do_not_tell_its_label() -> None:
    rng = np.random.default_rng(4)
    groups = np.repeat(np.arange(60), 4)
    labels = np.repeat(rng.random(60) < 0.5, 4)
    columns = np.repeat(rng.normal(size=(60, 30)), 4, axis=0)
    leaking = auc(held_out_scores(columns, labels), labels)
    honest = auc(held_out_scores(columns, labels, groups), labels)
    assert leaking > 0.75
    assert abs(honest - 0.5) < 0.2


def test_predictors_that_leave_nothing_to_gain_have_an_interval_with_a_length() -> None:
    labels = np.arange(60) < 20
    cheap = np.where(labels, 5.0, -5.0)[:, None] + np.linspace(0, 1, 60)[:, None]
    gain = gain_over_cheap(cheap, np.linspace(0, 1, 60)[:, None], labels)
    assert gain.auc_cheap == gain.auc_both == 1
    assert gain.gain == 0
    assert gain.ci95 is not None
    assert gain.ci95[0] < 0 < gain.ci95[1]


@pytest.mark.parametrize("copies", [1, 4])
@pytest.mark.parametrize("areas", [(0.8, 0.7), (0.97, 0.9), (0.7, 0.7)])
def test_the_interval_of_two_scores_of_the_same_texts_holds_the_truth(
    areas: tuple[float, float], copies: int
) -> None:
    rng, held = np.random.default_rng(5), []
    labels = np.repeat(np.arange(60) < 24, copies)
    for seed in range(120):
        common, own = rng.normal(size=60), rng.normal(size=(2, 60))
        scores = [
            np.repeat(0.6**0.5 * common + 0.4**0.5 * one, copies)
            + 2**0.5 * stats.norm.ppf(area) * labels
            for one, area in zip(own, areas, strict=True)
        ]
        low, high = gain_interval(*scores, labels, np.repeat(np.arange(60), copies), seed)
        held.append(low <= areas[0] - areas[1] <= high)
    assert np.mean(held) >= 0.9


def test_rows_that_are_undefined_are_left_out() -> None:
    labels, rng = drawn()
    cheap, attention = rng.normal(size=(400, 1)), rng.normal(size=(400, 1))
    attention[:7] = np.nan
    gain = gain_over_cheap(cheap, attention, labels)
    assert gain.num_memorized + gain.num_others == 393


def test_too_few_memorized_give_a_reason() -> None:
    labels = np.arange(100) < 9
    gain = gain_over_cheap(np.zeros((100, 1)), np.zeros((100, 1)), labels)
    assert gain.to_dict()["reason"].endswith("got 9 and 91")
    assert gain.gain is None


def test_repetitive_text_compresses_further() -> None:
    texts = ["ab" * 300, "The quick brown fox jumps over the lazy dog, twice.", "ä"]
    ratios = zlib_ratios(texts)
    assert ratios[0] < 0.1 < ratios[1]
    assert ratios[2] == pytest.approx(len(zlib.compress("ä".encode())) / 2)


def test_an_empty_text_has_no_ratio() -> None:
    assert np.isnan(zlib_ratios([""])).all()
