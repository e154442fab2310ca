"""Matched pairs: disjoint, alike, and free of what is only length."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.measure.length_matching import CALIPER_SD, match_on_lengths, mean_gaps


def lengths(seed: int, number: int = 200) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Memorized generations tend to be longer."""
    rng = np.random.default_rng(seed)
    labels = rng.random(number) < 0.3
    source = rng.poisson(60 + 9 * labels) + 1
    target = rng.poisson(40 + 6 * labels) + 1
    return labels, source, target


def untied_lengths(seed: int, number: int = 1500) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The source of memorized generations is longer by a standard deviation, hardly any tied."""
    rng = np.random.default_rng(seed)
    labels = rng.random(number) < 0.4
    source = np.exp(rng.normal(4, 0.35, number) + 0.35 * labels).astype(int) + 2
    return labels, source, np.exp(rng.normal(3.3, 0.4, number)).astype(int) + 2


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


def test_how_much_longer_the_memorized_ones_of_pairs_are_is_told() -> None:
    labels, source, target = untied_lengths(0)
    pairs = match_on_lengths(labels, source, target)
    logs = np.log1p(source)
    gaps = mean_gaps(pairs, source, target)
    assert gaps is not None
    assert 0.02 < gaps[0] < CALIPER_SD
    assert np.isclose(gaps[0], np.mean(logs[pairs[:, 0]] - logs[pairs[:, 1]]) / logs.std())
    assert mean_gaps(pairs[:0], source, target) is None
