"""The table at the end of a run."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from permille.report.terminal import print_report, ratio_cell, screen

RATIO = {"count": 12, "of": 180, "permille": 66.7, "ci95": [38.5, 112.9], "method": "wilson"}
EMPTY = {"count": 0, "of": 0, "permille": None, "ci95": None, "reason": "no generation"}


def printed(report: dict[str, object]) -> str:
    screen = StringIO()
    print_report(report, Console(file=screen, width=120))
    return screen.getvalue()


def kinds(ratio: dict[str, object]) -> dict[str, object]:
    return dict.fromkeys(("any", "verbatim", "paraphrase", "idea"), ratio)


def test_a_cell_has_the_ratio_the_interval_the_count_and_n() -> None:
    assert ratio_cell(RATIO) == "66.7 ‰ [38.5, 112.9] 12/180"


def test_a_cell_of_nothing_says_why() -> None:
    assert ratio_cell(EMPTY) == "no generation"


def test_the_screen_shows_train_beside_heldout() -> None:
    report = {
        "task": "dialogue",
        "generations": {"total": 200, "measurable": 180, "degenerate": 3, "whole_input": 41},
        "ratios": kinds(RATIO),
        "controls": {"heldout": {**kinds(EMPTY), "difference": {}}},
        "utility": {"rouge_l": 0.41},
    }
    screen = printed(report)
    assert "held-out prompts" in screen
    assert "66.7 ‰ [38.5, 112.9] 12/180" in screen
    assert "180 of 200 generations are measurable" in screen
    assert "rouge_l 0.41" in screen


def test_the_screen_has_no_column_for_a_missing_base_model() -> None:
    report = {
        "task": "qa",
        "generations": {"total": 0},
        "ratios": kinds(EMPTY),
        "controls": {"base_model": {"missing": "from scratch"}},
    }
    assert "base model" not in printed(report)


CONTRAST = {"permille": 26.7, "ci95": [-3.2, 67.2], "p": 0.0932, "method": "newcombe"}


def test_the_screen_has_a_line_for_each_control_and_names_what_is_missing_once() -> None:
    screen = printed(
        {
            "task": "qa",
            "generations": {"total": 200, "measurable": 180},
            "ratios": kinds(RATIO),
            "controls": {
                "heldout": {**kinds(RATIO), "difference": kinds(CONTRAST)},
                "base_model": {"missing": "made from scratch"},
                "cross_index": kinds(RATIO),
                "multiplicity": [
                    {"test": "heldout any", "p": 0.0932, "p_holm": 0.37},
                    {"test": "heldout idea", "p": 0.5, "p_holm": 0.5},
                ],
            },
        }
    )
    lines = [" ".join(line.replace("│", " ").split()) for line in screen.splitlines()]
    assert "training minus held-out 26.7 ‰ [-3.2, 67.2] p = 0.093, covers 0" in lines
    assert "held-out index (null) 66.7 ‰ [38.5, 112.9] 12 of 180" in lines
    assert "smallest p-value after Holm p = 0.37 (heldout any) 2 tests" in lines
    assert screen.count("made from scratch") == 1
    assert "No effect shown" in screen


def test_without_held_out_texts_the_claim_says_why_there_is_none() -> None:
    screen = printed(
        {
            "generations": {"total": 3, "measurable": 3},
            "ratios": kinds(RATIO),
            "controls": {"heldout": {"missing": "no held-out generations were given"}},
        }
    )
    assert "No claim: no held-out generations were given (measurable: 3 of 3)." in screen


REPORT = {
    "task": "dialogue",
    "generations": {"total": 200, "measurable": 180, "degenerate": 3, "whole_input": 41},
    "ratios": kinds(RATIO),
    "controls": {"heldout": {**kinds(RATIO), "difference": {}}, "base_model": kinds(RATIO)},
    "utility": {"rouge_l": 0.41, "f1": 0.123456789},
}


def test_without_a_terminal_there_are_plain_unwrapped_lines() -> None:
    out = StringIO()
    print_report(REPORT, screen(out))
    text = out.getvalue()
    assert "\x1b" not in text
    assert text.isascii() or set(char for char in text if not char.isascii()) == {"‰"}
    row = next(line for line in text.splitlines() if line.strip().startswith("verbatim"))
    assert row.count("66.7 ‰ [38.5, 112.9] 12/180") == 3
    assert "f1 0.1235" in text


@pytest.mark.parametrize(("no_color", "is_colored"), [("", True), ("1", False)])
def test_a_terminal_gets_one_screen_and_no_color_is_heeded(
    monkeypatch: pytest.MonkeyPatch, no_color: str, is_colored: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", "xterm-256color")
    out = StringIO()
    console = Console(file=out, force_terminal=True, width=110)
    console.print("seven", style="red")
    print_report(REPORT, console)
    assert ("\x1b[31m" in out.getvalue()) is is_colored
    assert len(out.getvalue().splitlines()) <= 24


def test_the_paths_of_what_there_is_come_last_and_are_not_wrapped(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 40)
    folder.mkdir()
    (folder / "report.html").write_text("")
    out = StringIO()
    print_report(REPORT, screen(out), folder)
    assert out.getvalue().splitlines()[-1] == f"report: {folder / 'report.html'}"
