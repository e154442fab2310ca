"""Correction for an imperfect detector."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.measure.prevalence import corrected_ratio
from permille.measure.ratio import Ratio, grouped_ratio, wilson_ratio

Z = 1.959963984540054


def counted(largest: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.integers(1, largest).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


def test_a_worked_example_comes_out():
    # 150 tested, 23 positive, Se 0.96, Sp 0.89: true prevalence 5.1 in 100 (manual of R's epiR)
    ratio = corrected_ratio(
        wilson_ratio(23, 150), wilson_ratio(96_000, 100_000), wilson_ratio(11_000, 100_000)
    )
    assert ratio.permille == pytest.approx(51, abs=0.1)
    assert ratio.to_dict()["count"] == 23
    assert ratio.method == "rogan-gladen, lang-reiczigel"


def test_with_known_rates_the_interval_is_agresti_coulls_carried_over():
    ratio = corrected_ratio(
        wilson_ratio(23, 150), wilson_ratio(960_000, 10**6), wilson_ratio(110_000, 10**6)
    )
    of = 150 + Z**2
    share = (23 + Z**2 / 2) / of
    half = Z * math.sqrt(share * (1 - share) / of)
    ends = [(share + sign * half - 0.11) / 0.85 for sign in (-1, 1)]
    assert ratio.ci95 == pytest.approx((1000 * max(0, ends[0]), 1000 * ends[1]), abs=0.5)


def test_a_perfect_detector_that_was_tested_much_changes_nothing_but_the_method():
    plain = wilson_ratio(40, 200)
    ratio = corrected_ratio(plain, wilson_ratio(10**6, 10**6), wilson_ratio(0, 10**6))
    assert ratio.permille == pytest.approx(plain.permille)
    assert ratio.ci95 == pytest.approx(plain.ci95, abs=5)


def test_a_detector_tested_little_widens_the_interval():
    def width(tested: int) -> float:
        ratio = corrected_ratio(
            wilson_ratio(60, 200),
            wilson_ratio(round(0.9 * tested), tested),
            wilson_ratio(round(0.05 * tested), tested),
        )
        return ratio.ci95[1] - ratio.ci95[0]

    assert width(20) > 1.2 * width(100) > 1.2 * width(10_000)


@pytest.mark.parametrize(("found", "alarms"), [(3, 10), (10, 10), (0, 0)])
def test_a_detector_no_better_than_chance_gives_null_and_the_reason(found, alarms):
    ratio = corrected_ratio(
        wilson_ratio(5, 20), wilson_ratio(found, 20), wilson_ratio(2 * alarms, 40)
    )
    assert ratio.permille is None
    assert "no better than chance: Se + Sp <= 1" in ratio.to_dict()["reason"]


@pytest.mark.parametrize("empty", [0, 1, 2])
def test_without_one_of_the_three_there_is_no_correction(empty):
    ratios = [wilson_ratio(5, 20), wilson_ratio(18, 20), wilson_ratio(1, 20)]
    ratios[empty] = Ratio(0, 0, reason="nothing was planted")
    assert corrected_ratio(*ratios).to_dict()["reason"] == "nothing was planted"


@given(counted(500), counted(200), counted(200))
def test_the_estimate_lies_in_its_interval_and_both_in_range(observed, sensitivity, false_alarm):
    ratio = corrected_ratio(*(wilson_ratio(*x) for x in (observed, sensitivity, false_alarm)))
    if ratio.permille is not None:
        assert 0 <= ratio.ci95[0] <= ratio.permille <= ratio.ci95[1] <= 1000


@given(counted(500), counted(200), counted(200))
def test_no_corrected_interval_is_without_a_length(observed, sensitivity, false_alarm):
    ratio = corrected_ratio(*(wilson_ratio(*x) for x in (observed, sensitivity, false_alarm)))
    if ratio.permille is not None:
        low, high = ratio.to_dict()["ci95"]
        assert low < high


def test_fewer_cases_than_false_alarms_leave_the_share_open_that_few_tests_leave_open():
    def high(of: int, tested: int) -> float:
        observed, alarm = wilson_ratio(0, of), wilson_ratio(tested // 10, tested)
        ratio = corrected_ratio(observed, wilson_ratio(tested, tested), alarm)
        assert ratio.ci95[0] == ratio.permille == 0
        return ratio.ci95[1]

    assert high(1000, 40) > high(1000, 400) > high(1000, 4000) > 5


def test_more_cases_than_the_detector_can_find_leave_the_share_open_too():
    ratio = corrected_ratio(wilson_ratio(300, 300), wilson_ratio(30, 60), wilson_ratio(0, 60))
    assert ratio.permille == ratio.ci95[1] == 1000
    assert ratio.ci95[0] < 900


def test_of_equal_shares_the_upper_end_never_falls_as_cases_grow():
    rates = wilson_ratio(54, 60), wilson_ratio(6, 60)
    ends = [corrected_ratio(wilson_ratio(count, 500), *rates).ci95 for count in range(501)]
    assert all(one[1] <= other[1] and one[0] <= other[0] for one, other in pairwise(ends))


def test_examples_with_several_generations_are_corrected_at_their_effective_size():
    values, groups = [True] * 20 + [False] * 80, [i // 4 for i in range(100)]
    rates = wilson_ratio(58, 60), wilson_ratio(1, 60)
    apart = corrected_ratio(grouped_ratio(values, range(100)), *rates)
    together = corrected_ratio(grouped_ratio(values, groups), *rates)
    assert together.permille == apart.permille
    assert together.ci95[0] < apart.ci95[0] < apart.ci95[1] < together.ci95[1]
    assert together.of == apart.of == 100
