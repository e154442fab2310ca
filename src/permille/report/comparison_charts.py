"""The drawings of a comparison."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

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
    task_of,
    utility_of,
)
from permille.report.multitask import multitask_rows
from permille.report.ratio_charts import draw_dispersion_against_ratio, draw_paths_against_ratio

PANEL_IN = 3.2
PANELS_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, the stem of its file, what it shows, and how to read it."""

    name: str
    title: str
    caption: str
    figure: Figure


def comparison_charts(rows: Sequence[Row]) -> list[Chart]:
    """Return the drawings that the rows allow."""
    names = named_rows(rows)
    charts = [
        Chart(
            "comparison",
            "The ratio of each run",
            "Any kind, per mille with 95 % intervals.",
            interval_chart({name: part(row, "ratios", "any") for name, row in names.items()}),
        )
    ]
    charts += [sweep_chart(rows, setting) for setting in swept_settings(rows)]
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


def sweep_chart(rows: Sequence[Row], setting: str) -> Chart:
    """Draw the ratio against a swept setting, a panel a task, other settings as further points."""
    tasks = list(dict.fromkeys(map(task_of, rows)))
    figure, panels = panel_grid(len(tasks))
    for axes, task in zip(panels, tasks, strict=True):
        own = [row for row in rows if task_of(row) == task and setting in overrides_of(row)]
        values = sorted({overrides_of(row)[setting] for row in own}, key=_by_number)
        for row in own:
            place, permille = values.index(overrides_of(row)[setting]), permille_of(row)
            if permille is not None:
                _point(axes, place, permille, interval_of(row), COLORS[0])
        axes.set_xticks(range(len(values)), values, fontsize=8)
        axes.set_title(task, fontsize=10)
        axes.set_xlabel(setting, fontsize=9)
        axes.set_ylim(bottom=0)
    panels[0].set_ylabel("any kind, per mille")
    return Chart(
        f"comparison_{setting.rpartition('.')[2]}",
        f"The ratio by {setting}",
        "A panel a task; any kind, per mille with 95 % intervals.",
        figure,
    )


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
    """Draw memorization against utility, a panel a score, and the frontier of each."""
    points = utility_points(rows)
    figure, panels = panel_grid(len(points))
    intervals = {name: interval_of(row) for name, row in named_rows(rows).items()}
    for axes, (score, found) in zip(panels, points.items(), strict=True):
        best = frontier(found)
        axes.plot(*zip(*(found[name] for name in best), strict=True), color=COLORS[1], linewidth=1)
        for name, (utility, permille) in found.items():
            _point(axes, utility, permille, intervals[name], COLORS[1 if name in best else 0])
            axes.annotate(
                name, (utility, permille), xytext=(5, 4), textcoords="offset points", fontsize=8
            )
        axes.set_xlabel(score)
        axes.margins(0.2)
        # more would run into each other where scores lie close together
        axes.locator_params(axis="x", nbins=4)
    panels[0].set_ylabel("any kind, per mille")
    return Chart(
        "comparison_utility",
        "Memorization against utility",
        "A panel a score. Joined is the frontier: no other run has more utility with as little "
        "memorization.",
        figure,
    )


def cad_chart(rows: Sequence[Row]) -> Chart:
    """Draw the ratio against the last epoch's CAD."""
    points = correlated_points(rows)
    by_name = named_rows(rows)
    figure = draw_dispersion_against_ratio(
        [cad for cad, _ in points.values()],
        [permille for _, permille in points.values()],
        list(points),
        intervals=[interval_of(by_name[name]) for name in points],
    )
    return Chart(
        "comparison_cad",
        "CAD against the ratio",
        "CAD of the last epoch, any kind in per mille with 95 % intervals.",
        figure,
    )


def panel_grid(num_panels: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with so many frameless panels, in rows."""
    columns = min(num_panels, PANELS_A_ROW)
    lines = -(-num_panels // PANELS_A_ROW)
    size = (0.6 + PANEL_IN * columns, 0.3 + 2.6 * lines)
    figure = Figure(figsize=size, layout="constrained")
    panels = list(figure.subplots(lines, columns, squeeze=False).flat)
    for axes in panels:
        axes.spines[["top", "right"]].set_visible(False)
    for axes in panels[num_panels:]:
        axes.set_visible(False)
    return figure, panels[:num_panels]


def _point(axes: Axes, x: float, y: float, ends: tuple[float, float] | None, color: str) -> None:
    """Draw a dot with its interval."""
    if ends is not None:
        axes.plot([x, x], ends, color=GRAY, linewidth=1)
    axes.plot([x], [y], "o", color=color)


def _by_number(value: str) -> tuple[float, str]:
    """Sort numbers by their value, and behind them other texts."""
    try:
        return float(value), value
    except ValueError:
        return float("inf"), value
