"""Some cases, or some generations, left out."""

import pytest

from permille.audit.controls.subsets import (
    degenerate,
    input_copied,
    own_other,
    paraphrase_low,
    subset_controls,
)
from permille.audit.tally import Tally
from permille.core.records import Kind


def test_own_and_other_are_counted_each_by_itself(make_row):
    rows = [
        make_row(kinds={"own": Kind.VERBATIM, "other": Kind.IDEA}),
        make_row(kinds={"other": Kind.VERBATIM}),
        make_row(),
    ]
    found = own_other(Tally(rows), has_examples=True)
    assert (found["own"]["any"]["count"], found["other"]["any"]["count"]) == (1, 2)
    assert found["other"]["idea"]["count"] == 1


@pytest.mark.parametrize(("documents", "generations"), [(False, True), (True, False)])
def test_without_examples_own_is_not_known(make_row, documents, generations):
    tally = Tally([make_row(has_example=generations)])
    assert "example_id" in own_other(tally, has_examples=documents)["missing"]


def test_where_no_example_id_is_that_of_a_document_own_is_missing_and_not_zero(make_row):
    rows = [make_row(Kind.VERBATIM, has_document=False) for _ in range(40)]
    found = own_other(Tally([*rows, make_row(has_example=False)]), has_examples=True)
    assert found == {
        "missing": "0 of 40 generations name an example_id that a training document has"
    }


def test_where_only_some_example_ids_are_those_of_documents_a_note_says_how_many(make_row):
    rows = [make_row(kinds={"own": Kind.VERBATIM})] + [make_row(has_document=False)] * 3
    found = own_other(Tally(rows), has_examples=True)
    assert found["note"] == "1 of 4 generations name an example_id that a training document has"
    assert found["own"]["any"]["of"] == 4
    assert "note" not in own_other(Tally(rows[:1]), has_examples=True)


def test_low_paraphrases_are_of_the_measured(make_row):
    rows = [
        make_row(is_low_paraphrase=True),
        make_row(),
        make_row(is_measurable=False, is_low_paraphrase=True),
    ]
    found = paraphrase_low(Tally(rows))
    assert (found["count"], found["of"]) == (1, 2)


def test_copied_cases_are_a_share_of_the_cases(make_row):
    rows = [
        make_row(Kind.VERBATIM, is_copied=True),
        make_row(kinds={"main": Kind.IDEA, "not_copied": Kind.IDEA}),
        make_row(),
    ]
    found = input_copied(Tally(rows))
    assert (found["share"]["count"], found["share"]["of"]) == (1, 2)
    assert (found["without"]["any"]["count"], found["without"]["any"]["of"]) == (1, 3)


def test_without_a_case_there_is_no_share_of_the_cases(make_row):
    found = input_copied(Tally([make_row()]))
    assert found["share"] == {
        "count": 0,
        "of": 0,
        "permille": None,
        "ci95": None,
        "reason": "no generation has a case",
    }


def test_without_prompts_nothing_is_known_to_be_copied(make_row):
    assert input_copied(Tally([make_row(has_prompt=False)]))["missing"] == (
        "no generation names its prompt"
    )


def test_repetitive_generations_are_left_out_of_both_numbers(make_row):
    rows = [make_row(Kind.VERBATIM, is_degenerate=True), make_row(Kind.IDEA), make_row()]
    found = degenerate(Tally(rows))
    assert (found["share"]["count"], found["share"]["of"]) == (1, 3)
    assert (found["without"]["any"]["count"], found["without"]["any"]["of"]) == (1, 2)


def test_all_of_them_have_the_names_of_the_contract(make_row):
    names = subset_controls(Tally([make_row()]), has_examples=True).keys()
    assert names == {"own_other", "all_kinds", "paraphrase_low", "input_copied", "degenerate"}
