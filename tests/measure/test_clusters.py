"""Design effects, permutation tests and bootstraps over groups, against slow and known ones."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from permille.measure.clusters import (
    NUM_RESAMPLES,
    bootstrap_difference,
    clusters,
    permutation_p,
    sign_flip_p,
    welch_p,
)


def _distance(first: np.ndarray, second: np.ndarray, axis: int) -> np.ndarray:
    """How far two means lie apart, arrays of shape (..., N) along the last axis."""
    return np.abs(np.mean(first, axis=axis) - np.mean(second, axis=axis))


def test_values_are_summed_by_group_whatever_the_labels_are():
    summed = clusters([1, 0, 1, 1, 0], ["b", "a", "b", "c", "a"])
    assert summed.sizes.tolist() == [2, 2, 1]
    assert summed.sums.tolist() == [0, 2, 1]
    assert summed.mean == 0.6


def test_without_groups_each_value_is_its_own():
    summed = clusters([True, False, True])
    assert summed.sizes.tolist() == [1, 1, 1]
    assert summed.design_effect() == 1
    assert clusters(np.arange(100) < 40, np.arange(100)).design_effect() == 1


def test_a_group_label_must_be_there_for_each_value():
    with pytest.raises(ValueError, match=r"want a group for each of \(3,\) values, got \(2,\)"):
        clusters([1, 0, 1], ["a", "b"])


@given(st.lists(st.booleans(), min_size=3, max_size=60), st.integers(2, 5))
def test_copies_of_a_value_weigh_as_one(values, copies):
    repeated = clusters(np.repeat(values, copies), np.repeat(np.arange(len(values)), copies))
    if all(values) or not any(values):
        assert repeated.design_effect() == pytest.approx(copies)
    else:
        student = (stats.t.ppf(0.975, len(values) - 1) / stats.norm.ppf(0.975)) ** 2
        most = copies * len(values) / (len(values) - 1)
        assert copies - 1e-9 <= repeated.design_effect() / student <= most + 1e-9


def test_the_design_effect_is_the_variance_of_cluster_samples_over_that_of_independent_ones():
    rng = np.random.default_rng(7)
    means, effects = [], []
    for _ in range(600):
        rates = rng.beta(0.6, 2.4, 120)
        groups = np.repeat(np.arange(120), rng.integers(1, 8, 120))
        values = rng.random(len(groups)) < rates[groups]
        means.append(values.mean())
        effects.append(clusters(values, groups).design_effect() / len(groups))
    expected = np.var(means) / (0.2 * 0.8)
    # Student's quantile for groups of unequal sizes adds about a twentieth
    assert np.mean(effects) == pytest.approx(1.05 * expected, rel=0.15)


def _apart(first: list[float], second: list[float]) -> float:
    """How many standard errors two samples lie apart, the common mean being the true one."""
    center = np.mean([*first, *second])
    variance = sum(np.mean((np.array(arm) - center) ** 2) / len(arm) for arm in (first, second))
    return abs(np.mean(first) - np.mean(second)) / np.sqrt(variance)


def test_the_permutation_test_equals_trying_all_permutations():
    values = [1, 1, 0, 1, 1, 0, 0, 0, 1, 0, 0]
    observed = _apart(values[:5], values[5:])
    as_extreme = []
    for chosen in combinations(range(11), 5):
        rest = [values[row] for row in range(11) if row not in chosen]
        as_extreme.append(_apart([values[row] for row in chosen], rest) >= observed - 1e-12)
    assert len(as_extreme) == math.comb(11, 5)
    found = permutation_p(clusters(values[:5]), clusters(values[5:]))
    assert found == pytest.approx(np.mean(as_extreme), abs=0.015)


def test_at_equal_sizes_of_single_cases_it_is_fishers_exact_test():
    for first, second in ((12, 4), (9, 2), (6, 0)):
        arms = clusters(np.arange(40) < first), clusters(np.arange(40) < second)
        table = [[first, 40 - first], [second, 40 - second]]
        exact = stats.fisher_exact(table).pvalue
        assert permutation_p(*arms) == pytest.approx(exact, abs=0.015)


def test_the_permutation_test_of_unequal_groups_equals_shuffling_those_of_a_size_one_by_one():
    rng = np.random.default_rng(3)
    groups = rng.integers(0, 25, 80)
    values = rng.random(80) < 0.25 + 0.4 * (groups % 3 == 0)
    first, second = clusters(values, groups), clusters(rng.random(60) < 0.15, np.arange(60) // 3)
    sizes = np.concatenate([first.sizes, second.sizes])
    sums = np.concatenate([first.sums, second.sums])
    is_first = np.arange(len(sizes)) < len(first.sizes)

    def apart(marks: np.ndarray) -> float:
        distance, variance = 0.0, 0.0
        for size in set(first.sizes) & set(second.sizes):
            of_size = sums[sizes == size]
            sides = [of_size[marks[sizes == size] == side] for side in (True, False)]
            weight = len(sides[0]) * len(sides[1]) / len(of_size)
            distance += weight * (sides[0].mean() - sides[1].mean())
            spread = [((side - of_size.mean()) ** 2).mean() / len(side) for side in sides]
            variance += weight**2 * sum(spread)
        return abs(distance) / np.sqrt(variance)

    as_extreme = 0
    for _ in range(2000):
        marks = is_first.copy()
        for size in np.unique(sizes):
            marks[sizes == size] = rng.permutation(marks[sizes == size])
        as_extreme += apart(marks) >= apart(is_first) - 1e-12
    assert permutation_p(first, second) == pytest.approx((as_extreme + 1) / 2001, abs=0.035)


def test_groups_of_a_size_that_only_one_arm_has_tell_nothing():
    large, single = np.arange(100) // 20, np.arange(40)
    cases = clusters(np.ones(100), large)
    assert permutation_p(cases, clusters(np.zeros(40), single)) == 1.0
    first = np.concatenate([np.ones(100), np.arange(40) < 12])
    groups = np.concatenate([large, 100 + single])
    second = np.arange(40) < 4
    assert permutation_p(clusters(first, groups), clusters(second)) == pytest.approx(
        permutation_p(clusters(np.arange(40) < 12), clusters(second))
    )


@pytest.mark.parametrize(("num_groups", "size"), [(50, 3), (12, 40), (2, 5)])
def test_of_groups_of_one_size_students_quantile_is_that_of_their_number(num_groups, size):
    values = np.repeat(np.arange(num_groups) % 2, size)
    found = clusters(values, np.repeat(np.arange(num_groups), size)).design_effect()
    within = num_groups * size / 4
    between = (num_groups * size**2 / 4) * num_groups / (num_groups - 1)
    student = stats.t.ppf(0.975, num_groups - 1) / stats.norm.ppf(0.975)
    added = max(1, size / 2)
    assert found == pytest.approx((between + added * size) / (within + added) * student**2)


def test_degrees_of_freedom_are_satterthwaites_of_copies():
    sizes = np.array([20, 20, 7, 3, 3, *[1] * 40])
    groups = np.repeat(np.arange(len(sizes)), sizes)
    found = clusters(groups % 3 == 0, groups)
    # of the quadratic form of residuals, each group's sum varying by the square of its size
    centering = np.eye(len(sizes)) - np.outer(sizes, np.ones(len(sizes))) / sizes.sum()
    spread = np.diag(sizes.astype(float))
    weights = np.diag(1 / (1 - sizes / sizes.sum()))
    form = spread @ centering.T @ weights @ centering @ spread
    freedom = np.trace(form) ** 2 / np.trace(form @ form)
    residuals = found.sums - found.mean * found.sizes
    copies, within = (sizes**2).sum() / sizes.sum(), found.of * found.mean * (1 - found.mean)
    between = (residuals**2 * np.diag(weights)).sum()
    student = stats.t.ppf(0.975, freedom) / stats.norm.ppf(0.975)
    added = max(1, 2 * copies * within / found.of)
    expected = (max(between, within) + added * copies) / (within + added) * student**2
    assert 2 < freedom < 8
    assert found.design_effect() == pytest.approx(expected)


def test_under_the_null_the_permutation_p_rejects_as_often_as_it_says():
    rng = np.random.default_rng(11)
    rejected = 0
    for trial in range(400):
        rates = rng.beta(0.5, 2.0, 60)
        groups = np.repeat(np.arange(60), rng.integers(1, 5, 60))
        values = rng.random(len(groups)) < rates[groups]
        left = groups < 30
        arms = clusters(values[left], groups[left]), clusters(values[~left], groups[~left])
        rejected += permutation_p(*arms, seed=trial) <= 0.05
    assert rejected <= 32


@pytest.mark.parametrize("value", [0, 1])
def test_arms_of_the_same_value_give_p_1(value):
    assert permutation_p(clusters([value] * 9), clusters([value] * 4)) == 1.0


def test_p_values_repeat_with_the_seed_and_never_fall_below_one_draw():
    arms = clusters([1] * 60), clusters([0] * 60)
    assert permutation_p(*arms, seed=5) == permutation_p(*arms, seed=5) == 1 / (NUM_RESAMPLES + 1)


def test_real_valued_figures_can_be_compared_too():
    rng = np.random.default_rng(0)
    first, second = rng.random(60), rng.random(50) + 0.1
    exact = stats.permutation_test(
        (first, second),
        _distance,
        alternative="greater",
        vectorized=True,
        rng=1,
    ).pvalue
    assert permutation_p(clusters(first), clusters(second)) == pytest.approx(exact, abs=0.02)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=300))
def test_sign_flips_of_single_pairs_are_mcnemars_exact_test(pairs):
    first, second = np.array(pairs).T
    table = [
        [(first & second).sum(), (first & ~second).sum()],
        [(~first & second).sum(), (~first & ~second).sum()],
    ]
    theirs = mcnemar(table, exact=True).pvalue
    assert sign_flip_p(clusters(first.astype(int) - second)) == pytest.approx(min(1.0, theirs))


@settings(max_examples=40)
@given(st.lists(st.integers(-3, 3), min_size=1, max_size=9))
def test_sign_flips_of_groups_equal_trying_all_of_them(nets):
    values = [np.sign(net) for net in nets for _ in range(abs(net))] or [0]
    groups = [index for index, net in enumerate(nets) for _ in range(abs(net))] or [0]
    signs = np.array(np.meshgrid(*[[-1, 1]] * len(nets))).reshape(len(nets), -1)
    flipped = np.abs(np.array(nets) @ signs)
    expected = (flipped >= abs(sum(nets))).mean()
    assert sign_flip_p(clusters(values, groups)) == pytest.approx(expected)


def test_the_bootstrap_equals_scipys_over_groups():
    rng = np.random.default_rng(5)
    groups = np.repeat(np.arange(150), rng.integers(1, 5, 150))
    first = clusters(rng.random(len(groups)) < 0.3, groups)
    second = clusters(rng.random(200) < 0.1)
    theirs = stats.bootstrap(
        (first.sums, first.sizes),
        lambda sums, sizes, axis: sums.sum(axis=axis) / sizes.sum(axis=axis),
        paired=True,
        vectorized=True,
        method="percentile",
        rng=2,
    ).confidence_interval
    alone = bootstrap_difference(first, clusters(np.zeros(10)))
    assert alone == pytest.approx((theirs.low, theirs.high), abs=0.006)
    low, high = bootstrap_difference(first, second)
    assert low < first.mean - second.mean < high


def test_a_bootstrap_of_nothing_against_nothing_is_no_interval():
    assert bootstrap_difference(clusters([0] * 50), clusters([0] * 40)) is None


@pytest.mark.filterwarnings("ignore:Precision loss occurred")
@given(
    st.lists(st.sampled_from([-1, 0, 1]), min_size=2, max_size=30),
    st.lists(st.sampled_from([-1, 0, 1]), min_size=2, max_size=30),
)
def test_welchs_p_of_single_values_is_scipys(first, second):
    found = welch_p(clusters(first), clusters(second))
    if np.ptp(first) == np.ptp(second) == 0:
        assert found is None
    else:
        assert found == pytest.approx(stats.ttest_ind(first, second, equal_var=False).pvalue)


def test_welchs_p_counts_copies_once_and_needs_two_groups():
    first, second = [1, 0, 1, -1, 0, 1], [0, 0, -1, 1, 0, 0, 0]
    copied = [clusters(np.repeat(arm, 3), np.arange(len(arm)).repeat(3)) for arm in (first, second)]
    assert welch_p(*copied) == pytest.approx(welch_p(clusters(first), clusters(second)))
    assert welch_p(clusters([1, 0], ["a", "a"]), clusters(second)) is None
