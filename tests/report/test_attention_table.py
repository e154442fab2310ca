"""The tables of a sweep's attention say what its files say."""

import json
from pathlib import Path

import pytest

from permille.report.attention_table import attention_tables, main, short_across_sentences

from .made_run import ratios


def effect(area: float, p: float) -> dict[str, object]:
    ends = {"auc": area, "auc_ci95": [area - 0.1, area + 0.05]}
    return {"num_memorized": 12, "num_others": 30, **ends, "p": p / 2, "p_holm": p}


def head(p_holm: float | None) -> dict[str, object]:
    return {"p_holm": 0.001, "length_free": {"p_holm": p_holm}}


def report_of(task: str) -> dict[str, object]:
    within = {
        "metrics": {"cad": {"raw": effect(0.7, 0.03), "matched": effect(0.6, 0.5)}},
        "gain": {"gain": 0.02, "ci95": [-0.01, 0.05]},
        "nulls": {"labels_permuted": effect(0.5, 1.0), "untrained_model": effect(0.45, 1.0)},
    }
    attention = {
        "cad": {"train": [0.9, 0.4], "heldout": [0.8, None]},
        "token_score": {"train": 0.9, "heldout": 0.1, "difference": 0.8, "ci95": [0.75, 0.85]},
        "within_task": {task: within},
        "layers": {task: [head(0.01), head(0.2), head(None)]},
    }
    return {"task": task, "ratios": ratios(10, 100), "attention": attention}


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    rows = []
    for task in ("dialogue", "qa"):
        (tmp_path / task).mkdir()
        (tmp_path / task / "report.json").write_text(json.dumps(report_of(task)))
        rows.append({"run": str(tmp_path / task), "task": task, "overrides": []})
    tested = {"spearman": 0.5, "p": 0.1, "smallest_p": 0.05, "n": 4, "ci95": None}
    across = {
        "cad_vs_any": tested,
        "cad_vs_token_score": {"spearman": None, "n": 2, "reason": "2 points have none"},
        "over_epochs": {"cad_vs_any": tested},
        "by_epoch": {"qa": {"cad_vs_token": {"spearman": 0.9, "p": None, "n": 8, "reason": "so"}}},
    }
    comparison = {"rows": rows, "attention": {"across_tasks": across}}
    (tmp_path / "comparison.json").write_text(json.dumps(comparison))
    return tmp_path


def test_a_run_s_row_has_its_audited_dispersion_its_ratio_and_its_score(sweep: Path) -> None:
    text = attention_tables(json.loads((sweep / "comparison.json").read_text()))
    wanted = (
        "| dialogue | 0.400 | – | 100.0 [55.2, 174.4] of 100 | 0.900 | 0.100 | "
        "0.800 [0.750, 0.850] |"
    )
    assert wanted in text.splitlines()


def test_within_a_task_effects_gain_nulls_and_heads_have_their_rows(sweep: Path) -> None:
    text = attention_tables(json.loads((sweep / "comparison.json").read_text()))
    assert (
        "| qa | 12, 30 | 0.700 [0.600, 0.750] | 0.03 | 12 | 0.600 [0.500, 0.650] | 0.5 |"
    ) in text.splitlines()
    checks = "0.020 [-0.010, 0.050] | 0.500 [0.400, 0.550] | 0.450 [0.350, 0.500] | 1 of 2"
    assert f"| qa | {checks} |" in text.splitlines()
    assert max(map(len, text.splitlines())) <= 120


def test_every_test_over_tasks_and_epochs_has_its_sentence(
    sweep: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(sweep)]) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("- ")]
    tested = "Spearman 0.50 over 4, p = 0.1, the smallest possible being 0.05"
    assert said == [
        f"- over tasks, CAD against the ratio: {tested}",
        "- over tasks, CAD against the token score: none (2 points have none)",
        f"- over tasks and epochs, CAD against the ratio: {tested}",
        "- within qa by epoch, CAD against the token score: Spearman 0.90 over 8, no p (so)",
    ]


def test_tests_without_a_result_stand_apart_by_their_reason() -> None:
    few = {"spearman": None, "n": 1, "reason": "1 point has none"}
    across = {
        "cad_vs_any": few,
        "cad_vs_token_score": {"spearman": 0.5, "p": None, "n": 8, "reason": "so"},
        "over_epochs": {"cad_vs_any": {"spearman": None, "n": 1, "reason": "1 task has none"}},
        "by_epoch": {"qa": {"cad_vs_token": few}},
    }
    said, without = short_across_sentences(across)
    assert said == ["over tasks, CAD against the token score: Spearman 0.50 over 8, no p (so)"]
    assert without == [
        "1 point has none: over tasks, CAD against the ratio; "
        "within qa by epoch, CAD against the token score",
        "1 task has none: over tasks and epochs, CAD against the ratio",
    ]


def test_runs_without_attention_have_no_figures(tmp_path: Path) -> None:
    report = {"task": "qa", "ratios": {"any": {"of": 0, "permille": None, "reason": "none"}}}
    (tmp_path / "report.json").write_text(json.dumps(report))
    rows = [{"run": str(tmp_path), "task": "qa", "overrides": []}]
    text = attention_tables({"rows": rows})
    assert "| qa | – | – | none of 0 | – | – | – |" in text.splitlines()


def test_a_folder_without_a_comparison_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 1
    assert "want the folder of a finished sweep" in capsys.readouterr().err
