"""The token-level score, training minus held-out."""

import numpy as np
import pytest

from permille.measure.token_score import token_score


def test_a_planted_difference_is_found_with_its_size() -> None:
    rng = np.random.default_rng(0)
    found = token_score(rng.uniform(0.6, 1.0, 200), rng.uniform(0.1, 0.5, 200))
    assert found.difference == pytest.approx(0.5, abs=0.03)
    assert found.ci95 is not None
    assert found.ci95[0] < 0.5 < found.ci95[1]


def test_without_a_difference_intervals_cover_zero_as_often_as_they_say() -> None:
    rng = np.random.default_rng(1)
    ends = [token_score(rng.random(60), rng.random(60)).ci95 for _ in range(200)]
    covered = sum(low <= 0 <= high for low, high in filter(None, ends))
    assert 178 <= covered <= 199


def test_means_are_over_examples() -> None:
    found = token_score(np.array([1.0, 0.5]), np.array([0.25, 0.25, 0.25]))
    assert (found.train, found.heldout, found.difference) == (0.75, 0.25, 0.5)
    assert (found.num_train, found.num_heldout) == (2, 3)


def test_too_few_examples_give_a_reason_and_no_figures() -> None:
    found = token_score(np.array([1.0]), np.empty(0)).to_dict()
    assert found["reason"] == "want 2 of each split, got 1, 0"
    assert found["difference"] is None
    assert "method" not in found


def test_figures_come_with_their_method() -> None:
    found = token_score(np.ones(3), np.zeros(3)).to_dict()
    assert found["method"] == "newcombe, of wilson at the effective size"
    assert "reason" not in found


def test_shares_that_are_all_alike_have_an_interval_with_a_length() -> None:
    found = token_score(np.ones(20), np.zeros(20))
    assert found.difference == 1
    assert found.ci95 is not None
    assert found.ci95[0] < 0.9
    assert found.ci95[1] == 1


def test_examples_that_share_text_widen_the_interval() -> None:
    rng = np.random.default_rng(4)
    sides = np.repeat(rng.random(30), 4), np.repeat(rng.random(20), 4)
    apart = token_score(*sides)
    together = token_score(*sides, np.repeat(np.arange(30), 4), np.repeat(np.arange(20), 4))
    assert together.difference == apart.difference
    assert np.ptp(together.ci95) > 1.5 * np.ptp(apart.ci95)
