"""Small drawings side by side, of ratios on one scale upwards."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from permille.report.charts import GRAY

PANEL_IN = 3.2
PANEL_HEIGHT_IN = 2.6
PANELS_A_ROW = 3


def panel_grid(
    num_panels: int,
    *,
    width_in: float = PANEL_IN,
    height_in: float = PANEL_HEIGHT_IN,
    below_in: float = 0.0,
) -> tuple[Figure, list[Axes]]:
    """Return a figure with so many frameless panels, in rows, with one scale upwards.

    Args:
        num_panels: How many.
        width_in: Of a panel, in inches.
        height_in: Of a panel, its names included.
        below_in: Height of what stands below them all.
    """
    columns = min(num_panels, PANELS_A_ROW)
    lines = -(-num_panels // PANELS_A_ROW)
    size = (0.6 + width_in * columns, 0.3 + height_in * lines + below_in)
    figure = Figure(figsize=size, layout="constrained")
    panels = list(figure.subplots(lines, columns, squeeze=False, sharey=True).flat)
    for axes in panels:
        axes.spines[["top", "right"]].set_visible(False)
    for axes in panels[num_panels:]:
        axes.set_visible(False)
    return figure, panels[:num_panels]


def draw_point(
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


def share_permille(panels: Sequence[Axes]) -> None:
    """Let the scale of panels in rows begin at 0, and name it at each row's beginning."""
    for axes in panels[::PANELS_A_ROW]:
        axes.set_ylabel("any kind, per mille")
    panels[0].set_ylim(0, min(1000.0, panels[0].get_ylim()[1]))
