"""The table at the end of a run."""

import re
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from permille.report.controls import EXPLAINED
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
    assert "66.7 [38.5, 112.9] 12/180" in screen
    assert "180 of 200 generations are measurable" in screen
    assert "rouge_l 0.41" in screen


@pytest.mark.parametrize(
    ("num_prompts", "num_examples", "of_prompts"),
    [
        (200, 200, ""),
        (50, 0, " of 50 prompts"),
        (50, 50, " of 50 examples"),
        (50, 20, " of 50 examples and prompts"),
    ],
)
def test_where_a_prompt_gives_several_generations_the_screen_says_of_how_many_prompts_they_are(
    num_prompts: int, num_examples: int, of_prompts: str
) -> None:
    counts = {"total": 200, "measurable": 180, "degenerate": 3, "prompts": num_prompts}
    counts["examples"] = num_examples
    screen = printed({"generations": counts, "ratios": kinds(RATIO)})
    assert f"180 of 200 generations{of_prompts} are measurable, 3 degenerate" in screen


def test_the_screen_has_no_column_for_a_missing_base_model() -> None:
    report = {
        "task": "qa",
        "generations": {"total": 0},
        "ratios": kinds(EMPTY),
        "controls": {"base_model": {"missing": "from scratch"}},
    }
    assert "base model" not in printed(report)


def controls_in(screen: str) -> list[list[str]]:
    lines = [line.strip() for line in screen.splitlines()]
    first = next(i for i, line in enumerate(lines) if line.startswith("controls, any kind"))
    last = next(i for i, line in enumerate(lines) if "generations are measurable" in line)
    return [re.split(r" {2,}", line) for line in lines[first + 1 : last]]


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
    assert controls_in(screen) == [
        ["train less held-out", "26.7 [-3.2, 67.2]", "smallest Holm p", "p = 0.37"],
        ["held-out index, null", "66.7 [38.5, 113]"],
    ]
    assert screen.count("base_model") == 1
    assert screen.splitlines()[6].strip() == "controls, any kind; missing: base_model"
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
    assert text.isascii() or {char for char in text if not char.isascii()} == {"‰"}
    row = next(line for line in text.splitlines() if line.strip().startswith("verbatim"))
    assert row.count("66.7 [38.5, 112.9]") == 3
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
    assert out.getvalue().splitlines()[-1] == f"in {folder}: report.html"


def effect(auc: float) -> dict[str, object]:
    matched = {"num_memorized": 51, "num_others": 51, "auc": auc, "auc_ci95": [0.1, auc + 0.05]}
    return {"metrics": {"cad": {"matched": matched}}}


ATTENTION: dict[str, dict[str, object]] = {
    "off": {},
    "an effect": {"within_task": {"dialogue": effect(0.3)}},
    "no effect": {"within_task": {"dialogue": effect(0.49)}},
    "missing": {"within_task": {"missing": "a family that hides it " * 20}},
    "a mixture": {
        "within_task": {"a": effect(0.3), "b": effect(0.49), "c": {"missing": "no text"}}
    },
}


PERSONAL = {
    kind: {"in_documents": 900, "beyond_heldout": 123, "beyond_train": 45}
    for kind in ("email", "phone", "payment_card", "iban", "us_ssn", "national_id", "person")
}


@pytest.mark.parametrize("refused", [0, 10_000], ids=["all aligned", "some refused"])
@pytest.mark.parametrize("personal", [{}, PERSONAL], ids=["nothing personal", "personal"])
@pytest.mark.parametrize("attention", ATTENTION.values(), ids=ATTENTION)
def test_a_run_with_every_control_stands_on_24_lines_of_80_columns_with_the_line_of_json(
    tmp_path: Path, attention: dict[str, object], personal: dict[str, object], refused: int
) -> None:
    for name in ("report.html", "report.json", "cases.jsonl"):
        (tmp_path / name).write_text("")
    out = StringIO()
    console = Console(file=out, width=80, force_terminal=True, no_color=True)
    cad = {"cad": {"train": [0.389], "heldout": [0.399]}} if attention else {}
    report = made_report()
    report["controls"] |= {"personal_data": personal}
    counts = {"refused_pairs": refused, "with_refused_pairs": refused}
    report["generations"] = {**report["generations"], **counts}
    print_report({**report, "attention": {**attention, **cad}}, console, tmp_path)
    text = re.sub("\x1b\\[[0-9;]*m", "", out.getvalue())
    assert "controls, any kind" in text
    assert ("attention: CAD 0.389 (held-out 0.399)" in text) is bool(attention)
    assert ("\npersonal data beyond held-out prompts" in text) is bool(personal)
    told = f"pairs too repetitive to align: {refused}; generations unknown for it: {refused}"
    assert (f"\n{told}\n" in text) is bool(refused)
    *lines, paths = text.splitlines()
    assert max(map(len, lines)) <= 80
    lines_of_paths = -(-len(paths) // 80)
    lines_of_json = 2
    assert len(lines) + lines_of_paths + lines_of_json <= 24


def test_controls_that_give_way_to_attention_are_counted_in_their_title() -> None:
    with_all, short = (
        printed({**made_report(), "attention": attention})
        for attention in ({}, ATTENTION["no effect"])
    )
    assert "first 64 tokens" in with_all
    assert "controls, any kind, +7 on page; missing" in with_all
    assert "first 64 tokens" not in short
    assert "controls, any kind, +9 on page; missing" in short


def made_report() -> dict[str, object]:
    """Every control that is explained, with the widest figures that occur."""
    widest = {"count": 298, "of": 298, "permille": 842.3, "ci95": [796.6, 1000.0]}
    controls: dict[str, object] = {}
    for key, _, path, _ in EXPLAINED:
        if key not in ("base_model", "difference_in_differences"):
            place = controls.setdefault(key, {})
            for name in path:
                place = place.setdefault(name, {})
            place.update(widest)
    controls["base_model"] = controls["difference_in_differences"] = {"missing": "from scratch"}
    controls["thresholds"] = {"any": [810.0, 840.0], "of": 100}
    controls["multiplicity"] = [{"test": "heldout any", "p_holm": 4.3e-37}]
    controls["duplicates"] = [{"times": 1, "ratios": {"any": widest}}]
    heldout = {"any": {**widest, "count": 98, "of": 98}, "difference": kinds(widest)}
    return {**REPORT, "ratios": kinds(widest), "controls": {**controls, "heldout": heldout}}
