"""Where nothing differs, every contrast raises an alarm about as often as it promises."""

import numpy as np
import pytest

from permille.measure.contrast import (
    Contrast,
    difference_in_differences,
    independent_contrast,
    paired_contrast,
)

NUM_SEEDS = 200
MOST_ALARMS = 18


def _alike(rng: np.random.Generator, groups: np.ndarray, share: float) -> np.ndarray:
    """Cases of shape (N,) that are copies of each other in half of the (N,) groups' members."""
    rates = rng.beta(share, 1 - share, groups.max() + 1)
    return rng.random(len(groups)) < rates[groups]


def _single(rng: np.random.Generator, share: float) -> Contrast:
    return independent_contrast(rng.random(200) < share, rng.random(200) < share)


def _grouped(rng: np.random.Generator, share: float) -> Contrast:
    groups = np.arange(300) // 3
    arms = [_alike(rng, groups, share) for _ in range(2)]
    return independent_contrast(*arms, first_groups=groups, second_groups=groups)


def _large(
    rng: np.random.Generator, share: float, num_large: int, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Some large groups of near copies among single values, 200 in all: cases and groups."""
    groups = np.repeat(np.arange(200), [size] * num_large + [1] * (200 - num_large))[:200]
    rates = rng.beta(share / 9, (1 - share) / 9, 200)
    return rng.random(200) < rates[groups], groups


def _five_large(rng: np.random.Generator, share: float) -> Contrast:
    cases, groups = _large(rng, share, 5, 20)
    return independent_contrast(cases, rng.random(200) < share, first_groups=groups)


def _two_large(rng: np.random.Generator, share: float) -> Contrast:
    cases, groups = _large(rng, share, 2, 30)
    return independent_contrast(cases, rng.random(200) < share, first_groups=groups)


def _large_in_both(rng: np.random.Generator, share: float) -> Contrast:
    (first, groups), (second, _) = (_large(rng, share, 5, 20) for _ in range(2))
    return independent_contrast(first, second, first_groups=groups, second_groups=groups)


def _paired_large(rng: np.random.Generator, share: float) -> Contrast:
    (first, groups), (second, _) = (_large(rng, share, 5, 20) for _ in range(2))
    return paired_contrast(first, second, groups=groups)


def _paired(rng: np.random.Generator, share: float) -> Contrast:
    return paired_contrast(rng.random(300) < share, rng.random(300) < share)


def _paired_groups(rng: np.random.Generator, share: float) -> Contrast:
    groups = np.arange(300) // 3
    return paired_contrast(*(_alike(rng, groups, share) for _ in range(2)), groups=groups)


def _differences(rng: np.random.Generator, share: float) -> Contrast:
    base = [rng.random(200) < share / 2 for _ in range(2)]
    tuned = [arm | (rng.random(200) < share) for arm in base]
    return difference_in_differences(tuned[0], base[0], tuned[1], base[1])


def _difference_groups(rng: np.random.Generator, share: float) -> Contrast:
    groups = np.arange(240) // 3
    base = [_alike(rng, groups, share / 2) for _ in range(2)]
    tuned = [arm | _alike(rng, groups, share) for arm in base]
    return difference_in_differences(
        tuned[0], base[0], tuned[1], base[1], train_groups=groups, heldout_groups=groups
    )


def _unequal_differences(rng: np.random.Generator, share: float) -> Contrast:
    """A base model that changes places with the tuned one on training prompts far oftener."""
    train, heldout = rng.random((60, 2)) < share + 0.1, rng.random((180, 2)) < 0.02
    return difference_in_differences(*train.T, *heldout.T)


def _few_differences(rng: np.random.Generator, share: float) -> Contrast:
    """The same of a ninth as many training prompts as held-out ones."""
    train, heldout = rng.random((20, 2)) < share + 0.1, rng.random((180, 2)) < 0.02
    return difference_in_differences(*train.T, *heldout.T)


def _difference_large(rng: np.random.Generator, share: float) -> Contrast:
    arms = [_large(rng, share, 5, 20) for _ in range(2)]
    single = rng.random((2, 200)) < share
    return difference_in_differences(arms[0][0], arms[1][0], *single, train_groups=arms[0][1])


DESIGNS = {
    "independent": _single,
    "independent groups": _grouped,
    "paired": _paired,
    "paired groups": _paired_groups,
    "differences": _differences,
    "difference groups": _difference_groups,
    "five large groups against single ones": _five_large,
    "two large groups against single ones": _two_large,
    "five large groups in both arms": _large_in_both,
    "paired, five large groups": _paired_large,
    "differences that vary unequally, arms of unequal sizes": _unequal_differences,
    "differences of few that vary more, and of many": _few_differences,
    "differences, five large groups against single ones": _difference_large,
}


@pytest.mark.parametrize("share", [0.02, 0.2])
@pytest.mark.parametrize("design", DESIGNS)
def test_without_a_difference_at_most_18_of_200_seeds_raise_an_alarm(design, share):
    found = [DESIGNS[design](np.random.default_rng(seed), share) for seed in range(NUM_SEEDS)]
    assert sum(contrast.p <= 0.05 for contrast in found) <= MOST_ALARMS
    assert sum(contrast.excludes_zero for contrast in found) <= MOST_ALARMS


def test_groups_that_are_ignored_raise_false_alarms_and_groups_that_are_named_do_not():
    ignored, named = 0, 0
    groups = np.arange(400) // 8
    for seed in range(NUM_SEEDS):
        rng = np.random.default_rng(seed)
        arms = [_alike(rng, groups, 0.2) for _ in range(2)]
        ignored += independent_contrast(*arms).p <= 0.05
        named += independent_contrast(*arms, first_groups=groups, second_groups=groups).p <= 0.05
    assert named <= MOST_ALARMS < 40 < ignored


@pytest.mark.parametrize("design", ["independent", "paired"])
def test_a_difference_of_a_fifth_is_hardly_ever_missed(design):
    found = 0
    for seed in range(50):
        rng = np.random.default_rng(seed)
        first, second = rng.random(200) < 0.3, rng.random(200) < 0.1
        make = independent_contrast if design == "independent" else paired_contrast
        contrast = make(first, second)
        found += contrast.excludes_zero and contrast.p <= 0.05
    assert found >= 45


@pytest.mark.parametrize("design", DESIGNS)
def test_a_seed_gives_the_same_contrast_again(design):
    one, again = (DESIGNS[design](np.random.default_rng(3), 0.2) for _ in range(2))
    assert one == again
