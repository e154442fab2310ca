"""The ratio against a setting that a sweep varies."""

import re
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from permille.report.charts import COLORS, GRAY, LINE_IN, SMALL_PT, in_lines
from permille.report.comparison_rows import (
    Row,
    interval_of,
    overrides_of,
    permille_of,
    swept_text,
    task_of,
)
from permille.report.panels import (
    PANEL_HEIGHT_IN,
    PANEL_IN,
    PANELS_A_ROW,
    draw_point,
    panel_grid,
    share_permille,
)

SERIES_IN = 0.12
"""Between points at one value that differ in other settings, in steps of the value's axis."""
VALUE_SIGNS = 16
"""Signs of a line of a setting's value."""
OWN_NAMES = ("multitask", "utility", "cad", "cad_epochs")
"""Ends of the names of drawings that are of no setting."""


def varied_settings(rows: Sequence[Row], swept: Sequence[str]) -> list[str]:
    """Return the swept settings of which rows state two values or more, so that there is an axis.

    Of a setting that stands at one value or at its default nothing but that value is known.
    """
    stated = [overrides_of(row) for row in rows]
    return [name for name in swept if len({one[name] for one in stated if name in one}) > 1]


def draw_sweep(rows: Sequence[Row], setting: str, swept: Sequence[str]) -> tuple[Figure, bool]:
    """Draw the ratio against a setting, a panel a task, a color for all other settings.

    Returns:
        The figure, and whether points that share a value differ in other settings.
    """
    own = [row for row in rows if setting in overrides_of(row)]
    others = [name for name in swept if name != setting]
    series = list(dict.fromkeys(swept_text(row, others) for row in own))
    tasks = list(dict.fromkeys(map(task_of, own)))
    texts = {value: in_lines(value, VALUE_SIGNS) for value in _values_of(own, setting)}
    figure, panels = _panels_for(len(tasks), list(texts.values()), _named(series))
    for axes, task in zip(panels, tasks, strict=True):
        of_task = [row for row in own if task_of(row) == task]
        values = _values_of(of_task, setting)
        for row in of_task:
            number, permille = series.index(swept_text(row, others)), permille_of(row)
            place = values.index(overrides_of(row)[setting])
            if permille is not None:
                aside = SERIES_IN * (number - (len(series) - 1) / 2)
                color = COLORS[number] if _named(series) or len(series) == 1 else GRAY
                draw_point(axes, place + aside, permille, interval_of(row), color)
        names = [texts[value] for value in values]
        axes.set_xticks(range(len(values)), names, fontsize=SMALL_PT)
        axes.set_xlim(-0.5, len(values) - 0.5)
        axes.set_title(task, fontsize=10)
        axes.set_xlabel(setting, fontsize=9)
    share_permille(panels)
    return figure, len(series) > 1


def _named(series: Sequence[str]) -> Sequence[str]:
    """Return those series that a legend tells apart: all, or none where colors do not suffice."""
    return series if 1 < len(series) <= len(COLORS) else []


def _panels_for(
    num_panels: int, values: Sequence[str], series: Sequence[str]
) -> tuple[Figure, list[Axes]]:
    """Return panels wide enough for the names of values, with the names of series below them."""
    longest = max(len(line) for value in values for line in value.split("\n"))
    width_in = max(PANEL_IN, (longest + 2) * LINE_IN / 2 * len(values))
    most_lines = max(value.count("\n") for value in values)
    signs = int(width_in * min(num_panels, PANELS_A_ROW) * 2 / LINE_IN)
    names = [in_lines(one, signs) for one in series]
    figure, panels = panel_grid(
        num_panels,
        width_in=width_in,
        height_in=PANEL_HEIGHT_IN + LINE_IN * most_lines,
        below_in=LINE_IN * sum(1 + name.count("\n") for name in names),
    )
    if names:
        handles = [Line2D([], [], color=color, marker="o", linestyle="") for color in COLORS]
        figure.legend(
            handles[: len(names)], names, loc="outside lower left", fontsize=8, frameon=False
        )
    return figure, panels


def _values_of(rows: Sequence[Row], setting: str) -> list[str]:
    """Return the values of a setting that rows state, in their order."""
    return sorted({overrides_of(row)[setting] for row in rows}, key=_by_number)


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


def _by_number(value: str) -> tuple[float, str]:
    """Sort numbers by their value, and behind them other texts."""
    try:
        return float(value), value
    except ValueError:
        return float("inf"), value
