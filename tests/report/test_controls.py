"""Controls as rows of a table."""

import re
from pathlib import Path
from typing import Any

from permille.measure.ratio import wilson_ratio
from permille.report.controls import EXPLAINED, control_rows

from .made_run import make_report


def test_each_control_of_the_report_has_a_row_with_its_meaning() -> None:
    rows = {row.name: row for row in control_rows(make_report(30))}
    assert rows["held-out prompts"].count == "1 of 60"
    assert rows["training minus held-out"].figure == "61.0 ‰ [30.1, 95.5]"
    assert rows["training minus held-out"].count == "p = 0.0004"
    assert rows["training minus held-out"].method == "Newcombe"
    assert rows["base model"].figure == "missing: the model was made from scratch"
    assert rows["texts that stand 1 times"].key == "duplicates"
    assert rows["thresholds a fifth lower and higher"].figure == "50.0 to 70.0 ‰"
    assert all(row.meaning.endswith(".") for row in rows.values())


def test_arms_are_shown_at_one_length_beside_what_they_are_compared_with() -> None:
    def ratios(count: int) -> dict[str, Any]:
        return {"any": wilson_ratio(count, 10).to_dict()}

    beside = {name: {**ratios(1), "train": ratios(3)} for name in ("heldout", "base_model")}
    length = {f"standardized_{name}": values for name, values in beside.items()}
    rows = {row.name: row for row in control_rows({"controls": {"length": length}})}
    assert {name: row.count for name, row in rows.items()} == {
        "held-out, standardized": "1 of 10",
        "training beside held-out": "3 of 10",
        "base model, standardized": "1 of 10",
        "training beside base model": "3 of 10",
    }


def test_a_note_stands_with_what_a_control_means() -> None:
    report = make_report(30)
    report["controls"]["heldout"]["note"] = "left out: 5 training prompts (letters)"
    for row in control_rows(report):
        said = row.meaning.endswith(" Left out: 5 training prompts (letters).")
        assert said == (row.key == "heldout")


def test_a_contrast_that_cannot_be_had_says_why() -> None:
    report = make_report(30)
    null = {"permille": None, "ci95": None, "p": None, "reason": "no task is in both splits"}
    report["controls"]["heldout"]["difference"]["any"] = null
    rows = {row.name: row for row in control_rows(report)}
    assert rows["training minus held-out"].figure == "missing: no task is in both splits"
    assert rows["training minus held-out"].is_missing
    assert not rows["held-out prompts"].is_missing


def test_a_report_without_controls_has_no_row() -> None:
    assert control_rows({"controls": {}}) == []


def test_every_control_that_the_report_explains_has_its_place_in_the_docs() -> None:
    page = (Path(__file__).parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")
    linked = {key for key, *_ in EXPLAINED} | {"duplicates", "thresholds", "multiplicity"}
    assert linked <= set(re.findall(r'<a id="(\w+)"></a>', page))


def test_the_docs_say_of_each_control_its_figure_its_source_and_how_to_read_it() -> None:
    page = (Path(__file__).parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")
    paragraphs = re.findall(r'^<a id="(\w+)"></a>(.*?)\n\n', page, re.DOTALL | re.MULTILINE)
    assert len(paragraphs) == 21
    for key, text in paragraphs:
        said = text.replace("\n", " ")
        assert said.startswith(f"**`{key}`**")
        assert re.search(r"\bk\w* / n|\) / [nN]|\(R \+ Sp|m - i \+ 1|- \(base D", said), key
        assert "*Source:* " in said, key
        assert "*Read it " in said, key
    assert page.rindex("\n## ") == page.index("\n## The six tasks")
