"""The picture of the sparse-coding simulation."""

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from permille.measure.sparse_coding import Estimate, Figures, SparseCodingRow
from permille.report.charts import COLORS, GRAY

PANELS: tuple[tuple[str, str, Callable[[SparseCodingRow | Figures], Estimate]], ...] = (
    ("dispersion of attention", "CAD (normalized entropy)", lambda row: row.dispersion),
    ("memorization", "share of training noise given back", lambda row: row.memorization),
    ("generalization", "variance of fresh targets explained", lambda row: row.generalization),
)


def draw_sparse_coding(rows: Sequence[SparseCodingRow]) -> Figure:
    """Draw the three figures against the number of needed features, with 95 % intervals.

    Dotted lines with hollow squares are the same models before training. Gray is what theory or a
    control gives: reading only the needed features, and the same share on fresh examples, which no
    model can have memorized.
    """
    figure = Figure(figsize=(10.0, 3.2), layout="constrained")
    needed = [row.num_needed for row in rows]
    panels = figure.subplots(1, len(PANELS))
    for axes, (title, label, pick), color in zip(panels, PANELS, COLORS, strict=False):
        untrained = [pick(row.untrained).mean for row in rows]
        axes.plot(needed, untrained, "s:", color=color, fillstyle="none", label="untrained")
        _draw_estimates(axes, needed, [pick(row) for row in rows], color)
        axes.set(title=title, ylabel=label, xlabel="features that the target needs")
    ideal = [row.ideal_dispersion for row in rows]
    panels[0].plot(needed, ideal, "--", color=GRAY, label="only the needed, each alike")
    fresh = [row.memorization_fresh.mean for row in rows]
    panels[1].plot(needed, fresh, "--", color=GRAY, label="fresh examples")
    for axes in panels:
        axes.legend(frameon=False, fontsize=8)
    return figure


def _draw_estimates(
    axes: Axes, needed: Sequence[int], estimates: Sequence[Estimate], color: str
) -> None:
    """Draw estimates with their intervals over the numbers of needed features."""
    for place, estimate in zip(needed, estimates, strict=True):
        if estimate.ci95 is not None:
            axes.plot([place, place], estimate.ci95, color=color, linewidth=1.5)
    means = [estimate.mean for estimate in estimates]
    axes.plot(needed, means, "o-", color=color, markersize=4, label="trained")
    axes.set_xscale("log", base=2)
    axes.set_xticks(needed, [str(place) for place in needed])
    axes.spines[["top", "right"]].set_visible(False)
