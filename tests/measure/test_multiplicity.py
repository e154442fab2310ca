"""Holm's correction."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from permille.measure.multiplicity import holm, holm_of


def test_the_rows_are_those_of_the_contract_in_the_order_given():
    rows = holm({"dialogue/any": 0.01, "dialogue/idea": 0.04, "qa/any": 0.03, "qa/idea": 0.005})
    assert rows == [
        {"test": "dialogue/any", "p": 0.01, "p_holm": 0.03},
        {"test": "dialogue/idea", "p": 0.04, "p_holm": 0.06},
        {"test": "qa/any", "p": 0.03, "p_holm": 0.06},
        {"test": "qa/idea", "p": 0.005, "p_holm": 0.02},
    ]


def test_a_test_that_was_not_made_is_neither_counted_nor_listed():
    assert holm({"a": 0.02, "b": None}) == [{"test": "a", "p": 0.02, "p_holm": 0.02}]
    assert holm({"b": None}) == []
    assert holm({}) == []


@given(st.lists(st.none() | st.floats(0.001, 1), max_size=8))
def test_contrasts_get_the_same_correction_each_in_its_place(p_values):
    rows = iter(holm({str(index): p for index, p in enumerate(p_values)}))
    expected = [None if p is None else next(rows)["p_holm"] for p in p_values]
    assert holm_of([{} if p is None else {"p": p} for p in p_values]) == expected


@settings(max_examples=20)
@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=30))
def test_it_equals_statsmodels(p_values):
    rows = holm({str(index): p for index, p in enumerate(p_values)})
    expected = multipletests(p_values, method="holm")[1]
    np.testing.assert_allclose([row["p_holm"] for row in rows], expected, rtol=0.01)


def test_false_alarms_of_many_tests_together_stay_rare():
    rng = np.random.default_rng(0)
    alarms = sum(
        any(row["p_holm"] <= 0.05 for row in holm(dict(enumerate(rng.random(20)))))
        for _ in range(1000)
    )
    assert 25 <= alarms <= 75
