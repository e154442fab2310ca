"""Drawings of ratios and curves as SVG, color-blind safe, made from the figures of report.json.

Figures are built without pyplot: nothing global is touched, and no display is needed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from itertools import accumulate, cycle, product

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from permille.report.claim import part

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito's palette, told apart by color-blind readers."""
GRAY = "#777777"
TRAIN_COLOR, HELDOUT_COLOR = COLORS[:2]
"""Of training and of held-out examples, in every drawing of a run's report."""
LINE_STYLES = tuple(product(".sx", ("-", "--", ":", "-.")))
"""Marker and line of curves that share a color."""
INTERVALS_IN = 5.0
"""Width of a drawing of intervals, whose letters can then be read on a telephone's whole width."""
ROW_IN = 0.42
"""Height of a row of a drawing of intervals, where its name takes no more."""
SHORT_NAME = 24
"""Signs of a name that is written large, in one line."""
LINE_SIGNS = 32
"""Signs of a line of a longer name."""
SMALL_PT = 8
"""Size of the letters of longer names."""
LINE_IN = 0.15
"""Height of a line of such letters; their width is half of that."""


def to_svg(figure: Figure) -> str:
    """Return the figure as an SVG element; equal figures give equal text."""
    out = StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "permille", "svg.fonttype": "none"}):
        figure.savefig(out, format="svg", metadata={"Date": None}, transparent=True)
    text = out.getvalue()
    return text[text.index("<svg") :]


def bare_axes(width_in: float, height_in: float) -> tuple[Figure, Axes]:
    """Return a figure of that size in inches with one frameless pair of axes."""
    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def interval_chart(
    ratios: Mapping[str, Mapping[str, object]], colors: Mapping[str, str] | None = None
) -> Figure:
    """Draw named ratios as dots with their intervals, the first one on top.

    A ratio that could not be computed keeps its row, with its reason instead of a dot.

    Args:
        ratios: As in report.json, by name.
        colors: By name; those that are not named have the color of training prompts.
    """
    is_long = any(len(name) > SHORT_NAME for name in ratios)
    names = [in_lines(name, LINE_SIGNS) if is_long else name for name in ratios]
    heights_in = [max(ROW_IN, LINE_IN * (2 + name.count("\n"))) for name in names]
    ends = list(accumulate(heights_in, initial=0.0))
    places = [end - height / 2 for end, height in zip(ends[1:], heights_in, strict=True)]
    figure, axes = bare_axes(INTERVALS_IN, 0.6 + ends[-1])
    for row, (name, ratio) in zip(places, ratios.items(), strict=True):
        permille, ci95 = ratio.get("permille"), ratio.get("ci95")
        color = (colors or {}).get(name, TRAIN_COLOR)
        if isinstance(permille, int | float) and isinstance(ci95, list | tuple):
            axes.plot(ci95, [row, row], color=color, linewidth=2, solid_capstyle="butt")
            axes.plot([permille], [row], "o", color=color)
        else:
            reason = str(ratio.get("reason") or ratio.get("missing") or "not computed")
            axes.text(0, row, reason, va="center", color=GRAY, fontsize=8)
    axes.set_yticks(places, names, fontsize=SMALL_PT if is_long else None)
    axes.set_ylim(max(ends[-1], ROW_IN), 0)
    axes.axvline(0, color=GRAY, linewidth=0.8)
    axes.set_xlabel("per mille, 95 % interval")
    return figure


def in_lines(name: str, num_signs: int) -> str:
    r"""Return a name in lines of at most so many signs, parted between words where that can be.

    >>> in_lines("tasks=-dialogue-qa-_budget=steps", 20)
    'tasks=-dialogue-qa-\n_budget=steps'
    """
    pieces = [
        word[start : start + num_signs]
        for word in re.split(r"(?<=[\s,-])|(?=_)", name)
        for start in range(0, len(word), num_signs)
    ]
    lines = [""]
    for piece in pieces:
        if lines[-1] and len(lines[-1]) + len(piece.rstrip()) > num_signs:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)


def headline_chart(report: Mapping[str, object]) -> Figure:
    """Draw the headline ratio beside held-out, base model and the index of held-out documents."""
    rows = {"training prompts": part(report, "ratios", "any")}
    compared = {
        "heldout": ("held-out prompts", HELDOUT_COLOR),
        "base_model": ("base model", GRAY),
        "cross_index": ("held-out index", GRAY),
    }
    for control, (name, _) in compared.items():
        ratio = part(report, "controls", control, "any")
        if ratio:
            rows[name] = ratio
    return interval_chart(rows, dict(compared.values()))


def task_colors(tasks: Iterable[str]) -> dict[str, str]:
    """Return a color for each task, in the order in which they come; more than six begin anew."""
    return {task: COLORS[n % len(COLORS)] for n, task in enumerate(dict.fromkeys(tasks))}


def curve_color(name: str) -> str:
    """Return the color of a metric's curve: that of the examples on which it was measured."""
    is_heldout = name.startswith("val/") or name.endswith("_heldout")
    return HELDOUT_COLOR if is_heldout else TRAIN_COLOR


def training_chart(
    panels: Mapping[str, Mapping[str, Sequence[tuple[float, float]]]],
    kept_epoch: float | None = None,
) -> Figure:
    """Draw named curves over epochs, a panel under another on one shared axis.

    A curve's color says of which examples it is; those of one color in a panel differ in their
    lines and markers.

    Args:
        panels: For each label of a panel its curves, each a list of (epoch, value).
        kept_epoch: Marked in every panel: the epoch whose weights were audited.
    """
    height_in = 0.7 + 1.5 * max(1, len(panels))
    figure = Figure(figsize=(8.0, height_in), layout="constrained")
    rows = figure.subplots(max(1, len(panels)), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (label, curves) in zip(rows, panels.items(), strict=False):
        styles = {color: cycle(LINE_STYLES) for color in (TRAIN_COLOR, HELDOUT_COLOR)}
        for name, points in curves.items():
            epochs, values = zip(*points, strict=True) if points else ((), ())
            color = curve_color(name)
            marker, line = next(styles[color])
            axes.plot(epochs, values, line, marker=marker, color=color, label=name, markersize=4)
        if kept_epoch is not None:
            axes.axvline(kept_epoch, color=GRAY, linestyle=":")
        axes.set_ylabel(label)
        if curves:
            axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.01, 1.0))
    for axes in rows:
        axes.spines[["top", "right"]].set_visible(False)
    rows[-1].set_xlabel("epoch" if kept_epoch is None else "epoch (dotted: the one audited)")
    rows[-1].xaxis.get_major_locator().set_params(integer=True)
    return figure
