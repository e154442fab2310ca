"""The further looks as rows of the controls."""

import re
from pathlib import Path

import pytest

from permille.audit.looks.canaries import TriedCanary, describe_canaries
from permille.audit.looks.extraction import Continuation, describe_sides
from permille.audit.looks.membership import ATTACKS
from permille.audit.looks.personal import describe_personal_data
from permille.core.records import Document, Generation, Split
from permille.measure.exposure import exposure
from permille.measure.membership import membership
from permille.report.controls import ControlRow
from permille.report.look_rows import LOOKS, look_rows


def rows_of(**controls: object) -> dict[str, ControlRow]:
    return {row.name: row for row in look_rows({"controls": controls})}


def continuation(*, is_exact: bool) -> Continuation:
    true = [5, 6, 7]
    return Continuation(true if is_exact else [9, 9, 9], true, true, "a b c", "a b c")


def test_extraction_stands_for_training_for_held_out_targets_and_for_their_difference() -> None:
    sides = describe_sides(
        [continuation(is_exact=True)] * 9 + [continuation(is_exact=False)],
        [continuation(is_exact=False)] * 10,
    )
    rows = rows_of(extraction={"given_input": sides, "given_tokens": {"tokens": 10, **sides}})
    assert rows["extracted from the input"].figure.startswith("900.0 ‰ [")
    assert rows["extracted from the input"].count == "9 of 10"
    assert rows["extracted, held-out"].count == "0 of 10"
    assert rows["extracted, training minus held-out"].figure.startswith("900.0 ‰ [")
    assert rows["extracted, first tokens given too"].count == "9 of 10"


def test_membership_has_a_row_an_attack_with_its_area_and_whether_it_shows_a_trace() -> None:
    known = membership([3.0, 4.0, 5.0, 6.0] * 5, [1.0, 2.0] * 5).to_dict()
    alike = membership([1.0, 2.0] * 5, [1.0, 2.0] * 5).to_dict()
    found = {"reading": "", "loss": known, "loss_against_base": {"missing": "no base"}}
    rows = rows_of(membership={**found, "zlib": alike, "min_k": alike, "min_k_plus": alike})
    assert rows["membership by loss"].figure == "area 1.000 [0.849, 1.000]"
    assert rows["membership by loss"].count == "20 against 10"
    assert rows["membership by zlib"].figure.startswith("area 0.500 [")
    assert rows["membership by zlib"].figure.endswith("], covers 0.5")
    assert rows["membership by loss_against_base"].is_missing
    assert {f"membership by {name}" for name in ATTACKS} == set(rows)


def test_canaries_have_a_row_for_each_number_of_times() -> None:
    tried = [
        TriedCanary(times, times == 100, exposure(1.0, [2.0, 3.0], space=2**40))
        for times in (0, 1, 100)
    ]
    rows = rows_of(canaries=describe_canaries(tried, "words"))
    assert list(rows) == [f"strings inserted {times} times" for times in (0, 1, 100)]
    row = rows["strings inserted 100 times"]
    assert row.figure.startswith("1000.0 ‰ [")
    assert row.count == "1 of 1, median exposure 1.58 of 1.58 bits"


def test_personal_data_has_a_row_for_each_kind_that_the_documents_hold() -> None:
    found = describe_personal_data(
        [
            Generation("a", "ask ann@example.org"),
            Generation("b", "nobody"),
            Generation("c", "nobody", split=Split.HELDOUT),
        ],
        [Document("1", "ann@example.org")],
        least_chars=51,
    )
    rows = rows_of(personal_data=found)
    difference = "personal data: email, training minus held-out"
    assert list(rows) == ["personal data: email", difference, "personal data: person"]
    assert rows["personal data: email"].count == "1 of 2"
    # one prompt of each side is compared
    assert rows[difference].figure.endswith("]")
    assert re.fullmatch(r"p = 1, covers 0; values [01] against 0", rows[difference].count)
    assert rows["personal data: person"].is_missing


def test_personal_data_without_held_out_prompts_say_that_there_is_no_difference() -> None:
    found = describe_personal_data(
        [Generation("a", "ask ann@example.org")], [Document("1", "ann@example.org")], least_chars=51
    )
    row = rows_of(personal_data=found)["personal data: email, training minus held-out"]
    assert row.is_missing
    assert row.figure == "missing: no held-out generations of the tuned model were given"


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_that_was_not_taken_says_how_it_is_taken(look: str) -> None:
    (row,) = look_rows({"controls": {look: {"missing": "not looked at; audit=full does"}}})
    assert (row.key, row.is_missing) == (look, True)
    assert row.figure == "missing: not looked at; audit=full does"
    assert row.meaning.endswith(".")


def test_without_looks_there_is_no_row() -> None:
    assert look_rows({"controls": {}}) == []


def test_every_look_has_its_place_in_the_docs() -> None:
    page = (Path(__file__).parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")
    assert set(LOOKS) <= set(re.findall(r'<a id="(\w+)"></a>', page))
