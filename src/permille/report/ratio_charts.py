"""The ratio against the dispersion of attention, over tasks and over epochs, with a fit."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray
from scipy import stats

from permille.report.charts import GRAY, bare_axes, task_colors
from permille.report.heatmaps import printable

FloatArray = NDArray[np.floating]
MIN_POINTS = 4
"""Fewer points have no fit."""
MIN_PATHS = 3
"""Paths of fewer tasks have no fit, however many epochs they have."""
MARKERS = "os^Dv*"
MAX_NAMED = 8
"""The names of more points would run into each other."""


def draw_dispersion_against_ratio(
    cads: Sequence[float],
    permilles: Sequence[float],
    labels: Sequence[str],
    *,
    intervals: Sequence[tuple[float, float] | None] | None = None,
    tasks: Sequence[str] | None = None,
    colors: Mapping[str, str] | None = None,
) -> Figure:
    """Draw each point's ratio against its CAD, with a straight fit and its 95 % interval.

    The fit is drawn for `MIN_POINTS` or more; with so few it is weak, and the picture says how
    many. Points of one task hang together: the interval takes whole tasks as independent, of
    which there have to be `MIN_PATHS`.

    Args:
        cads: P values.
        permilles: P ratios in per mille.
        labels: P names.
        intervals: P 95 % intervals of the ratios, in per mille; None for none.
        tasks: P names of tasks; None for each point its own.
        colors: Of each task; None for those of `task_colors`.
    """
    figure, axes = _axes()
    x, y = np.asarray(cads, dtype=float), np.asarray(permilles, dtype=float)
    known = np.isfinite(x) & np.isfinite(y)
    of_known = np.array(labels if tasks is None else tasks)[known]
    num_points, num_tasks = int(known.sum()), len(set(of_known))
    _draw_fit(axes, x[known], y[known], of_known)
    colors = colors or task_colors(of_known)
    is_named = num_points <= MAX_NAMED or num_tasks == num_points
    for index, task in zip(map(int, np.flatnonzero(known)), of_known, strict=True):
        ends = intervals[index] if intervals else None
        if ends is not None:
            axes.plot([x[index]] * 2, ends, color=GRAY, linewidth=1)
        axes.plot(x[index], y[index], "o", color=colors[task], clip_on=False)
        if is_named:
            _name(axes, labels[index], (x[index], y[index]))
    if num_tasks < num_points:
        _name_colors(axes, {task: colors[task] for task in of_known})
    axes.set_title(_counted(num_points, num_tasks), fontsize=9, loc="left")
    axes.set_ylim(bottom=0)
    return figure


def draw_paths_against_ratio(
    paths: Mapping[str, Mapping[int, tuple[float, float]]],
    colors: Mapping[str, str] | None = None,
) -> Figure:
    """Draw each task's way through its epochs, the first one hollow, and a fit over all of them.

    Epochs of a task hang together, so the fit's 95 % interval takes whole tasks as independent; it
    is drawn for `MIN_PATHS` tasks or more.

    Args:
        paths: Of each task, by epoch, (CAD, ratio in per mille).
        colors: Of each task; None for those of `task_colors`.
    """
    figure, axes = _axes()
    colors = colors or task_colors(paths)
    named = {task: np.array([path[e] for e in sorted(path)]) for task, path in paths.items()}
    if len(named) >= MIN_PATHS:
        points = np.concatenate(list(named.values()))
        tasks = np.repeat(np.arange(len(named)), [len(path) for path in named.values()])
        places = np.linspace(points[:, 0].min(), points[:, 0].max(), 50)
        if np.ptp(places) > 0:
            _draw_line(axes, places, *fit_of_tasks(points[:, 0], points[:, 1], tasks, places))
    for number, (task, path) in enumerate(named.items()):
        color, marker = colors[task], MARKERS[number % len(MARKERS)]
        x, y = path.T
        axes.plot(x, y, color=color, marker=marker, markersize=4, linewidth=0.8)
        axes.plot(x[:1], y[:1], color=color, marker=marker, markersize=7, markerfacecolor="white")
        _name(axes, f"{task}, epoch {max(paths[task])}", (path[-1][0], path[-1][1]))
    counts = f"{len(named)} task{'s' if len(named) > 1 else ''}, "
    counts += f"{sum(map(len, paths.values()))} epochs"
    axes.set_title(f"{counts}; hollow: the first", fontsize=9, loc="left")
    axes.set_ylim(bottom=0)
    return figure


def fit_of_points(
    x_N: FloatArray, y_N: FloatArray, places: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Fit a least-squares line to independent points.

    Args:
        x_N: Shape (N,).
        y_N: Shape (N,).
        places: Where the line is wanted, shape (K,).

    Returns:
        The line at the places and half the length of its 95 % interval there, both (K,).
    """
    line = stats.linregress(x_N, y_N)
    freedom = len(x_N) - 2
    residual = y_N - line.intercept - line.slope * x_N
    error = np.sqrt((residual**2).sum() / freedom)
    spread = ((x_N - x_N.mean()) ** 2).sum()
    scale = np.sqrt(1 / len(x_N) + (places - x_N.mean()) ** 2 / spread)
    half = stats.t.ppf(0.975, freedom) * error * scale
    return line.intercept + line.slope * places, half


def fit_of_tasks(
    x_N: FloatArray, y_N: FloatArray, tasks_N: NDArray[np.integer], places: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Fit a least-squares line to points that hang together within tasks.

    The variance is summed by task (Liang & Zeger, Biometrika 73, 1986), with Student's t of as many
    degrees as there are tasks but two. With few tasks even this can be too short.

    Args:
        x_N: Shape (N,).
        y_N: Shape (N,).
        tasks_N: The task of each point, numbered from 0, shape (N,).
        places: Where the line is wanted, shape (K,).

    Returns:
        The line at the places and half the length of its 95 % interval there, both (K,).
    """
    design, wanted = (np.stack([np.ones_like(x), x], axis=1) for x in (x_N, places))
    inverse = np.linalg.inv(design.T @ design)
    line = inverse @ design.T @ y_N
    number = int(tasks_N.max()) + 1
    scores = np.zeros((number, 2))
    np.add.at(scores, tasks_N, design * (y_N - design @ line)[:, None])
    few = number / (number - 1) * (len(x_N) - 1) / (len(x_N) - 2)
    variance = few * inverse @ scores.T @ scores @ inverse
    errors = np.sqrt(((wanted @ variance) * wanted).sum(axis=1))
    return wanted @ line, stats.t.ppf(0.975, number - 2) * errors


def _axes() -> tuple[Figure, Axes]:
    figure, axes = bare_axes(5.6, 4.0)
    axes.set(xlabel="CAD (normalized entropy)", ylabel="memorized, per mille")
    return figure, axes


def _draw_fit(axes: Axes, x_N: FloatArray, y_N: FloatArray, tasks_N: NDArray[np.str_]) -> None:
    """Draw the fit of points of tasks, all of shape (N,), if there are enough of both."""
    if len(x_N) < MIN_POINTS or np.ptp(x_N) == 0:
        return
    places = np.linspace(x_N.min(), x_N.max(), 50)
    shown, numbers = np.unique(tasks_N, return_inverse=True)
    if len(shown) == len(x_N):
        _draw_line(axes, places, *fit_of_points(x_N, y_N, places))
    elif len(shown) >= MIN_PATHS:
        _draw_line(axes, places, *fit_of_tasks(x_N, y_N, numbers, places))


def _draw_line(axes: Axes, places: FloatArray, line: FloatArray, half: FloatArray) -> None:
    """Draw a line and the band of its interval, all of shape (K,)."""
    axes.plot(places, line, color=GRAY, linewidth=1.5)
    axes.fill_between(places, line - half, line + half, color=GRAY, alpha=0.15, linewidth=0)


def _name_colors(axes: Axes, colors: Mapping[str, str]) -> None:
    """Print the tasks that have these colors."""
    handles = [Line2D([], [], color=color, marker="o", ls="") for color in colors.values()]
    axes.legend(handles, [printable(str(task)) for task in colors], fontsize=8, frameon=False)


def _counted(num_points: int, num_tasks: int) -> str:
    """Say how many points there are, and of how many tasks where some share one."""
    points = f"{num_points} point{'' if num_points == 1 else 's'}"
    if num_tasks == num_points:
        return points
    return f"{points} of {num_tasks} task{'s' if num_tasks > 1 else ''}"


def _name(axes: Axes, label: str, place: tuple[float, float]) -> None:
    """Print a name beside a point."""
    axes.annotate(
        printable(label),
        place,
        xytext=(5, 4),
        textcoords="offset points",
        fontsize=8,
        parse_math=False,
    )
