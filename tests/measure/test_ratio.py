"""Ratios in per mille: the form of report.json, Wilson's interval, and ratios of nothing."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from permille.measure.ratio import Ratio, grouped_ratio, wilson_ratio, wilson_ratios


@pytest.mark.parametrize(
    ("count", "of", "permille", "ci95"),
    [
        pytest.param(12, 180, 66.7, [38.5, 112.9], id="any"),
        pytest.param(9, 180, 50.0, [26.5, 92.3], id="verbatim"),
        pytest.param(2, 180, 11.1, [3.1, 39.6], id="paraphrase"),
        pytest.param(1, 180, 5.6, [1.0, 30.8], id="idea"),
    ],
)
def test_the_form_of_the_contract_comes_out(count, of, permille, ci95):
    assert wilson_ratio(count, of).to_dict() == {
        "count": count,
        "of": of,
        "permille": permille,
        "ci95": ci95,
        "method": "wilson",
    }


def test_a_ratio_of_nothing_is_null_with_its_reason():
    ratio = wilson_ratio(0, 0, reason_if_empty="no generation of 51 characters or more")
    assert ratio.permille is None
    assert ratio.to_dict() == {
        "count": 0,
        "of": 0,
        "permille": None,
        "ci95": None,
        "reason": "no generation of 51 characters or more",
    }


@given(st.integers(1, 5000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_wilson_equals_its_closed_form_and_statsmodels(drawn):
    count, of = drawn
    low, high = wilson_ratio(count, of).ci95
    z = 1.959963984540054
    share = count / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    assert low == pytest.approx(max(0.0, 1000 * (middle - half)), abs=1e-7)
    assert high == pytest.approx(min(1000.0, 1000 * (middle + half)), abs=1e-7)
    theirs = proportion_confint(count, of, method="wilson")
    assert (low / 1000, high / 1000) == pytest.approx(theirs, abs=1e-9)


@given(st.integers(1, 10**6))
def test_at_the_ends_the_interval_touches_them_and_has_a_length(of):
    low, high = wilson_ratio(0, of).ci95
    assert low == 0.0 < high
    low, high = wilson_ratio(of, of).ci95
    assert low < high == 1000.0


@given(st.integers(1, 300), st.data())
def test_the_figure_lies_inside_its_interval_after_rounding_too(of, data):
    shown = wilson_ratio(data.draw(st.integers(0, of)), of).to_dict()
    assert shown["ci95"][0] <= shown["permille"] <= shown["ci95"][1]


def test_kinds_add_up_to_any_and_other_keys_are_not_counted():
    ratios = wilson_ratios({"verbatim": 9, "paraphrase": 2, "idea": 1, "none": 168}, 180)
    shown = ratios.to_dict()
    assert [shown[kind]["count"] for kind in ("any", "verbatim", "paraphrase", "idea")] == [
        12,
        9,
        2,
        1,
    ]
    assert list(shown) == ["any", "verbatim", "paraphrase", "idea"]


def test_ratios_of_nothing_all_say_why():
    shown = wilson_ratios({}, 0, reason_if_empty="no prompts").to_dict()
    assert {ratio["reason"] for ratio in shown.values()} == {"no prompts"}


def test_a_corrected_ratio_shows_its_estimate_instead_of_the_raw_share():
    ratio = Ratio(12, 180, (20.0, 90.0), "rogan-gladen", estimate_permille=51.25)
    assert ratio.permille == 51.25
    assert ratio.to_dict()["permille"] == 51.2
    assert ratio.to_dict()["method"] == "rogan-gladen"


def test_what_cannot_be_computed_is_null_though_there_were_cases():
    ratio = Ratio(12, 180, reason="sensitivity + specificity <= 1")
    assert ratio.permille is None
    assert json.loads(json.dumps(ratio.to_dict()))["ci95"] is None


@pytest.mark.parametrize(("count", "of"), [(-1, 5), (6, 5), (1, 0)])
def test_more_cases_than_things_are_refused(count, of):
    with pytest.raises(ValueError, match=r"want 0 <= count <= of, got -?\d of \d"):
        Ratio(count, of, (0.0, 1.0), "wilson")


def test_neither_a_figure_nor_a_reason_is_refused():
    with pytest.raises(ValueError, match="want an interval of something, or a reason: 3 of 5"):
        Ratio(3, 5)


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_groups_of_one_are_no_groups(values):
    grouped, plain = (
        grouped_ratio(values, range(len(values))),
        wilson_ratio(sum(values), len(values)),
    )
    assert grouped.ci95 == pytest.approx(plain.ci95)
    assert (grouped.count, grouped.of) == (plain.count, plain.of)


def test_ten_samples_of_an_example_are_not_ten_examples():
    values = [True] * 30 + [False] * 170
    examples = [index // 10 for index in range(200)]
    low, high = grouped_ratio(values, examples).ci95
    few = wilson_ratio(3, 20).ci95
    assert (low, high) == pytest.approx(few, abs=25)
    assert high - low > 2 * (wilson_ratio(30, 200).ci95[1] - wilson_ratio(30, 200).ci95[0])


def test_a_grouped_ratio_of_nothing_says_why():
    assert grouped_ratio([], [], reason_if_empty="no samples").to_dict()["reason"] == "no samples"


def test_the_interval_of_groups_is_wilsons_at_the_effective_size_that_is_shown():
    shown = grouped_ratio([True] * 20 + [False] * 80, [i // 4 for i in range(100)]).to_dict()
    assert 20 < shown["effective_of"] < 35
    low, high = proportion_confint(
        0.2 * shown["effective_of"], shown["effective_of"], method="wilson"
    )
    assert shown["ci95"] == pytest.approx([1000 * low, 1000 * high], abs=1.0)
    assert "effective_of" not in wilson_ratio(20, 100).to_dict()


@given(st.integers(1, 10**7).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_no_interval_loses_its_length_by_rounding(drawn):
    shown = wilson_ratio(*drawn).to_dict()
    low, high = shown["ci95"]
    assert low < high
    assert low <= shown["permille"] <= high


def test_a_rate_of_many_tokens_is_shown_with_the_digits_that_it_has():
    rate = Ratio(0, 3_000_000, (0.0, 0.00382), "wilson").to_dict()
    assert rate["ci95"] == [0.0, 0.0038]
    assert rate["permille"] == 0.0
    assert wilson_ratio(100_000, 100_000).to_dict()["ci95"] == [999.962, 1000.0]
    assert wilson_ratio(14, 156_672).to_dict()["ci95"] == [0.053, 0.15]
