"""Duplicated documents and boilerplate."""

import pytest

from permille.audit.controls.frequency import boilerplate, duplicates
from permille.audit.tally import Tally
from permille.core.records import Kind


@pytest.mark.parametrize(
    ("num_examples", "times"),
    [(1, "1"), (2, "2-5"), (5, "2-5"), (6, "6-20"), (20, "6-20"), (21, "more"), (900, "more")],
)
def test_every_number_of_examples_has_its_row(make_row, num_examples, times):
    rows = duplicates(Tally([make_row(Kind.VERBATIM, num_examples=num_examples)]))
    assert [row["times"] for row in rows] == ["1", "2-5", "6-20", "more"]
    counted = {row["times"]: row["ratios"]["any"]["count"] for row in rows}
    assert counted == {name: int(name == times) for name in counted}


def test_a_row_without_generations_is_null(make_row):
    rows = duplicates(Tally([make_row(num_examples=1)]))
    assert rows[3]["ratios"]["any"]["permille"] is None
    assert "no measurable generation" in rows[3]["ratios"]["any"]["reason"]


def test_prompts_whose_document_is_unknown_are_left_out(make_row):
    rows = duplicates(Tally([make_row(num_examples=None), make_row(num_examples=1)]))
    assert rows[0]["ratios"]["any"]["of"] == 1


def test_without_examples_nothing_is_known(make_row):
    rows = [make_row(num_examples=None, has_example=False)]
    assert "example_id" in duplicates(Tally(rows))["missing"]


def test_where_no_example_id_is_that_of_a_document_it_is_said_how_many_are(make_row):
    rows = [make_row(num_examples=None, has_document=False)] * 7
    assert duplicates(Tally(rows))["missing"] == (
        "0 of 7 generations name an example_id that a training document has"
    )


def test_where_all_documents_are_too_short_to_compare_it_is_said(make_row):
    rows = [make_row(num_examples=None)] * 7
    assert "too short" in duplicates(Tally(rows))["missing"]


def test_boilerplate_is_left_out_of_the_cases_only(make_row):
    rows = [
        make_row(kinds={"main": Kind.VERBATIM, "not_boilerplate": Kind.NONE}),
        make_row(kinds={"main": Kind.VERBATIM, "not_boilerplate": Kind.IDEA}),
    ]
    found = boilerplate(Tally(rows), 5)
    assert found["max_examples"] == 5
    assert (found["without"]["any"]["count"], found["without"]["any"]["of"]) == (1, 2)


def test_beside_it_what_stood_in_the_prompt_is_left_out_too(make_row):
    kinds = {"main": Kind.VERBATIM, "not_boilerplate": Kind.VERBATIM}
    rows = [
        make_row(kinds={**kinds, "own_words": Kind.NONE}, has_prompt=True),
        make_row(kinds={**kinds, "own_words": Kind.VERBATIM}, has_prompt=True),
    ]
    found = boilerplate(Tally(rows), 5)
    assert (found["without"]["any"]["count"], found["without_copied"]["any"]["count"]) == (2, 1)
    bare = boilerplate(Tally([make_row(kinds=kinds, has_prompt=False)]), 5)
    assert bare["without_copied"] == {"missing": "no generation names its prompt"}
