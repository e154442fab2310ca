"""Cohen's kappa of two annotators."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.proportion import proportion_confint

from permille.measure.agreement import agreement

items = st.lists(
    st.tuples(st.sampled_from("vpin"), st.sampled_from("vpin")), min_size=2, max_size=60
).filter(lambda drawn: len({label for pair in drawn for label in pair}) > 1)


@given(items)
def test_kappa_equals_scikit_learns_and_lies_in_its_interval(drawn):
    first, second = zip(*drawn, strict=True)
    found = agreement(first, second)
    assert found.kappa == pytest.approx(cohen_kappa_score(first, second))
    assert -1 <= found.ci95[0] <= found.kappa + 1e-9
    assert found.kappa - 1e-9 <= found.ci95[1] <= 1


def test_cohens_table_of_two_raters_comes_out():
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: kappa 0.4
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    found = agreement(first, second)
    assert found.kappa == pytest.approx(0.4)
    low, high = proportion_confint(35, 50, method="wilson")
    assert found.ci95 == pytest.approx(((low - 0.5) / 0.5, (high - 0.5) / 0.5))
    assert found.ci95 == pytest.approx((0.151, 0.649), abs=0.04), "the asymptotic one is near"
    assert found.to_dict()["n"] == 50


def test_full_agreement_still_has_an_interval_and_more_items_narrow_it():
    few, many = (agreement("ab" * times, "ab" * times) for times in (5, 50))
    assert few.kappa == many.kappa == 1
    assert few.ci95[1] == many.ci95[1] == 1
    assert 0 < few.ci95[0] < many.ci95[0] < 1


@pytest.mark.parametrize(("first", "second"), [("", ""), ("aaa", "aaa")])
def test_one_label_or_none_has_no_kappa(first, second):
    shown = agreement(first, second).to_dict()
    assert (shown["kappa"], shown["ci95"]) == (None, None)
    assert "kappa needs two labels" in shown["reason"]


def test_one_annotator_who_always_says_the_same_agrees_by_chance():
    found = agreement("aaaa", "aabb")
    assert found.kappa == 0
    assert found.ci95[0] < 0 < found.ci95[1]


def test_a_missing_label_is_refused():
    with pytest.raises(ValueError, match="want a label by both for each item, got 3 and 2"):
        agreement("aab", "ab")
