"""The comparison as tables."""

import csv

from permille.report.comparison_tables import (
    HEADER,
    PAGE_HEADER,
    cells_of,
    csv_text,
    sorted_for_page,
)

from .made_run import ratios

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
    cells = dict(zip(HEADER, cells_of("qa", ROW, ["seed"]), strict=True))
    assert cells["settings"].text == "seed=1"
    assert (cells["any"].text, cells["any"].number) == ("100.0 ‰ [53.5, 179.2]", 100.0)
    assert (cells["CAD"].text, cells["CAD"].number) == ("0.812", 0.81234)
    assert cells["utility"].text == "f1 0.512, exact 0.4"
    assert cells["minutes"].text == "1.5"
    assert cells["measurable"].text == "90 of 100"


def test_a_difference_that_covers_0_says_so_and_a_ratio_of_0_is_one() -> None:
    covered = {"permille": 5.0, "ci95": [-9.0, 19.0], "p": 0.4}
    row = {**ROW, "difference": covered, "heldout": ratios(0, 90)}
    cells = dict(zip(HEADER, cells_of("qa", row, []), strict=True))
    assert cells["difference"].text == "5.0 ‰ [-9.0, 19.0], covers 0"
    assert cells["held-out any"].text.endswith("]")


def test_csv_has_a_figure_a_column() -> None:
    (line,) = csv.DictReader(csv_text([ROW]).splitlines())
    assert (line["any_permille"], line["any_ci95_low"], line["any_count"]) == ("100.0", "53.5", "9")
    assert (line["difference_permille"], line["utility_f1"]) == ("88.9", "0.51239")
    assert line["difference_p"] == "0.02"


def test_a_run_without_figures_has_empty_cells() -> None:
    bare = {"run": "r", "task": None, "overrides": [], "ratios": {}}
    assert cells_of("r", bare, [])[-1].text == ""
    assert len(cells_of("r", bare, [])) == len(HEADER)


def test_on_the_page_what_a_ratio_is_compared_to_stands_beside_it() -> None:
    assert PAGE_HEADER[3:6] == ("any", "held-out any", "difference")
    cells = cells_of("qa", ROW, ["seed"])
    assert dict(zip(PAGE_HEADER, sorted_for_page(cells), strict=True)) == dict(
        zip(HEADER, cells, strict=True)
    )
