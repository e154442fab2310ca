"""Matched pairs: disjoint, alike, and free of what is only length."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.measure.length_matching import CALIPER_SD, match_on_lengths


def lengths(seed: int, number: int = 200) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Memorized generations tend to be longer."""
    rng = np.random.default_rng(seed)
    labels = rng.random(number) < 0.3
    source = rng.poisson(60 + 9 * labels) + 1
    target = rng.poisson(40 + 6 * labels) + 1
    return labels, source, target


@settings(max_examples=25)
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


def test_nothing_within_the_caliper_gives_no_pair() -> None:
    labels = np.arange(40) < 20
    far = np.where(labels, 1000, 2)
    assert len(match_on_lengths(labels, far, far)) == 0
