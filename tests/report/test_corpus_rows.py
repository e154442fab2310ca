"""What stands anywhere in the training set, as rows of the controls."""

from pathlib import Path
from typing import Any

from permille.measure.ratio import wilson_ratio
from permille.report.answers import what_leaked
from permille.report.corpus_rows import corpus_rows, one_example_sentence

AUDIT_PAGE = Path(__file__).parents[2] / "docs" / "audit.md"
RUNS = {
    "total": 40,
    **{"in_one_example": 12, "in_several": 8, "in_10_or_more": 20},
    "whole": {"in_one_example": 30, "in_several": 7, "in_10_or_more": 3},
}


def form(count: int, heldout: dict[str, object]) -> dict[str, Any]:
    return {
        "generations": wilson_ratio(count, 50).to_dict(),
        "heldout": heldout,
        "one_example": wilson_ratio(9, 50).to_dict(),
        "one_example_heldout": heldout,
        "runs": RUNS,
        "cut_short": {"documents": 0, "generations": 0},
    }


def report(heldout: dict[str, object]) -> dict[str, Any]:
    return {"verbatim_anywhere": {"exact": form(15, heldout), "normalized": form(18, heldout)}}


def test_runs_stand_beside_held_out_ones_and_are_told_apart_from_stock_text() -> None:
    rows = {row.name: row for row in corpus_rows(report(wilson_ratio(2, 50).to_dict()))}
    assert rows["verbatim run in any training text"].count == "15 of 50"
    assert rows["verbatim run in any training text"].figure.startswith("300.0 ‰ [")
    assert rows["verbatim run, held-out"].count == "2 of 50"
    assert rows["verbatim run, case and punctuation aside"].count == "18 of 50"
    assert rows["verbatim run of one example"].count == "9 of 50"
    assert rows["run of one example, held-out"].count == "2 of 50"
    row = rows["40 verbatim runs, by examples"]
    assert row.figure == "12 of one, 8 of 2 to 9, 20 of 10 or more"
    assert row.count == "as a whole: 30 of one, 7 of 2 to 9, 3 of 10 or more"
    assert "not searched" not in row.meaning


def test_what_was_not_searched_to_the_end_is_told() -> None:
    found = report({"missing": "none"})
    found["verbatim_anywhere"]["exact"]["cut_short"] = {"documents": 0, "generations": 3}
    row = corpus_rows(found)[-1]
    assert row.meaning.endswith(
        "So repetitive that they were not searched to the end: 3 generations."
    )


def test_a_side_that_is_missing_says_why() -> None:
    rows = corpus_rows(report({"missing": "there are no held-out prompts"}))
    assert {row.name: row.figure for row in rows if row.is_missing} == {
        "verbatim run, held-out": "missing: there are no held-out prompts",
        "run of one example, held-out": "missing: there are no held-out prompts",
    }


def test_an_audit_that_did_not_search_the_corpus_has_no_rows() -> None:
    assert corpus_rows({"generations": {"total": 5, "refused_pairs": 0}}) == []


def test_pairs_that_were_not_aligned_are_told() -> None:
    counts = {"total": 50, "refused_pairs": 7, "with_refused_pairs": 2}
    (row,) = corpus_rows({"generations": counts})
    assert (row.figure, row.count) == ("7", "2 of 50 unknown")


def test_runs_of_one_example_are_what_leaked() -> None:
    found = report({"missing": "none"})
    said = what_leaked({"ratios": {"any": wilson_ratio(15, 50).to_dict()}, **found}, [])
    assert (
        "9 of 50 have a verbatim run of one training example only (verbatim_anywhere.jsonl); "
        "no held-out side." in said
    )
    found["verbatim_anywhere"]["exact"]["one_example"] = wilson_ratio(1, 50).to_dict()
    assert one_example_sentence(found).startswith("1 of 50 has a verbatim run")
    beside = report(wilson_ratio(2, 40).to_dict())
    assert one_example_sentence(beside).endswith("; held-out prompts: 2 of 40.")
    found["verbatim_anywhere"]["exact"]["one_example"] = wilson_ratio(0, 50).to_dict()
    assert one_example_sentence(found) == ""


def test_each_row_leads_to_a_place_of_the_page_about_audits() -> None:
    page = AUDIT_PAGE.read_text(encoding="utf-8")
    counts = {"total": 50, "refused_pairs": 7, "with_refused_pairs": 2}
    rows = corpus_rows({**report({"missing": "none"}), "generations": counts})
    assert len(rows) == 7
    assert all(f'<a id="{row.key}">' in page for row in rows)
