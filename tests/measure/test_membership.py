"""Membership inference: scores, areas, and rates with ties against the attack."""

import zlib

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from permille.measure.auc import newcombe_interval
from permille.measure.membership import (
    loss_score,
    membership,
    min_k_plus_score,
    min_k_score,
    ratio_score,
    true_positive_rate,
    zlib_score,
)

scores = st.lists(st.integers(-4, 4).map(float), min_size=1, max_size=40)


def test_every_score_is_higher_for_what_the_model_knows_better():
    known, unknown = np.full(20, -0.1), np.full(20, -3.0)
    base = np.full(20, -2.0)
    assert loss_score(known) > loss_score(unknown)
    assert ratio_score(known, base) > 0 > ratio_score(unknown, base)
    assert zlib_score(known, "some text") > zlib_score(unknown, "some text")
    assert min_k_score(known) > min_k_score(unknown)


def test_zlib_divides_the_mean_loss_by_the_bits_of_the_compressed_text():
    text = "a text to compress, a text to compress"
    # the log-perplexity is (1.0 + 2.5) / 2 = 1.75, however many tokens there are
    bits = 8 * len(zlib.compress(text.encode()))
    assert zlib_score([-1.0, -2.5], text) == pytest.approx(-1.75 / bits)
    assert zlib_score([-1.0, -2.5] * 9, text) == pytest.approx(-1.75 / bits)
    # zlib stores "a" in 9 bytes: 2 of header, 3 of a fixed block, 4 of checksum
    assert zlib_score([-3.6], "a") == pytest.approx(-3.6 / 72)


@pytest.mark.parametrize(("share", "mean"), [(0.2, -9.5), (0.3, -9.0), (0.01, -10.0), (1.0, -5.5)])
def test_min_k_is_the_mean_of_the_lowest(share, mean):
    log_probabilities = -np.random.default_rng(0).permutation(np.arange(1.0, 11.0))
    assert min_k_score(log_probabilities, share=share) == pytest.approx(mean)


def test_min_k_plus_standardizes_by_the_models_own_distribution():
    logits = torch.randn(10, 30, generator=torch.Generator().manual_seed(0), dtype=torch.double)
    log_p = torch.log_softmax(logits, dim=-1)
    means = (log_p.exp() * log_p).sum(-1)
    deviations = ((log_p.exp() * log_p**2).sum(-1) - means**2).sqrt()
    taken = log_p[:, 3]
    expected = ((taken - means) / deviations).sort().values[:2].mean()
    assert min_k_plus_score(taken, means, deviations) == pytest.approx(float(expected))


def test_min_k_plus_of_a_certain_token_counts_0():
    assert min_k_plus_score([0.0], [0.0], [0.0]) == 0.0


@given(scores, scores)
@settings(max_examples=20)
def test_the_area_equals_scikit_learns(train, heldout):
    labels = [1] * len(train) + [0] * len(heldout)
    assert membership(train, heldout).auc == pytest.approx(roc_auc_score(labels, train + heldout))


@given(scores, scores, st.floats(0, 1))
def test_the_rate_is_that_of_the_best_strict_threshold(train, heldout, false_alarm_rate):
    rate = true_positive_rate(train, heldout, false_alarm_rate=false_alarm_rate)
    allowed = [
        np.mean(np.array(train) > threshold)
        for threshold in heldout
        if np.mean(np.array(heldout) > threshold) <= false_alarm_rate
    ]
    assert rate == pytest.approx(max(allowed))


def test_ties_go_against_the_attack():
    assert true_positive_rate([1.0] * 50, [1.0] * 1000) == 0.0
    assert true_positive_rate([1.0] * 50, [1.0] * 10 + [0.0] * 990) == 1.0
    assert true_positive_rate([1.0] * 50, [1.0] * 11 + [0.0] * 989) == 0.0


def test_below_a_thousand_heldout_examples_there_is_no_rate_but_an_area():
    rng = np.random.default_rng(0)
    shown = membership(rng.normal(1, 1, 300), rng.normal(0, 1, 999)).to_dict()
    assert shown["tpr_at_fpr_0.01"] is None
    assert shown["tpr_at_fpr_0.01_ci95"] is None
    assert shown["reason"] == "a rate at 1 % wants 1000 held-out examples, got 999"
    assert shown["auc_ci95"][0] < 0.76 < shown["auc_ci95"][1]


def test_intervals_hold_the_truth_of_two_normal_distributions():
    rng = np.random.default_rng(1)
    found = membership(rng.normal(1, 1, 1000), rng.normal(0, 1, 1000), seed=3)
    assert found.auc_ci95[0] < 0.7602 < found.auc_ci95[1]
    assert found.true_positive_rate_ci95[0] < 0.0924 < found.true_positive_rate_ci95[1]
    assert found.reason is None
    assert "reason" not in found.to_dict()


@pytest.mark.parametrize("area", [0.0, 1.0])
def test_an_area_at_an_end_is_no_surer_than_its_sizes_allow(area):
    low, high = (
        membership(np.full(size, area), np.full(size, 1 - area)).to_dict()["auc_ci95"]
        for size in (5, 500)
    )
    assert low == pytest.approx(newcombe_interval(area, 5, 5), abs=0.001)
    assert 0 < high[1] - high[0] < low[1] - low[0]


@given(scores, scores, st.integers(0, 99))
@settings(max_examples=20)
def test_no_interval_of_an_area_is_narrower_than_the_closed_form(train, heldout, seed):
    found = membership(train, heldout, seed=seed)
    low, high = newcombe_interval(found.auc, len(train), len(heldout))
    assert 0 <= found.auc_ci95[0] <= low + 1e-9 <= high <= found.auc_ci95[1] + 1e-9 <= 1 + 1e-9


@pytest.mark.parametrize(("count", "of"), [(0, 40), (40, 40), (3, 40)])
def test_no_interval_of_a_rate_is_narrower_than_jeffreys(count, of):
    train = np.r_[np.full(count, 2.0), np.full(of - count, 0.0)]
    found = membership(train, np.linspace(0.5, 1, 1000))
    low, high = stats.beta.ppf((0.025, 0.975), count + 0.5, of - count + 0.5)
    assert found.true_positive_rate == count / of
    assert found.true_positive_rate_ci95[0] <= low
    assert found.true_positive_rate_ci95[1] >= high
    assert found.true_positive_rate_ci95[0] == 0 or count
    assert found.true_positive_rate_ci95[1] == 1 or count < of


def test_the_p_value_is_mann_and_whitneys_and_each_method_is_named():
    rng = np.random.default_rng(4)
    train, heldout = rng.normal(0.3, 1, 80), rng.normal(0, 1, 90)
    shown = membership(train, heldout).to_dict()
    wanted = stats.mannwhitneyu(train, heldout, method="asymptotic", use_continuity=False).pvalue
    assert shown["p"] == pytest.approx(wanted, rel=0.01)
    assert "newcombe" in shown["method"]
    assert "mann-whitney" in shown["method"]
    assert "jeffreys" in shown["tpr_at_fpr_0.01_method"]


def test_scores_that_know_nothing_are_near_a_half():
    rng = np.random.default_rng(2)
    low, high = membership(rng.normal(size=500), rng.normal(size=500)).auc_ci95
    assert low < 0.5 < high


def test_without_scores_there_is_a_reason():
    shown = membership([], [1.0]).to_dict()
    assert shown["auc"] is None
    assert shown["p"] is None
    assert shown["reason"] == "0 training and 1 held-out scores"


def test_examples_that_share_text_are_resampled_and_permuted_together():
    rng = np.random.default_rng(5)
    train, heldout = np.repeat(rng.normal(0.6, 1, 30), 10), np.repeat(rng.normal(0, 1, 30), 10)
    groups = np.repeat(np.arange(30), 10)
    apart = membership(train, heldout)
    tied = membership(train, heldout, train_groups=groups, heldout_groups=groups)
    assert tied.auc == apart.auc
    assert tied.p > apart.p
    assert tied.auc_ci95[0] < apart.auc_ci95[0]
    assert apart.auc_ci95[1] < tied.auc_ci95[1]
    shown = tied.to_dict()
    assert "over groups of examples" in shown["method"]
    assert shown["method"].endswith("permutation of groups")
    alone = membership(train, heldout, train_groups=range(300), heldout_groups=range(300))
    assert alone == apart


def test_the_interval_of_a_rate_counts_groups_too():
    rng = np.random.default_rng(6)
    train, heldout = np.repeat(rng.normal(2, 1, 20), 10), rng.normal(0, 1, 1000)
    apart = membership(train, heldout)
    tied = membership(train, heldout, train_groups=np.repeat(np.arange(20), 10))
    assert tied.true_positive_rate == apart.true_positive_rate
    wide, narrow = tied.true_positive_rate_ci95, apart.true_positive_rate_ci95
    assert wide[1] - wide[0] > 1.5 * (narrow[1] - narrow[0])
