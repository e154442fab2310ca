"""Pairs, groups and contrasts by kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.audit.controls.contrasts import by_kind, cases_of, groups_of, missing, paired
from permille.audit.tally import Tally
from permille.core.records import Kind
from permille.measure.contrast import Contrast


def test_a_missing_control_says_why():
    assert missing("why") == {"missing": "why"}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("any", [True, True, False, False]),
        ("verbatim", [True, False, False, False]),
        ("idea", [False, True, False, False]),
        ("paraphrase", [False, False, False, False]),
    ],
)
def test_what_is_too_short_has_no_case(make_row, kind, expected):
    rows = [
        make_row(Kind.VERBATIM),
        make_row(Kind.IDEA),
        make_row(),
        make_row(Kind.VERBATIM, is_measurable=False),
    ]
    assert cases_of(Tally(rows), "main", kind).tolist() == expected


def test_groups_are_named_only_where_some_are_shared(make_row):
    alone = Tally([make_row(group="a"), make_row(group="b")])
    shared = Tally([make_row(group="a"), make_row(group="b"), make_row(group="a")])
    assert groups_of(alone) is None
    assert groups_of(shared).tolist() == ["a", "b", "a"]


def test_measurable_only_stands_beside_every_kind():
    figures = {"any": 4.0, "verbatim": 3.0, "paraphrase": 2.0, "idea": 1.0}
    found = by_kind(
        lambda kind: Contrast(figures[kind], (0.0, 9.0), 0.5, "a"),
        lambda kind: Contrast(reason=f"no {kind}"),
    )
    assert {kind: values["permille"] for kind, values in found.items()} == figures
    assert found["idea"]["measurable_only"]["reason"] == "no idea"


units = st.lists(st.sampled_from("abcd"), max_size=10)


@given(first=units, second=units)
def test_answers_to_one_prompt_are_paired_once_and_in_order(make_row, first, second):
    arms = [Tally([make_row(unit=unit) for unit in side]) for side in (first, second)]
    own, other = paired(*arms)
    assert [row.unit for row in own.rows] == [row.unit for row in other.rows]
    assert len(own) == sum(min(first.count(unit), second.count(unit)) for unit in "abcd")
    places = [arms[1].rows.index(row) for row in other.rows if row.unit == "a"]
    assert places == sorted(places)
