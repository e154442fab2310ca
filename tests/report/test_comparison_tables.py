"""The comparison as tables."""

import csv

from permille.report.comparison_tables import (
    HEADER,
    PAGE_HEADER,
    cells_of,
    csv_text,
    shown_columns,
    to_markdown,
)

from .made_run import ratios

BOTH = "difference in differences"
ROW = {
    "run": "x/qa_0",
    "task": "qa",
    "overrides": ["task=qa", "seed=1"],
    "generations": {"measurable": 90, "total": 100},
    "ratios": ratios(9, 90),
    "heldout": ratios(1, 90),
    "difference": {"permille": 88.9, "ci95": [20.0, 160.0], "p": 0.02},
    "cad": 0.81234,
    "utility": {"f1": 0.51239, "exact": 0.4},
    "duration_s": 90.0,
}


def test_cells_stand_under_their_headings_with_the_number_to_sort_by() -> None:
    cells = cells_of("qa", ROW, ["seed"])
    assert tuple(cells) == HEADER
    assert cells["settings"].text == "seed=1"
    assert (cells["any"].text, cells["any"].number) == ("100.0 ‰ [53.5, 179.2]", 100.0)
    assert (cells["CAD"].text, cells["CAD"].number) == ("0.812", 0.81234)
    assert cells["utility"].text == "f1 0.512, exact 0.4"
    assert cells["minutes"].text == "1.5"
    assert cells["measurable"].text == "90 of 100"


def test_a_difference_that_covers_0_says_so_and_a_ratio_of_0_is_one() -> None:
    covered = {"permille": 5.0, "ci95": [-9.0, 19.0], "p": 0.4}
    row = {**ROW, "difference": covered, "heldout": ratios(0, 90)}
    cells = cells_of("qa", row, [])
    assert cells["difference"].text == "5.0 ‰ [-9.0, 19.0], covers 0"
    assert cells["held-out any"].text.endswith("]")


def test_csv_has_a_figure_a_column() -> None:
    (line,) = csv.DictReader(csv_text([ROW]).splitlines())
    assert (line["any_permille"], line["any_ci95_low"], line["any_count"]) == ("100.0", "53.5", "9")
    assert (line["difference_permille"], line["utility_f1"]) == ("88.9", "0.51239")
    assert line["difference_p"] == "0.02"


def test_a_run_without_figures_has_empty_cells() -> None:
    bare = {"run": "r", "task": None, "overrides": [], "ratios": {}}
    assert cells_of("r", bare, [])["minutes"].text == ""
    assert cells_of("r", bare, [])[BOTH].text == "not computed"


def test_on_the_page_what_a_ratio_is_compared_to_stands_beside_it() -> None:
    assert PAGE_HEADER[3:7] == ("any", "held-out any", "difference", BOTH)
    assert sorted(PAGE_HEADER) == sorted(HEADER)


def test_differences_in_differences_have_a_column_where_any_run_has_one() -> None:
    found = {"permille": 7.5, "ci95": [-5.0, 20.0], "p": 0.31}
    claimed = {**found, "against": "held-out prompts and the base model", "p_holm": 0.62}
    base = {**ROW, "run": "x/qa_1", "difference_in_differences": found, "claimed": claimed}
    null = {"permille": None, "ci95": None, "p": None, "reason": "no task is in both"}
    assert BOTH not in shown_columns([ROW, {**ROW, "difference_in_differences": {}}])
    assert BOTH not in shown_columns([{**ROW, "difference_in_differences": null}])
    assert BOTH in shown_columns([ROW, base])
    assert cells_of("qa", base, [])[BOTH].text == "7.5 ‰ [-5.0, 20.0], covers 0"
    markdown = to_markdown({}, [ROW, base])
    assert f"| {BOTH} |" in markdown
    assert "| 7.5 ‰ [-5.0, 20.0], covers 0 |" in markdown
    assert "has the same of the base model taken off, and is what is claimed." in markdown
    assert BOTH not in to_markdown({}, [ROW])
    without, line = csv.DictReader(csv_text([ROW, base]).splitlines())
    assert (line["difference_in_differences_permille"], line["difference_p"]) == ("7.5", "0.02")
    assert line["difference_in_differences_p"] == "0.31"
    assert line["claimed_against"] == "held-out prompts and the base model"
    assert (line["claimed_p_holm"], without["difference_in_differences_permille"]) == ("0.62", "")
    assert "difference_in_differences_permille" not in csv_text([ROW])
