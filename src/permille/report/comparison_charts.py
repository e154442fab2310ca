"""The drawings of a comparison."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from permille.report.across_tasks import paths_of
from permille.report.charts import interval_chart, task_colors
from permille.report.claim import part
from permille.report.comparison_rows import (
    POOLED_TASK,
    Row,
    correlated_points,
    frontier,
    interval_of,
    named_rows,
    permille_of,
    point_names,
    short_names,
    swept_settings,
    task_of,
    utility_of,
)
from permille.report.multitask import multitask_rows
from permille.report.panels import draw_point, panel_grid, share_permille
from permille.report.ratio_charts import (
    MAX_NAMED,
    draw_dispersion_against_ratio,
    draw_paths_against_ratio,
)
from permille.report.sweep_charts import draw_sweep, stem_of, varied_settings


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, the stem of its file, what it shows, and how to read it."""

    name: str
    title: str
    caption: str
    figure: Figure


def comparison_charts(rows: Sequence[Row]) -> list[Chart]:
    """Return the drawings that the rows allow."""
    if not rows:
        return []
    names, short = named_rows(rows), short_names(rows)
    charts = [
        Chart(
            "comparison",
            "The ratio of each run",
            "Any kind, per mille with 95 % intervals.",
            interval_chart(
                {short[name]: part(row, "ratios", "any") for name, row in names.items()}
            ),
        )
    ]
    swept = swept_settings(rows)
    charts += [sweep_chart(rows, setting, swept) for setting in varied_settings(rows, swept)]
    if multitask_rows(rows):
        charts.append(multitask_chart(rows))
    if utility_points(rows):
        charts.append(utility_chart(rows))
    if correlated_points(rows):
        charts.append(cad_chart(rows))
    if paths := paths_of(rows):
        charts.append(
            Chart(
                "comparison_cad_epochs",
                "CAD against the ratio, by epoch",
                "Any kind in per mille, of a draw of prompts before the last epoch. The line is "
                "fitted over all tasks and epochs; its 95 % interval takes whole tasks as "
                "independent.",
                draw_paths_against_ratio(paths, task_colors(map(task_of, rows))),
            )
        )
    return charts


def sweep_chart(rows: Sequence[Row], setting: str, swept: Sequence[str]) -> Chart:
    """Draw the ratio against a swept setting."""
    figure, is_mixed = draw_sweep(rows, setting, swept)
    caption = "A panel a task, on one scale; any kind, per mille with 95 % intervals."
    if is_mixed:
        caption += " Points that share a value differ in other settings."
    return Chart(stem_of(setting, swept), f"The ratio by {setting}", caption, figure)


def multitask_chart(rows: Sequence[Row]) -> Chart:
    """Draw each task alone beside the same task in all of its mixtures."""
    pairs, short = multitask_rows(rows), short_names(rows)
    ratios: dict[str, Mapping[str, object]] = {}
    for task in dict.fromkeys(str(found["task"]) for found in pairs):
        for found in (one for one in pairs if one["task"] == task):
            alone = "alone" if found["alone"] == task else f"alone, {short[str(found['alone'])]}"
            ratios[f"{task}, {alone}"] = part(found, "ratio_alone")
            ratios[f"{task}, in {short[str(found['mixture'])]}"] = part(found, "ratio_mixture")
    return Chart(
        "comparison_multitask",
        "Tasks alone and in a mixture",
        "Any kind, per mille with 95 % intervals; the differences stand in the table.",
        interval_chart(ratios),
    )


def utility_points(rows: Sequence[Row]) -> dict[str, dict[str, tuple[float, float]]]:
    """Return of each score the runs' (score, ratio in per mille), by the runs' names.

    A score that is the same in all of several runs is left out: nothing is compared along it.
    """
    points: dict[str, dict[str, tuple[float, float]]] = {}
    for name, row in named_rows(rows).items():
        score, permille = utility_of(row), permille_of(row)
        if score is not None and permille is not None and row["task"] != POOLED_TASK:
            points.setdefault(score[0], {})[name] = (score[1], permille)
    return {
        score: own
        for score, own in points.items()
        if len(own) == 1 or len({utility for utility, _ in own.values()}) > 1
    }


def utility_chart(rows: Sequence[Row]) -> Chart:
    """Draw memorization against utility, a panel a score, and the frontier of each task.

    A score of one task is not comparable with that of another, so no frontier goes over tasks.
    """
    points = utility_points(rows)
    figure, panels = panel_grid(len(points))
    by_name = named_rows(rows)
    short, said = point_names(rows)
    colors = task_colors(map(task_of, rows))
    for axes, (score, found) in zip(panels, points.items(), strict=True):
        by_task: dict[str, dict[str, tuple[float, float]]] = {}
        for name, point in found.items():
            by_task.setdefault(task_of(by_name[name]), {})[name] = point
        best = {name for own in by_task.values() for name in frontier(own)}
        named = found.keys() if len(found) <= MAX_NAMED else best
        for task, own in by_task.items():
            color = colors[task]
            joined = [own[name] for name in frontier(own)]
            axes.plot(*zip(*joined, strict=True), color=color, linewidth=1, label=task)
            for name, point in own.items():
                draw_point(
                    axes, *point, interval_of(by_name[name]), color, is_hollow=name not in best
                )
                if name in named and len(named) <= MAX_NAMED:
                    axes.annotate(
                        short[name], point, (5, 4), textcoords="offset points", fontsize=8
                    )
        if len(found) > 1:
            axes.legend(fontsize=8, frameon=False)
        axes.set_xlabel(score)
        axes.margins(0.2)
        # more would run into each other where scores lie close together
        axes.locator_params(axis="x", nbins=4)
    share_permille(panels)
    return Chart(
        "comparison_utility",
        "Memorization against utility",
        "A panel a score, a color a task, per mille with 95 % intervals. Filled and joined is the "
        "frontier of a task's measured figures: no other run of it has more utility with as little "
        "memorization. Where intervals overlap, another draw of prompts may join other runs."
        + said,
        figure,
    )


def cad_chart(rows: Sequence[Row]) -> Chart:
    """Draw the ratio against the CAD of the audited weights."""
    points = correlated_points(rows)
    by_name = named_rows(rows)
    short, said = point_names(rows)
    figure = draw_dispersion_against_ratio(
        [cad for cad, _ in points.values()],
        [permille for _, permille in points.values()],
        [short[name] for name in points],
        intervals=[interval_of(by_name[name]) for name in points],
        tasks=[task_of(by_name[name]) for name in points],
        colors=task_colors(map(task_of, rows)),
    )
    return Chart(
        "comparison_cad",
        "CAD against the ratio",
        "CAD of the audited weights, any kind in per mille with 95 % intervals. The line, drawn "
        "where there are tasks enough, is a least-squares fit with its 95 % interval, which takes "
        "whole tasks as independent." + said,
        figure,
    )
