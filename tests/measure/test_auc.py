"""The AUC with its interval and p-value, against closed forms, enumeration and simulation."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from permille.measure.auc import (
    NUM_RESAMPLES,
    auc,
    auc_interval,
    blocks_by_size,
    difference_interval,
    drawn_weights,
    group_numbers,
    newcombe_interval,
    permuted_marks,
    rank_p,
    weighted_auc,
)
from permille.measure.intervals import Z95


def drawn(
    rng: np.random.Generator, sizes: tuple[int, int], area: float, copies: int = 1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Normal values whose marked ones win with a chance of `area`, each value in some copies."""
    labels = np.arange(sum(sizes)) < sizes[0]
    values = rng.normal(size=len(labels)) + math.sqrt(2) * stats.norm.ppf(area) * labels
    return tuple(np.repeat(axis, copies) for axis in (values, labels, np.arange(len(labels))))


@settings(max_examples=50)
@given(values=st.lists(st.integers(0, 6), min_size=4, max_size=25), seed=st.integers(0, 1000))
def test_auc_is_the_share_of_pairs_won(values: list[int], seed: int) -> None:
    labels = np.random.default_rng(seed).permutation(np.arange(len(values)) < len(values) // 2)
    numbers = np.array(values, dtype=float)
    pairs = itertools.product(numbers[labels], numbers[~labels])
    wins = [1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs]
    assert auc(numbers, labels) == pytest.approx(np.mean(wins))


def test_one_of_each_side_has_the_interval_of_the_closed_form() -> None:
    assert newcombe_interval(1, 1, 1) == pytest.approx((1 / (1 + Z95**2), 1))
    assert newcombe_interval(0, 1, 1) == pytest.approx((0, Z95**2 / (1 + Z95**2)))


@pytest.mark.parametrize("sizes", [(5, 5), (12, 285), (300, 3000)])
@pytest.mark.parametrize("area", [0.0, 0.001, 0.3, 0.5, 0.8, 1.0])
def test_each_end_lies_as_far_as_its_own_variance_allows(
    area: float, sizes: tuple[int, int]
) -> None:
    ends = newcombe_interval(area, *sizes)
    mirrored = newcombe_interval(1 - area, *sizes)
    assert ends == pytest.approx((1 - mirrored[1], 1 - mirrored[0]), abs=1e-7)
    extra = sum(sizes) / 2 - 1
    for end in {*ends} - {0.0, 1.0}:
        spread = 1 + extra * ((1 - end) / (2 - end) + end / (1 + end))
        error = math.sqrt(end * (1 - end) * spread / (sizes[0] * sizes[1]))
        assert abs(end - area) == pytest.approx(Z95 * error, abs=1e-9)


def test_values_that_are_wholly_apart_have_an_interval_with_a_length() -> None:
    labels = np.arange(40) < 20
    low, high = auc_interval(labels.astype(float), labels)
    assert 0.8 < low < 0.95
    assert high == 1
    in_pairs = auc_interval(labels.astype(float), labels, np.arange(40) // 2)
    assert in_pairs == pytest.approx(newcombe_interval(1, 10, 10))


@pytest.mark.parametrize("sizes", [(8, 30), (40, 40)])
@pytest.mark.parametrize("area", [0.5, 0.8, 0.95, 0.99])
def test_the_interval_holds_the_truth_as_often_as_it_says(
    area: float, sizes: tuple[int, int]
) -> None:
    rng = np.random.default_rng(0)
    ends = [auc_interval(*drawn(rng, sizes, area)[:2]) for _ in range(400)]
    assert np.mean([low <= area <= high for low, high in ends]) >= 0.93


@pytest.mark.parametrize("area", [0.5, 0.9])
def test_copies_of_a_value_count_once_where_their_group_is_known(area: float) -> None:
    rng = np.random.default_rng(1)
    data = [drawn(rng, (25, 25), area, copies=4) for _ in range(200)]
    known = [auc_interval(*one) for one in data]
    ignored = [auc_interval(*one[:2]) for one in data]
    assert np.mean([low <= area <= high for low, high in known]) >= 0.92
    assert np.mean([low <= area <= high for low, high in ignored]) < 0.8


@pytest.mark.parametrize("num_groups", [(4, 4), (5, 40)])
@pytest.mark.parametrize("area", [0.5, 0.8])
def test_of_few_groups_whose_members_are_alike_the_interval_holds_the_truth(
    area: float, num_groups: tuple[int, int]
) -> None:
    rng = np.random.default_rng(2)
    groups = np.arange(sum(num_groups)).repeat(5)
    labels = groups < num_groups[0]
    apart = math.sqrt(2) * stats.norm.ppf(area)
    held = 0
    for _ in range(300):
        shared, own = rng.standard_normal(sum(num_groups))[groups], rng.standard_normal(len(groups))
        values = math.sqrt(0.5) * (shared + own) + apart * labels
        low, high = auc_interval(values, labels, groups)
        held += low <= area <= high
    assert held >= 0.93 * 300


@pytest.mark.parametrize("sizes", [(6, 6), (8, 30), (20, 20)])
def test_one_pair_that_hangs_together_hardly_changes_an_interval(sizes: tuple[int, int]) -> None:
    longer = []
    for seed in range(20):
        values, labels, groups = drawn(np.random.default_rng(seed), sizes, 0.7)
        alone = auc_interval(values, labels, groups)
        assert alone == auc_interval(values, labels)
        paired = auc_interval(values, labels, np.where(groups == 1, 0, groups))
        longer.append((paired[1] - paired[0]) / (alone[1] - alone[0]))
    assert np.median(longer) < 1.2


def test_without_groups_the_p_value_is_of_mann_and_whitney_with_ties() -> None:
    rng = np.random.default_rng(0)
    labels = rng.random(60) < 0.4
    values = np.round(rng.normal(size=60) + 0.5 * labels, 1)
    wanted = stats.mannwhitneyu(
        values[labels], values[~labels], use_continuity=False, method="asymptotic"
    )
    assert rank_p(values, labels) == pytest.approx(wanted.pvalue)


def test_groups_change_places_with_groups_of_their_size() -> None:
    rng = np.random.default_rng(2)
    groups = np.array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7])
    labels, values = rng.random(13) < 0.5, rng.normal(size=13)
    ranks = stats.rankdata(values)
    sums = []
    for twos in itertools.permutations(range(5)):
        for ones in itertools.permutations(range(10, 13)):
            rows = [place for group in twos for place in (2 * group, 2 * group + 1)]
            sums.append(ranks[labels[[*rows, *ones]]].sum())
    z = (ranks[labels].sum() - np.mean(sums)) / np.std(sums)
    assert rank_p(values, labels, groups) == pytest.approx(2 * stats.norm.sf(abs(z)))


def test_p_values_of_few_values_are_near_the_exact_ones() -> None:
    rng = np.random.default_rng(3)
    for _ in range(60):
        values, labels = rng.normal(size=12), np.arange(12) < 5
        exact = stats.mannwhitneyu(values[labels], values[~labels], method="exact").pvalue
        assert rank_p(values, labels) == pytest.approx(exact, abs=0.02 if exact < 0.1 else 0.1)


def test_p_values_of_copies_are_uniform_where_their_group_is_known() -> None:
    rng = np.random.default_rng(4)
    data = [drawn(rng, (20, 30), 0.5, copies=5) for _ in range(200)]
    known = [rank_p(*one) for one in data]
    assert stats.kstest(known, "uniform").pvalue > 0.01
    assert np.mean([rank_p(*one[:2]) < 0.05 for one in data]) > 0.2


def test_nothing_that_can_be_permuted_gives_a_p_value_of_one() -> None:
    assert rank_p(np.ones(8), np.arange(8) < 4) == 1
    assert rank_p(np.arange(6.0), np.arange(6) < 3, [0, 1, 1, 2, 2, 2]) == 1


@settings(max_examples=50)
@given(
    values=st.lists(st.integers(0, 4), min_size=4, max_size=15),
    weights=st.lists(st.integers(0, 3), min_size=15, max_size=15),
)
def test_a_weight_is_a_number_of_copies(values: list[int], weights: list[int]) -> None:
    numbers, labels = np.array(values, dtype=float), np.arange(len(values)) % 2 == 0
    counts = np.array(weights[: len(values)])
    found = weighted_auc(numbers, labels, counts[None].astype(float))[0]
    copied, marks = np.repeat(numbers, counts), np.repeat(labels, counts)
    if marks.any() and not marks.all():
        assert found == pytest.approx(auc(copied, marks))
    else:
        assert np.isnan(found)


def test_whole_groups_are_drawn_and_both_sides_stay() -> None:
    labels = np.array([True, True, False, False, False, True])
    weights = np.concatenate(
        list(drawn_weights(labels, [7, 7, 7, 9, 8, 5], np.random.default_rng(0)))
    )
    assert weights.shape == (NUM_RESAMPLES, 6)
    np.testing.assert_array_equal(weights[:, 0], weights[:, 2])
    assert (weights[:, [0, 5]].sum(axis=1) == 2).all()
    assert (weights[:, [3, 4]].sum(axis=1) == 2).all()
    assert np.unique(weights[:, 0]).tolist() == [0, 1, 2]


def test_permuted_marks_are_those_of_whole_groups() -> None:
    labels = np.array([True, False, True, True, False, False, True])
    groups = [0, 0, 1, 1, 2, 2, 3]
    seen = {
        tuple(permuted_marks(labels, groups, np.random.default_rng(seed))) for seed in range(60)
    }
    pairs = [(True, False), (True, True), (False, False)]
    assert seen == {(*sum(order, ()), True) for order in itertools.permutations(pairs)}


def test_groups_are_blocked_by_their_size() -> None:
    numbers = group_numbers(["b", "a", "b", "c"], 4)
    blocks = [block.tolist() for block in blocks_by_size(numbers)]
    assert blocks == [[[1], [3]], [[0, 2]]]
    with pytest.raises(ValueError, match=r"want a group for each of 3 values, got \(2,\)"):
        group_numbers([1, 2], 3)


def test_a_difference_of_areas_that_move_together_is_known_better() -> None:
    areas, ends = (0.8, 0.7), ((0.7, 0.88), (0.6, 0.79))
    apart, together = (difference_interval(areas, ends, r) for r in (0.0, 0.9))
    assert apart[0] == pytest.approx(0.1 - math.hypot(0.1, 0.09))
    assert apart[1] == pytest.approx(0.1 + math.hypot(0.08, 0.1))
    assert apart[0] < together[0] < 0.1 < together[1] < apart[1]


def test_a_difference_of_two_perfect_areas_has_an_interval_with_a_length() -> None:
    ends = newcombe_interval(1, 10, 10)
    low, high = difference_interval((1, 1), (ends, ends), 0.0)
    assert low == pytest.approx(ends[0] - 1)
    assert high == pytest.approx(1 - ends[0])
