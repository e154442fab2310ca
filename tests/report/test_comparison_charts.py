"""Drawings of a comparison, by their data."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from permille.report.charts import GRAY
from permille.report.comparison_charts import comparison_charts

from .made_rows import dots, row
from .made_run import ratios

MIXED = ["dialogue", "summarization", "qa", "translation", "sentiment", "questions"]


def mixture(budget: str, count: int, tasks: list[str] | None = None) -> dict[str, Any]:
    own = tasks or MIXED
    overrides = ["task=multitask", f"task.tasks=[{','.join(own)}]", f"task.budget={budget}"]
    name = f"multitask_tasks=-{'-'.join(own)}-_budget={budget}"
    parts = {task: {"ratios": ratios(5, 50)} for task in own}
    return row("multitask", count, run=f"x/{name}", overrides=overrides, tasks=parts)


def charts(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {chart.name: chart.figure for chart in comparison_charts(rows)}


def test_panels_that_are_compared_have_one_scale_that_no_ratio_can_leave() -> None:
    rows = [
        row(task, count, overrides=[f"seed={count}"], utility={score: count / 100})
        for task, score in (("qa", "f1"), ("sentiment", "accuracy"))
        for count in (0, 40 if task == "qa" else 100)
    ]
    found = charts(rows)
    for name in ("comparison_seed", "comparison_utility"):
        assert [axes.get_ylim() for axes in found[name].axes] == [(0.0, 1000.0)] * 2


def test_settings_that_end_alike_or_as_another_drawing_have_files_of_their_own() -> None:
    rows = [
        row("qa", n, overrides=[f"audit.seed={n}", f"data.seed={n}", f"x.cad={n}"], cad=0.1 * n)
        for n in (1, 2)
    ]
    names = [chart.name for chart in comparison_charts(rows)]
    assert len(set(names)) == len(names)
    assert {"comparison_audit_seed", "comparison_data_seed", "comparison_x_cad"} <= {*names}


def test_no_run_of_a_comparison_is_marked_before_the_others() -> None:
    axes = charts([row("qa", 10), row("dialogue", 20)])["comparison"].axes[0]
    assert len({line.get_color() for line in axes.get_lines() if line.get_marker() == "o"}) == 1


def test_runs_of_few_tasks_have_no_fit_however_many_they_are() -> None:
    rows = [
        row(task, 10 + n, run=f"x/{task}_{n}", cad=0.1 * n + shift, overrides=[f"seed={n}"])
        for task, shift in (("qa", 0.0), ("dialogue", 0.3))
        for n in range(4)
    ]
    axes = charts(rows)["comparison_cad"].axes[0]
    assert not axes.collections
    assert axes.get_title(loc="left") == "8 points of 2 tasks"


def test_utility_has_a_panel_a_score_with_its_frontier_joined() -> None:
    rows = [
        row("qa", 10, utility={"f1": 0.5}),
        row("sentiment", 5, utility={"accuracy": 0.9}),
        row("dialogue", 20, utility={"rouge_l": 0.3}),
        row("dialogue", 10, utility={"rouge_l": 0.4}),
    ]
    panels = charts(rows)["comparison_utility"].axes
    assert [axes.get_xlabel() for axes in panels] == ["f1", "accuracy", "rouge_l"]
    joined = panels[2].get_lines()[0]
    assert (list(joined.get_xdata()), list(joined.get_ydata())) == ([0.4], [100.0])
    assert dots(panels[2]) == [(0.3, 200.0), (0.4, 100.0)]


def test_no_frontier_goes_over_tasks_whose_scores_share_a_name() -> None:
    rows = [
        row("dialogue", 20, utility={"rouge_l": 0.3}),
        row("summarization", 10, utility={"rouge_l": 0.4}),
    ]
    (axes,) = charts(rows)["comparison_utility"].axes
    joined = [
        line
        for line in axes.get_lines()
        if line.get_marker() == "None" and line.get_color() != GRAY
    ]
    assert [list(line.get_xdata()) for line in joined] == [[0.3], [0.4]]
    filled = [line.get_markerfacecolor() for line in axes.get_lines() if line.get_marker() == "o"]
    assert "white" not in filled


def test_many_points_are_told_apart_by_the_colors_of_their_tasks() -> None:
    rows = [
        row(task, 10 + n, run=f"x/{task}_{n}", cad=0.1 * n, overrides=[f"seed={n}"])
        for task in ("qa", "dialogue", "sentiment")
        for n in range(4)
    ]
    axes = charts(rows)["comparison_cad"].axes[0]
    assert not axes.texts
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["qa", "dialogue", "sentiment"]
    assert len(axes.collections) == 1


def test_a_task_has_one_color_in_all_drawings() -> None:
    rows = [
        row("qa", 10, utility={"f1": 0.5}),
        row("dialogue", 20, cad=0.3, utility={"rouge_l": 0.3}),
        row("sentiment", 5, cad=0.4, utility={"accuracy": 0.9}),
    ]
    drawn = charts(rows)
    panels = drawn["comparison_utility"].axes
    by_utility = [axes.get_lines()[0].get_color() for axes in panels[1:]]
    (cad,) = drawn["comparison_cad"].axes
    by_cad = [line.get_color() for line in cad.get_lines() if line.get_marker() == "o"]
    assert by_cad == by_utility
    assert len({panels[0].get_lines()[0].get_color(), *by_cad}) == 3


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


def test_names_of_whole_mixtures_leave_room_for_what_is_drawn() -> None:
    mixtures = [
        mixture(budget, 20, own) for budget in ("steps", "examples") for own in (MIXED, MIXED[:2])
    ]
    for name, figure in charts([*(row(task, 10) for task in MIXED), *mixtures]).items():
        figure.draw_without_rendering()
        inked, width_in = figure.get_tightbbox(), figure.get_figwidth()
        assert (inked.x0 >= 0, inked.x1 <= width_in) == (True, True), name
        for axes in figure.axes:
            assert axes.get_position().width * len(figure.axes) > 0.4, name
            assert axes.get_position().height * figure.get_figheight() > 1, name


def test_names_on_one_axis_do_not_run_into_each_other() -> None:
    mixtures = [
        mixture(budget, 20, MIXED[:n]) for budget in ("steps", "examples") for n in (2, 3, 4, 6)
    ]
    found = charts([*(row(task, 10) for task in MIXED), *mixtures])
    for name in ("comparison", "comparison_multitask", "comparison_tasks"):
        (axes,) = found[name].axes
        found[name].draw_without_rendering()
        across = name == "comparison_tasks"
        labels = axes.get_xticklabels() if across else axes.get_yticklabels()
        boxes = [label.get_window_extent() for label in labels]
        ends = sorted((box.x0, box.x1) if across else (box.y0, box.y1) for box in boxes)
        assert all(one[1] <= other[0] for one, other in pairwise(ends)), name


def test_a_task_stands_beside_all_of_its_mixtures() -> None:
    mixtures = [mixture(budget, 20, ["qa", "dialogue"]) for budget in ("steps", "examples")]
    (axes,) = charts([row("qa", 10), row("dialogue", 9), *mixtures])["comparison_multitask"].axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert [name.partition(",")[0] for name in names] == ["qa"] * 3 + ["dialogue"] * 3


def test_each_run_of_a_task_alone_keeps_its_ratio() -> None:
    alone = [row("qa", n, overrides=["task=qa", f"seed={n}"]) for n in (10, 20)]
    tasks = {"qa": {"ratios": ratios(5, 50)}}
    mixed = [
        row("multitask", n, tasks=tasks, overrides=["task=multitask", f"seed={n}"])
        for n in (10, 20)
    ]
    (axes,) = charts([*alone, *mixed])["comparison_multitask"].axes
    assert sorted(x for x, _ in dots(axes)) == [100.0, 100.0, 100.0, 200.0]


def test_a_score_that_all_runs_have_alike_is_no_axis() -> None:
    rows = [row("qa", n, utility={"f1": 0.3}, overrides=["task=qa", f"seed={n}"]) for n in (10, 20)]
    others = [
        row("sentiment", n, utility={"accuracy": n / 100}, overrides=[f"seed={n}"]) for n in (5, 6)
    ]
    assert "comparison_utility" not in charts(rows)
    (axes,) = charts([*rows, *others])["comparison_utility"].axes
    assert axes.get_xlabel() == "accuracy"
