"""Exposure of canaries."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.measure.exposure import exposure

losses = st.lists(st.integers(0, 20).map(float), min_size=1, max_size=60)


def test_the_best_of_a_whole_space_has_all_its_bits_and_the_last_none():
    best = exposure(0.5, range(1, 1024))
    assert (best.rank, best.bits, best.most_bits) == (1, 10.0, 10.0)
    assert exposure(5000, range(1, 1024)).bits == 0


def test_ties_rank_before_the_canary():
    assert exposure(1.0, [1.0, 1.0, 2.0]).rank == 3


def test_a_sample_of_a_space_can_show_no_more_bits_than_its_size_has():
    found = exposure(0.0, range(1, 1024), space=10**12)
    assert found.bits == pytest.approx(10)
    assert found.to_dict() == {
        "bits": 10.0,
        "most_bits": 10.0,
        "rank": 1,
        "space": 10**12,
        "sampled": 1023,
    }


def test_a_whole_space_says_so():
    assert exposure(0.0, [1.0, 2.0, 3.0], space=4).to_dict()["sampled"] is None


@given(losses, st.integers(0, 20))
def test_exposure_is_the_logarithm_of_space_over_rank(candidates, loss):
    found = exposure(loss, candidates)
    rank = 1 + sum(other <= loss for other in candidates)
    assert found.bits == pytest.approx(math.log2((len(candidates) + 1) / rank))
    assert 0 <= found.bits <= found.most_bits


def test_a_space_smaller_than_what_was_seen_is_refused():
    with pytest.raises(ValueError, match="want a space of at least 4 strings, got 3"):
        exposure(0.0, [1.0, 2.0, 3.0], space=3)


def test_a_canary_that_was_never_seen_shows_about_a_bit_and_a_half():
    # the rank is then uniform, and the mean of log2(1 / uniform) is 1 / ln 2 = 1.443
    rng = np.random.default_rng(0)
    shown = []
    for _ in range(2000):
        losses = rng.random(256)
        shown.append(exposure(losses[0], losses[1:]).bits)
    assert np.mean(shown) == pytest.approx(1 / math.log(2), abs=0.12)


def test_the_more_often_a_canary_was_seen_the_more_it_shows():
    candidates = np.random.default_rng(1).normal(10, 1, 5000)
    shown = [exposure(loss, candidates).bits for loss in (10.5, 9.0, 8.0, 6.0)]
    assert shown == sorted(shown)
    assert shown[-1] == exposure(0.0, candidates).most_bits
