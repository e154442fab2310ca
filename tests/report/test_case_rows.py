"""Cases as rows of the page."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from permille.report.case_rows import case_rows, chosen_lines, longest_chars, utf16_spans
from permille.report.run_files import RunFiles

from .made_run import make_run, write_lines

ASTRAL = "a\N{GRINNING FACE}b\N{COMBINING ACUTE ACCENT}"


def line(name: str, kind: str, headline: bool, chars: int) -> dict[str, object]:
    case = {"kind": kind, "generation": [0, chars], "document": [0, chars]}
    return {"generation_id": name, "kind": kind, "headline": headline, "cases": [case]}


def test_deciding_cases_come_first_then_the_strongest_then_the_longest() -> None:
    lines = [
        line("beside", "verbatim", False, 900),
        line("idea", "idea", True, 300),
        line("short", "verbatim", True, 60),
        line("long", "verbatim", True, 600),
    ]
    order = [one["generation_id"] for one in chosen_lines(iter(lines))]
    assert order == ["long", "short", "idea", "beside"]


@given(st.text(alphabet=ASTRAL, max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_spans_cut_the_same_text_as_a_browser_would(text: str, first: int, second: int) -> None:
    start, end = min(first, second), max(first, second)
    ((low, high),) = utf16_spans(text, [(start, end)])
    units = text.encode("utf-16-le")
    assert units[2 * low : 2 * high].decode("utf-16-le") == text[start:end]


def test_a_row_has_its_texts_and_what_stood_in_the_prompt(tmp_path: Path) -> None:
    row = case_rows(RunFiles(make_run(tmp_path, 1)), 8, str)[0]
    generation, document, prompt = row.texts
    (run,) = row.values["runs"]
    start, end = run["generation"]
    assert generation[start:end] == document[slice(*run["document"])]
    (prompted,) = row.values["prompted"]["generation"]
    assert generation[slice(*prompted)] in prompt
    assert row.values["arm"] == "training prompts"


def test_a_row_is_boilerplate_where_all_its_cases_are(tmp_path: Path) -> None:
    files = RunFiles(make_run(tmp_path, 3))
    lines = list(files.lines("cases.jsonl"))
    stock, own = ({**lines[0]["cases"][0], "boilerplate": is_stock} for is_stock in (True, False))
    found = ([stock, stock], [stock, own], lines[2]["cases"])
    write_lines(
        tmp_path / "cases.jsonl",
        [{**one, "cases": cases} for one, cases in zip(lines, found, strict=True)],
    )
    rows = case_rows(files, 8, str)
    by_id = {row.values["generation_id"]: row.values["boilerplate"] for row in rows}
    assert by_id == {"gen-0": True, "gen-1": False, "gen-2": False}


def test_a_case_whose_texts_are_missing_keeps_its_row(tmp_path: Path) -> None:
    run = make_run(tmp_path, 2)
    (run / "documents.jsonl.gz").unlink()
    rows = case_rows(RunFiles(run), 8, str)
    assert [row.texts[1] for row in rows] == ["", ""]


def test_the_longest_run_is_of_the_kind_that_the_line_has() -> None:
    short = {"kind": "verbatim", "generation": [101, 281], "document": [0, 180]}
    around = {"kind": "paraphrase", "generation": [0, 281], "document": [0, 270]}
    assert longest_chars({"kind": "verbatim", "cases": [short, around]}) == 180
    assert longest_chars({"kind": "verbatim", "cases": []}) == 0
