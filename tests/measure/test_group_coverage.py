"""Values in groups are drawn as they say, and intervals hold the truth of such values."""

from collections.abc import Callable

import numpy as np
import pytest

from permille.measure import group_coverage
from permille.measure.clusters import (
    Clusters,
    bootstrap_difference,
    paired_interval,
    share_interval,
)
from permille.measure.coverage import OF_LARGE_GROUPS, SHARES, SIZES, simulated_coverage
from permille.measure.group_coverage import (
    bootstrap_groups,
    large_groups,
    newcombe_groups,
    newcombe_large_groups,
    tango_groups,
    tango_large_groups,
    wilson_groups,
)
from permille.measure.intervals import mover_interval


def drawn(draw: Callable, rng: np.random.Generator, size: int, share: float, **more: int):
    """Return what a function gives, and the values of which it asks for an interval."""
    seen: list[Clusters] = []

    def noting(interval: Callable) -> Callable:
        return lambda *arms, **others: seen.extend(arms) or interval(*arms, **others)

    with pytest.MonkeyPatch.context() as patch:
        for interval in (share_interval, paired_interval, bootstrap_difference):
            patch.setattr(group_coverage, interval.__name__, noting(interval))
        return draw(rng, size, share, **more), seen


def correlation(arms: list[Clusters], share: float) -> float:
    """Return the intra-class correlation: how much oftener than by chance two are both cases."""
    pairs = sum((arm.sizes * (arm.sizes - 1)).sum() for arm in arms)
    both = sum((arm.sums * (arm.sums - 1)).sum() for arm in arms)
    return float((both / pairs - share**2) / (share * (1 - share)))


OF_ONE_ARM = [(wilson_groups, share_interval), (tango_groups, paired_interval)]


@pytest.mark.parametrize(("draw", "interval"), OF_ONE_ARM)
def test_members_of_groups_of_one_to_five_are_half_alike(draw, interval):
    (truth, ends), (arm,) = drawn(draw, np.random.default_rng(0), 200_000, 0.2)
    assert (truth, ends) == (0.2, interval(arm))
    assert (arm.of, set(arm.sizes.tolist())) == (200_000, {1, 2, 3, 4, 5})
    # as many groups of each size, but for the last one, which may be cut
    assert np.bincount(arm.sizes.astype(int))[1:] / len(arm.sizes) == pytest.approx(0.2, abs=0.005)
    assert arm.mean == pytest.approx(0.2, abs=0.01)
    assert correlation([arm], 0.2) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("draw", [large_groups, tango_large_groups])
def test_members_of_five_large_groups_are_nearly_all_alike(draw):
    rng = np.random.default_rng(1)
    arms = []
    for _ in range(500):
        (truth, ends), (arm,) = drawn(draw, rng, 60, 0.3)
        assert (truth, ends) == (
            0.3,
            (share_interval if draw is large_groups else paired_interval)(arm),
        )
        assert sorted(arm.sizes.tolist()) == [1] * 30 + [6] * 5
        arms.append(arm)
    assert np.mean([arm.mean for arm in arms]) == pytest.approx(0.3, abs=0.02)
    assert correlation(arms, 0.3) == pytest.approx(0.9, abs=0.03)


def test_large_groups_may_be_as_many_and_as_large_as_is_said():
    _, (arm,) = drawn(large_groups, np.random.default_rng(2), 100, 0.3, num=2, percent=15)
    assert sorted(arm.sizes.tolist()) == [1] * 70 + [15] * 2


@pytest.mark.parametrize("draw", [newcombe_groups, newcombe_large_groups, bootstrap_groups])
def test_a_second_arm_has_half_the_share(draw):
    rng, means = np.random.default_rng(3), []
    for _ in range(40):
        (truth, ends), (first, second) = drawn(draw, rng, 100, 0.4)
        means.append((first.mean, second.mean))
        assert truth == 0.2
        assert ends[0] <= first.mean - second.mean <= ends[1]
    assert np.mean(means, axis=0) == pytest.approx([0.4, 0.2], abs=0.05)


@pytest.mark.parametrize("draw", [newcombe_groups, newcombe_large_groups])
def test_intervals_of_both_arms_are_joined(draw):
    (_, ends), (first, second) = drawn(draw, np.random.default_rng(4), 100, 0.4)
    intervals = share_interval(first), share_interval(second)
    assert ends == mover_interval(first.mean, intervals[0], second.mean, intervals[1])


def test_the_second_arm_of_large_groups_is_of_single_values():
    _, (first, second) = drawn(newcombe_large_groups, np.random.default_rng(5), 100, 0.4)
    assert max(first.sizes) == 10
    assert (len(second.sizes), max(second.sizes)) == (100, 1)


@pytest.mark.parametrize("name", list(OF_LARGE_GROUPS))
def test_where_a_few_large_groups_carry_the_variance_coverage_hardly_falls(name):
    for share in (0.05, 0.2):
        assert simulated_coverage(OF_LARGE_GROUPS[name], 200, share, num_draws=500, seed=1) >= 0.91


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", list(OF_LARGE_GROUPS))
def test_large_groups_are_held_at_every_size_and_share(name, size):
    for share in SHARES:
        assert simulated_coverage(OF_LARGE_GROUPS[name], size, share, seed=2) >= 0.89


@pytest.mark.slow
def test_a_bootstrap_of_rare_cases_does_not_hold_what_it_says():
    assert simulated_coverage(bootstrap_groups, 50, 0.01, num_draws=300) < 0.6
