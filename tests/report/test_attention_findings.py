"""What attention says, in rows."""

import json
from pathlib import Path

import pytest

from permille.report.attention_findings import (
    NO_EFFECT,
    NULL_DIFFERS,
    attention_findings,
    attention_sentence,
)
from permille.report.config import ReportConfig
from permille.report.page import write_report

from .made_run import make_run


def effect(auc: float, half: float) -> dict[str, object]:
    sizes = {"num_memorized": 12, "num_others": 30}
    return {**sizes, "auc": auc, "auc_ci95": [auc - half, auc + half], "p": 0.1}


def head(number: int, p: float) -> dict[str, object]:
    free = {"auc": 0.3, "p": p, "p_holm": min(1.0, 3 * p)}
    return {"kind": "cross", "layer": 1, "head": number, "p_holm": 0.001, "length_free": free}


ATTENTION = {
    "within_task": {
        "dialogue": {
            "metrics": {"cad": {"raw": effect(0.7, 0.1), "matched": effect(0.55, 0.1)}},
            "gain": {"num_memorized": 12, "num_others": 30, "gain": 0.01, "ci95": [-0.02, 0.04]},
            "nulls": {"labels_permuted": {"num_memorized": 3, "num_others": 9, "reason": "few"}},
        },
        "qa": {"missing": "no measurable generation"},
    },
    "layers": {"dialogue": [head(0, 0.2), head(1, 0.001), head(2, 0.9)]},
}


def test_an_interval_that_covers_the_null_shows_no_effect() -> None:
    rows = {row.name: row for row in attention_findings({"attention": ATTENTION})}
    same, every = (rows[f"memorized against others, {which}"] for which in ("same lengths", "all"))
    assert (same.figure, same.verdict) == ("AUC 0.550 [0.450, 0.650]", NO_EFFECT)
    assert (every.count, every.verdict) == ("12 and 30", "memorized ones attend more widely")
    gain = rows["gain over cheap predictors"]
    assert (gain.figure, gain.verdict) == ("AUC gained 0.010 [-0.020, 0.040]", NO_EFFECT)
    assert rows["null: labels permuted"].verdict == "few"


def test_a_null_that_differs_is_no_finding_about_memorized_ones() -> None:
    nulls = {
        "untrained_model": effect(0.8, 0.1),
        "untrained_model_gain": {"gain": 0.2, "ci95": [0.1, 0.3]},
    }
    within = {"within_task": {"dialogue": {"nulls": nulls}}}
    verdicts = {row.verdict for row in attention_findings({"attention": within})}
    assert verdicts == {NULL_DIFFERS}


def test_a_task_that_was_not_compared_says_why() -> None:
    rows = {row.name: row for row in attention_findings({"attention": ATTENTION})}
    assert rows["attention"].verdict == "no measurable generation"


def test_heads_are_counted_free_of_length_with_the_strongest_and_the_weakest() -> None:
    rows = {row.name: row for row in attention_findings({"attention": ATTENTION})}
    counted = rows["heads that pass Holm's correction, free of length"]
    assert (counted.figure, counted.verdict) == ("1 of 3", "these differ")
    assert rows["strongest head"].verdict == "cross, layer 1, head 1"
    assert rows["strongest head"].figure == "AUC 0.300, p = 0.001, Holm 0.003"
    assert rows["weakest head"].verdict == "cross, layer 1, head 2"


@pytest.mark.parametrize("attention", [{}, {"cad": {"train": [0.5]}}])
def test_a_report_without_comparisons_has_no_rows(attention: dict[str, object]) -> None:
    assert attention_findings({"attention": attention}) == []


CURVES = {"cad": {"train": [0.9, 0.389], "heldout": [0.9, 0.399]}}
ONE = {"within_task": {"dialogue": ATTENTION["within_task"]["dialogue"]}}


def test_the_sentence_has_the_cad_and_the_words_of_the_table() -> None:
    assert attention_sentence({"attention": {**CURVES, **ONE}}, {}) == (
        "attention: CAD 0.389 (held-out 0.399); memorized against others, same lengths: "
        f"AUC 0.550 [0.450, 0.650], {NO_EFFECT}"
    )


def test_the_cad_is_of_the_epoch_whose_weights_were_audited() -> None:
    best = {"attention": CURVES, "settings": {"audit.weights": "best"}}
    losses = {"val/loss": [(0.0, 1.0), (1.0, 2.0)]}
    assert attention_sentence(best, losses) == "attention: CAD 0.900 (held-out 0.900)"
    assert attention_sentence(best, {}) == ""


def test_an_effect_is_named_only_where_the_interval_leaves_out_the_null() -> None:
    metrics = {"cad": {"matched": effect(0.3, 0.1)}}
    said = attention_sentence({"attention": {"within_task": {"qa": {"metrics": metrics}}}}, {})
    assert said.endswith("AUC 0.300 [0.200, 0.400], memorized ones attend more narrowly")


def test_of_several_tasks_the_sentence_counts_what_is_shown() -> None:
    assert attention_sentence({"attention": ATTENTION}, {}) == (
        f"attention: memorized against others, same lengths, of 2 tasks: {NO_EFFECT} in 1, "
        "not computed in 1"
    )


@pytest.mark.parametrize(
    ("within", "said"),
    [
        ({"missing": "the family hides it"}, "attention: missing: the family hides it"),
        ({"qa": {"missing": "no text"}}, "attention: missing: no text"),
        (
            {"qa": {"metrics": {"cad": {"matched": {"reason": "want 5 pairs, got 3"}}}}},
            "attention: memorized against others, same lengths: want 5 pairs, got 3",
        ),
        ({}, ""),
    ],
    ids=["all", "task", "few", "off"],
)
def test_where_there_is_no_figure_the_sentence_says_why(
    within: dict[str, object], said: str
) -> None:
    assert attention_sentence({"attention": {"within_task": within}}, {}) == said


def test_the_page_shows_what_attention_says(tmp_path: Path) -> None:
    run = make_run(tmp_path, 4)
    assert "What attention says" not in write_report(run, ReportConfig()).read_text()
    report = json.loads((run / "report.json").read_text())
    report["attention"] |= ATTENTION
    (run / "report.json").write_text(json.dumps(report))
    page = write_report(run, ReportConfig()).read_text()
    assert '<h2 id="attention-findings">What attention says of memorization</h2>' in page
    assert "AUC 0.550 [0.450, 0.650]" in page
    assert NO_EFFECT in page
