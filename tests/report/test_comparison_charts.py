"""Drawings of a comparison, by their data."""

import json
from pathlib import Path
from typing import Any

from permille.report.comparison_charts import comparison_charts

from .made_run import ratios


def row(task: str, count: int, **more: Any) -> dict[str, Any]:
    found = ratios(count, 100)
    overrides = more.pop("overrides", [f"task={task}"])
    base = {"run": f"x/{task}_{count}", "task": task, "overrides": overrides, "ratios": found}
    return {**base, "generations": {}, "utility": {}, "cad": None, **more}


def charts(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {chart.name: chart.figure for chart in comparison_charts(rows)}


def dots(axes: Any) -> list[tuple[float, float]]:
    lines = [line for line in axes.get_lines() if line.get_marker() == "o"]
    return [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in lines]


def test_a_swept_setting_has_a_panel_a_task_with_points_in_the_order_of_its_values() -> None:
    rows = [
        row(task, count, overrides=[f"task={task}", f"trainer.max_epochs={epochs}"])
        for task in ("qa", "dialogue")
        for count, epochs in ((30, 10), (10, 2))
    ]
    panels = charts(rows)["comparison_max_epochs"].axes
    assert [axes.get_title() for axes in panels] == ["qa", "dialogue"]
    assert dots(panels[0]) == [(1, 300.0), (0, 100.0)]
    assert [label.get_text() for label in panels[0].get_xticklabels()] == ["2", "10"]


def test_utility_has_a_panel_a_score_with_its_frontier_joined() -> None:
    rows = [
        row("qa", 10, utility={"f1": 0.5}),
        row("sentiment", 5, utility={"accuracy": 0.9}),
        row("dialogue", 20, utility={"rouge_l": 0.3}),
        row("summarization", 10, utility={"rouge_l": 0.4}),
    ]
    panels = charts(rows)["comparison_utility"].axes
    assert [axes.get_xlabel() for axes in panels] == ["f1", "accuracy", "rouge_l"]
    joined = panels[2].get_lines()[0]
    assert (list(joined.get_xdata()), list(joined.get_ydata())) == ([0.4], [100.0])
    assert dots(panels[2]) == [(0.3, 200.0), (0.4, 100.0)]


def test_cad_stands_against_the_ratio_with_its_interval() -> None:
    axes = charts([row("qa", 10, cad=0.4), row("dialogue", 20, cad=0.8)])["comparison_cad"].axes[0]
    assert dots(axes) == [(0.4, 100.0), (0.8, 200.0)]
    assert any(len(line.get_ydata()) == 2 for line in axes.get_lines())


def test_a_mixture_stands_beside_each_task_alone() -> None:
    tasks = {"qa": {"ratios": ratios(5, 50)}}
    found = charts([row("qa", 10), row("multitask", 8, tasks=tasks)])
    labels = found["comparison_multitask"].axes[0].get_yticklabels()
    assert [label.get_text() for label in labels] == ["qa, alone", "qa, in multitask"]


def test_rows_without_figures_leave_only_the_reasons() -> None:
    empty = {"any": {"permille": None, "reason": "nothing to measure"}}
    assert list(charts([row("qa", 0) | {"ratios": empty}])) == ["comparison"]


def test_cad_stands_against_the_ratio_by_epoch_where_both_were_followed(tmp_path: Path) -> None:
    lines = [
        {"name": name, "value": 0.1 * epoch, "epoch": epoch, "step": epoch}
        for name in ("attention/cad", "memorization/any_permille")
        for epoch in range(3)
    ]
    (tmp_path / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = charts([row("qa", 10, run=str(tmp_path)), row("dialogue", 20)])
    assert list(found["comparison_cad_epochs"].axes[0].lines[0].get_xdata()) == [0, 0.1, 0.2]
    assert "comparison_cad_epochs" not in charts([row("dialogue", 20)])
