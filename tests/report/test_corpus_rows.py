"""What stands anywhere in the training set, as rows of the controls."""

from pathlib import Path
from typing import Any

from permille.measure.ratio import wilson_ratio
from permille.report.answers import what_leaked
from permille.report.corpus_rows import corpus_rows, own_runs_sentence

AUDIT_PAGE = Path(__file__).parents[2] / "docs" / "audit.md"
RUNS = {"total": 40, "in_one_example": 12, "in_several": 8, "in_10_or_more": 20}


def form(count: int, heldout: dict[str, object]) -> dict[str, Any]:
    return {
        "generations": wilson_ratio(count, 50).to_dict(),
        "heldout": heldout,
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
    assert rows["runs of one example"].figure == "12 of 40 runs"
    assert rows["runs of one example"].count == "8 in several, 20 in 10 or more"


def test_a_side_that_is_missing_says_why() -> None:
    rows = corpus_rows(report({"missing": "there are no held-out prompts"}))
    (row,) = [row for row in rows if row.is_missing]
    assert (row.name, row.figure) == (
        "verbatim run, held-out",
        "missing: there are no held-out prompts",
    )


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
        "Of 40 verbatim runs 12 are of one training example only (verbatim_anywhere.jsonl)." in said
    )
    found["verbatim_anywhere"]["exact"]["runs"] = {**RUNS, "in_one_example": 1}
    assert own_runs_sentence(found).startswith("Of 40 verbatim runs 1 is of one")
    found["verbatim_anywhere"]["exact"]["runs"] = {**RUNS, "in_one_example": 0}
    assert own_runs_sentence(found) == ""


def test_each_row_leads_to_a_place_of_the_page_about_audits() -> None:
    page = AUDIT_PAGE.read_text(encoding="utf-8")
    counts = {"total": 50, "refused_pairs": 7, "with_refused_pairs": 2}
    rows = corpus_rows({**report({"missing": "none"}), "generations": counts})
    assert len(rows) == 5
    assert all(f'<a id="{row.key}">' in page for row in rows)
