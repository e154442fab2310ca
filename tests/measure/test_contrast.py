"""Differences between arms: the form, the arithmetic, and 0 against 0."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from permille.measure.clusters import clusters, permutation_p, welch_p
from permille.measure.contrast import (
    Contrast,
    difference_in_differences,
    independent_contrast,
    newcombe_contrast,
    paired_contrast,
)

arms = st.lists(st.booleans(), min_size=1, max_size=80)
paired_arms = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=80)


def test_the_form_of_the_contract_comes_out():
    contrast = Contrast(61.04, (30.08, 95.52), 0.00041234, "newcombe, fisher")
    assert contrast.to_dict() == {
        "permille": 61.0,
        "ci95": [30.1, 95.5],
        "p": 0.000412,
        "method": "newcombe, fisher",
    }


@pytest.mark.parametrize(
    "contrast",
    [
        pytest.param(newcombe_contrast(0, 0, 3, 10), id="newcombe"),
        pytest.param(independent_contrast([True], []), id="independent"),
        pytest.param(paired_contrast([], []), id="paired"),
        pytest.param(difference_in_differences([], [], [True], [True]), id="did"),
    ],
)
def test_a_contrast_of_nothing_is_null_and_says_why(contrast):
    shown = contrast.to_dict()
    assert (shown["permille"], shown["ci95"], shown["p"]) == (None, None, None)
    assert shown["reason"]
    assert not contrast.excludes_zero


def test_a_contrast_needs_figures_or_a_reason():
    with pytest.raises(ValueError, match=r"want a figure with its interval, or a reason, got 3\.0"):
        Contrast(3.0)


def test_a_p_value_is_a_probability():
    with pytest.raises(ValueError, match=r"want a p-value in \[0, 1\], got 1\.5"):
        Contrast(3.0, (1.0, 5.0), 1.5)


def test_newcombes_contrast_has_his_interval_and_fishers_p():
    contrast = newcombe_contrast(56, 70, 48, 80)
    assert contrast.permille == pytest.approx(200)
    assert contrast.ci95 == pytest.approx((52.4, 333.9), abs=0.06)
    assert contrast.p == pytest.approx(stats.fisher_exact([[56, 14], [48, 32]]).pvalue)
    assert contrast.excludes_zero


@pytest.mark.parametrize(
    "contrast",
    [
        pytest.param(newcombe_contrast(0, 200, 0, 200), id="newcombe"),
        pytest.param(
            independent_contrast(
                [0] * 200,
                [0] * 200,
                first_groups=np.arange(200) // 2,
                second_groups=np.arange(200) // 2,
            ),
            id="grouped",
        ),
        pytest.param(paired_contrast([0] * 200, [0] * 200), id="paired"),
        pytest.param(
            paired_contrast([0] * 200, [0] * 200, groups=np.arange(200) // 2), id="paired groups"
        ),
        pytest.param(difference_in_differences(*[[0] * 200] * 4), id="did"),
    ],
)
def test_nothing_against_nothing_has_an_interval_on_both_sides_of_0_and_p_1(contrast):
    low, high = contrast.ci95
    assert contrast.permille == 0
    assert low == pytest.approx(-high)
    assert 15 < high < 60
    assert contrast.p == 1


def test_groups_of_copies_widen_the_interval_as_fewer_examples_would():
    rng = np.random.default_rng(0)
    first, second = rng.random(100) < 0.3, rng.random(100) < 0.2
    alone = independent_contrast(first, second)
    copied = independent_contrast(
        np.repeat(first, 4),
        np.repeat(second, 4),
        first_groups=np.repeat(np.arange(100), 4),
        second_groups=np.repeat(np.arange(100), 4),
    )
    assert copied.permille == pytest.approx(alone.permille)
    assert copied.ci95 == pytest.approx(alone.ci95, abs=2.5)
    assert copied.p == pytest.approx(alone.p, abs=0.03)


@given(arms, arms)
def test_swapping_the_arms_mirrors_a_contrast(first, second):
    one, other = independent_contrast(first, second), independent_contrast(second, first)
    assert one.permille == pytest.approx(-other.permille)
    assert one.ci95 == pytest.approx((-other.ci95[1], -other.ci95[0]))
    assert one.p == pytest.approx(other.p)


@given(paired_arms)
def test_swapping_the_sides_of_pairs_mirrors_a_contrast(pairs):
    first, second = zip(*pairs, strict=True)
    one, other = paired_contrast(first, second), paired_contrast(second, first)
    assert one.permille == pytest.approx(-other.permille)
    assert one.ci95 == pytest.approx((-other.ci95[1], -other.ci95[0]), abs=1e-6)
    assert one.p == pytest.approx(other.p)


@given(paired_arms)
def test_groups_of_one_pair_change_nothing_in_a_paired_contrast(pairs):
    first, second = zip(*pairs, strict=True)
    alone = paired_contrast(first, second)
    grouped = paired_contrast(first, second, groups=list(range(len(pairs))))
    assert grouped.permille == alone.permille
    assert grouped.p == pytest.approx(alone.p)
    assert grouped.ci95 == alone.ci95


@pytest.mark.parametrize("values", [[1] * 9 + [0] * 31, [1, 1, 0]])
def test_the_method_of_a_difference_in_differences_names_both_tests_whichever_is_greater(values):
    silent, unsaid, groups = [0] * 40, [0] * len(values), [i // 2 for i in range(len(values))]
    alone = difference_in_differences(values, unsaid, silent, silent)
    assert alone.method == "mover of tango, greater of studentized permutation and welch"
    over_groups = difference_in_differences(values, unsaid, silent, silent, train_groups=groups)
    assert over_groups.method == f"{alone.method} over groups"
    arms = clusters(values), clusters(silent)
    assert alone.p == max(permutation_p(*arms), welch_p(*arms))


@settings(max_examples=25)
@given(paired_arms, paired_arms)
def test_a_difference_in_differences_is_the_difference_of_its_paired_contrasts(train, heldout):
    tuned_train, base_train = zip(*train, strict=True)
    tuned_heldout, base_heldout = zip(*heldout, strict=True)
    contrast = difference_in_differences(tuned_train, base_train, tuned_heldout, base_heldout)
    sides = paired_contrast(tuned_train, base_train), paired_contrast(tuned_heldout, base_heldout)
    assert contrast.permille == pytest.approx(sides[0].permille - sides[1].permille)
    assert contrast.ci95[0] <= contrast.permille <= contrast.ci95[1]


def test_against_a_silent_base_it_is_the_tuned_difference_with_a_like_interval():
    rng = np.random.default_rng(4)
    train, heldout = rng.random(400) < 0.3, rng.random(400) < 0.1
    silent = np.zeros(400, dtype=bool)
    did = difference_in_differences(train, silent, heldout, silent)
    plain = independent_contrast(train, heldout)
    assert did.permille == pytest.approx(plain.permille)
    assert did.ci95 == pytest.approx(plain.ci95, abs=8)
    assert did.p <= 0.0002


def test_an_effect_that_both_splits_share_is_subtracted():
    rng = np.random.default_rng(4)
    tuned = rng.random(2000) < 0.3
    base = rng.random(2000) < 0.1
    contrast = difference_in_differences(tuned[:1000], base[:1000], tuned[1000:], base[1000:])
    assert not contrast.excludes_zero
    assert contrast.p > 0.05


def test_pairs_of_unequal_arms_are_refused():
    with pytest.raises(ValueError, match=r"want pairs, got arms of shapes \(2,\) and \(3,\)"):
        paired_contrast([True, False], [True, False, True])


def test_a_short_interval_of_a_difference_is_not_rounded_to_a_point():
    shown = Contrast(0.03, (0.011, 0.049), 0.01, "newcombe").to_dict()
    assert (shown["permille"], shown["ci95"]) == (0.03, [0.011, 0.049])
    assert str(Contrast(0.3, (-1e-13, 0.6), 0.05, "newcombe").to_dict()["ci95"]) == "[0.0, 0.6]"
