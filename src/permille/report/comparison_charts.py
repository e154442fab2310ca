"""The drawings of a comparison."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from permille.report.across_tasks import paths_of
from permille.report.charts import COLORS, GRAY, interval_chart
from permille.report.claim import part
from permille.report.comparison_rows import (
    POOLED_TASK,
    Row,
    correlated_points,
    frontier,
    interval_of,
    named_rows,
    overrides_of,
    permille_of,
    swept_settings,
    swept_text,
    task_of,
    utility_of,
)
from permille.report.multitask import multitask_rows
from permille.report.ratio_charts import (
    MAX_NAMED,
    draw_dispersion_against_ratio,
    draw_paths_against_ratio,
)

PANEL_IN = 3.2
PANELS_A_ROW = 3
SERIES_IN = 0.12
"""Between points at one value that differ in other settings, in steps of the value's axis."""
OWN_NAMES = ("multitask", "utility", "cad", "cad_epochs")
"""Ends of the names of drawings that are of no setting."""


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
    names = named_rows(rows)
    charts = [
        Chart(
            "comparison",
            "The ratio of each run",
            "Any kind, per mille with 95 % intervals.",
            interval_chart({name: part(row, "ratios", "any") for name, row in names.items()}),
        )
    ]
    swept = swept_settings(rows)
    charts += [sweep_chart(rows, setting, swept) for setting in swept]
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
                draw_paths_against_ratio(paths),
            )
        )
    return charts


def sweep_chart(rows: Sequence[Row], setting: str, swept: Sequence[str]) -> Chart:
    """Draw the ratio against a swept setting, a panel a task, a color for all other settings."""
    own = [row for row in rows if setting in overrides_of(row)]
    others = [name for name in swept if name != setting]
    series = list(dict.fromkeys(swept_text(row, others) for row in own))
    tasks = list(dict.fromkeys(map(task_of, own)))
    figure, panels = panel_grid(len(tasks))
    for axes, task in zip(panels, tasks, strict=True):
        of_task = [row for row in own if task_of(row) == task]
        values = sorted({overrides_of(row)[setting] for row in of_task}, key=_by_number)
        for row in of_task:
            number, permille = series.index(swept_text(row, others)), permille_of(row)
            place = values.index(overrides_of(row)[setting])
            if permille is not None:
                aside = SERIES_IN * (number - (len(series) - 1) / 2)
                color = COLORS[number] if len(series) <= len(COLORS) else GRAY
                _point(axes, place + aside, permille, interval_of(row), color)
        axes.set_xticks(range(len(values)), values, fontsize=8)
        axes.set_xlim(-0.5, len(values) - 0.5)
        axes.set_title(task, fontsize=10)
        axes.set_xlabel(setting, fontsize=9)
    _share_permille(panels)
    if 1 < len(series) <= len(COLORS):
        handles = [Line2D([], [], color=color, marker="o", linestyle="") for color in COLORS]
        figure.legend(
            handles[: len(series)], series, loc="outside lower left", fontsize=8, frameon=False
        )
    return Chart(
        stem_of(setting, swept),
        f"The ratio by {setting}",
        "A panel a task, on one scale; any kind, per mille with 95 % intervals. Points that share "
        "a value differ in other settings."
        if len(series) > 1
        else "A panel a task, on one scale; any kind, per mille with 95 % intervals.",
        figure,
    )


def stem_of(setting: str, swept: Sequence[str]) -> str:
    """Return the name of a setting's drawing: its last word, or all where that tells too little.

    >>> stem_of("trainer.max_epochs", ["trainer.max_epochs"])
    'comparison_max_epochs'
    >>> stem_of("audit.seed", ["audit.seed", "seed"])
    'comparison_audit_seed'
    """
    last = setting.rpartition(".")[2]
    is_clear = sum(one.rpartition(".")[2] == last for one in swept) == 1 and last not in OWN_NAMES
    return "comparison_" + re.sub(r"\W", "_", last if is_clear else setting)


def multitask_chart(rows: Sequence[Row]) -> Chart:
    """Draw each task alone beside the same task in the mixture."""
    ratios: dict[str, Mapping[str, object]] = {}
    for found in multitask_rows(rows):
        ratios[f"{found['task']}, alone"] = part(found, "ratio_alone")
        ratios[f"{found['task']}, in {found['mixture']}"] = part(found, "ratio_mixture")
    return Chart(
        "comparison_multitask",
        "Tasks alone and in a mixture",
        "Any kind, per mille with 95 % intervals; the differences stand in the table.",
        interval_chart(ratios),
    )


def utility_points(rows: Sequence[Row]) -> dict[str, dict[str, tuple[float, float]]]:
    """Return of each score the runs' (score, ratio in per mille), by the runs' names."""
    points: dict[str, dict[str, tuple[float, float]]] = {}
    for name, row in named_rows(rows).items():
        score, permille = utility_of(row), permille_of(row)
        if score is not None and permille is not None and row["task"] != POOLED_TASK:
            points.setdefault(score[0], {})[name] = (score[1], permille)
    return points


def utility_chart(rows: Sequence[Row]) -> Chart:
    """Draw memorization against utility, a panel a score, and the frontier of each task.

    A score of one task is not comparable with that of another, so no frontier goes over tasks.
    """
    points = utility_points(rows)
    figure, panels = panel_grid(len(points))
    by_name = named_rows(rows)
    for axes, (score, found) in zip(panels, points.items(), strict=True):
        by_task: dict[str, dict[str, tuple[float, float]]] = {}
        for name, point in found.items():
            by_task.setdefault(task_of(by_name[name]), {})[name] = point
        best = {name for own in by_task.values() for name in frontier(own)}
        named = found.keys() if len(found) <= MAX_NAMED else best
        for number, (task, own) in enumerate(by_task.items()):
            color = COLORS[number % len(COLORS)]
            joined = [own[name] for name in frontier(own)]
            axes.plot(*zip(*joined, strict=True), color=color, linewidth=1, label=task)
            for name, point in own.items():
                _point(axes, *point, interval_of(by_name[name]), color, is_hollow=name not in best)
                if name in named and len(named) <= MAX_NAMED:
                    axes.annotate(name, point, (5, 4), textcoords="offset points", fontsize=8)
        if len(by_task) > 1:
            axes.legend(fontsize=8, frameon=False)
        axes.set_xlabel(score)
        axes.margins(0.2)
        # more would run into each other where scores lie close together
        axes.locator_params(axis="x", nbins=4)
    _share_permille(panels)
    return Chart(
        "comparison_utility",
        "Memorization against utility",
        "A panel a score, a color a task, per mille with 95 % intervals. Filled and joined is the "
        "frontier of a task's measured figures: no other run of it has more utility with as little "
        "memorization. Where intervals overlap, another draw of prompts may join other runs.",
        figure,
    )


def cad_chart(rows: Sequence[Row]) -> Chart:
    """Draw the ratio against the CAD of the audited weights."""
    points = correlated_points(rows)
    by_name = named_rows(rows)
    figure = draw_dispersion_against_ratio(
        [cad for cad, _ in points.values()],
        [permille for _, permille in points.values()],
        list(points),
        intervals=[interval_of(by_name[name]) for name in points],
        tasks=[task_of(by_name[name]) for name in points],
    )
    return Chart(
        "comparison_cad",
        "CAD against the ratio",
        "CAD of the audited weights, any kind in per mille with 95 % intervals. The line, drawn "
        "where there are tasks enough, is a least-squares fit with its 95 % interval, which takes "
        "whole tasks as independent.",
        figure,
    )


def panel_grid(num_panels: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with so many frameless panels, in rows, with one scale upwards."""
    columns = min(num_panels, PANELS_A_ROW)
    lines = -(-num_panels // PANELS_A_ROW)
    size = (0.6 + PANEL_IN * columns, 0.3 + 2.6 * lines)
    figure = Figure(figsize=size, layout="constrained")
    panels = list(figure.subplots(lines, columns, squeeze=False, sharey=True).flat)
    for axes in panels:
        axes.spines[["top", "right"]].set_visible(False)
    for axes in panels[num_panels:]:
        axes.set_visible(False)
    return figure, panels[:num_panels]


def _point(
    axes: Axes,
    x: float,
    y: float,
    ends: tuple[float, float] | None,
    color: str,
    *,
    is_hollow: bool = False,
) -> None:
    """Draw a dot with its interval."""
    if ends is not None:
        axes.plot([x, x], ends, color=GRAY, linewidth=1)
    fill = "white" if is_hollow else color
    axes.plot([x], [y], "o", color=color, markerfacecolor=fill, clip_on=False)


def _share_permille(panels: Sequence[Axes]) -> None:
    """Let the scale of panels in rows begin at 0, and name it at each row's beginning."""
    for axes in panels[::PANELS_A_ROW]:
        axes.set_ylabel("any kind, per mille")
    panels[0].set_ylim(0, min(1000.0, panels[0].get_ylim()[1]))


def _by_number(value: str) -> tuple[float, str]:
    """Sort numbers by their value, and behind them other texts."""
    try:
        return float(value), value
    except ValueError:
        return float("inf"), value
