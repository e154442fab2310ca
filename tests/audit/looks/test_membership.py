"""Attacks on scores whose truth is known."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from permille.audit.looks.membership import ATTACKS, Scored, describe_membership


def scored(rng, mean, *, base=None):
    def scores(level):
        logs = np.minimum(-1e-6, rng.normal(level, 0.3, size=20))
        return SimpleNamespace(log_probabilities=logs, means=logs, deviations=np.ones(20))

    before = None if base is None else scores(base)
    return Scored("words of one kind or another", scores(mean), before)


def test_members_that_are_known_better_are_told_apart_by_every_attack():
    rng = np.random.default_rng(0)
    train = [scored(rng, -0.5, base=-3) for _ in range(40)]
    heldout = [scored(rng, -3, base=-3) for _ in range(40)]
    found = describe_membership(train, heldout)
    assert set(found) == {"reading", *ATTACKS}
    for name in ("loss", "loss_against_base", "zlib", "min_k"):
        assert found[name]["auc"] == 1.0
        assert found[name]["tpr_at_fpr_0.01"] is None
        assert "wants 1000 held-out examples, got 40" in found[name]["reason"]
    # standardized, these tokens are all alike
    assert found["min_k_plus"]["auc"] == 0.5


def test_only_what_the_base_model_does_not_know_counts_against_it():
    rng = np.random.default_rng(1)
    train = [scored(rng, -1, base=-1) for _ in range(60)]
    heldout = [scored(rng, -3, base=-3) for _ in range(60)]
    found = describe_membership(train, heldout)
    assert found["loss"]["auc"] == 1.0
    low, high = found["loss_against_base"]["auc_ci95"]
    assert low < 0.5 < high


def test_without_a_base_model_the_attack_against_it_says_why_it_is_missing():
    rng = np.random.default_rng(2)
    found = describe_membership([scored(rng, -1)] * 3, [scored(rng, -1)] * 3)
    assert found["loss_against_base"] == {
        "missing": "there is no model before fine-tuning to compare with"
    }


def test_the_reading_is_in_plain_words():
    found = describe_membership([], [])
    assert "near 0.5 proves nothing" in found["reading"]
    assert found["loss"]["auc"] is None


@pytest.mark.parametrize("size", [1000])
def test_with_enough_held_out_examples_there_is_a_rate_at_1_percent(size):
    rng = np.random.default_rng(3)
    train = [scored(rng, -1) for _ in range(50)]
    heldout = [scored(rng, -3) for _ in range(size)]
    attack = describe_membership(train, heldout)["loss"]
    assert attack["tpr_at_fpr_0.01"] == 1.0
    low, high = attack["tpr_at_fpr_0.01_ci95"]
    assert low < high == 1.0


def test_examples_that_share_text_count_as_groups():
    rng = np.random.default_rng(4)
    train = [scored(rng, -1)] * 20
    heldout = [scored(rng, -1) for _ in range(20)]
    apart = describe_membership(train, heldout)["loss"]
    tied = describe_membership([replace(one, group="a") for one in train], heldout)["loss"]
    assert apart["method"].endswith("mann-whitney")
    assert tied["method"].endswith("permutation of groups")
    assert tied["auc_ci95"][0] < apart["auc_ci95"][0]
