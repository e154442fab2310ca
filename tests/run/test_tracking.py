"""What a tracker is told at the end: figures as the report has them, and texts only when asked."""

import json
from pathlib import Path

from permille.run.tracking import TEXT_FILES, copy_files, headline, ratio_rows

RATIO = {"count": 2, "of": 4, "permille": 500.0, "ci95": [150.0, 850.0], "method": "wilson"}
NOTHING = {"count": 0, "of": 0, "permille": None, "ci95": None, "reason": "nothing measurable"}
REPORT = {
    "generations": {"total": 5, "measurable": 4},
    "ratios": {"any": RATIO, "verbatim": RATIO},
    "controls": {"heldout": {"any": NOTHING}},
    "utility": {"rouge_l": 0.25},
}


def test_every_ratio_has_its_counts_and_ends_and_one_of_nothing_has_none() -> None:
    assert ratio_rows(REPORT) == [
        ["training prompts", "any", 2, 4, 500.0, 150.0, 850.0],
        ["training prompts", "verbatim", 2, 4, 500.0, 150.0, 850.0],
        ["held-out prompts", "any", 0, 0, None, None, None],
    ]


def test_the_headline_has_what_the_ratio_is_compared_to() -> None:
    told = headline(REPORT)
    assert told["memorization/any_permille"] == 500.0
    assert (told["memorization/any_ci95_low"], told["memorization/any_ci95_high"]) == (150.0, 850.0)
    assert told["memorization/heldout_any_permille"] is None
    assert told["memorization/difference_permille"] is None
    assert (told["generations/measurable"], told["val/rouge_l"]) == (4, 0.25)


def test_texts_leave_the_folder_only_when_they_are_asked_for(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "report.json").write_text(json.dumps({"schema_version": 1, "task": None, **REPORT}))
    for name in ("metrics.jsonl", "cases.jsonl", *TEXT_FILES):
        (run / name).write_bytes(b"")
    for with_texts in (False, True):
        target = tmp_path / str(with_texts)
        target.mkdir()
        copy_files(run, target, with_texts=with_texts)
        there = {path.name for path in target.iterdir()}
        assert {"report.json", "report.html", "cases.jsonl"} <= there
        assert (set(TEXT_FILES) <= there) is with_texts
