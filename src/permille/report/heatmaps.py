"""Figures of the attention: heatmaps, heads, and dispersion against epochs and ratios.

Colors are of `cividis`, which color-blind readers see as everybody does, and which prints in gray
in the same order.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from numpy.typing import NDArray
from scipy import stats

from permille.report.charts import COLORS, GRAY, bare_axes

FloatArray = NDArray[np.floating]
COLOR_MAP = "cividis"
INCHES_PER_TOKEN = 0.14
MIN_INCHES, MAX_INCHES = 3.0, 14.0
LABEL_POINTS = 7
MAX_LABEL_CHARS = 14
NUM_RESAMPLES = 1000


def draw_heatmap(
    weights_TS: FloatArray,
    source_tokens: Sequence[str],
    target_tokens: Sequence[str],
    *,
    title: str = "",
) -> Figure:
    """Draw decoder steps, downwards, by source positions, with the tokens as labels.

    Args:
        weights_TS: Attention weights of shape (T, S).
        source_tokens: S names; so many of them are printed as can be read.
        target_tokens: T names.
        title: Stands on top.

    Raises:
        ValueError: If there are not as many names as rows and columns.
    """
    wanted, got = weights_TS.shape, (len(target_tokens), len(source_tokens))
    if wanted != got:
        raise ValueError(f"want {wanted} names of target and source tokens, got {got}")
    height, width = (
        float(np.clip(number * INCHES_PER_TOKEN, MIN_INCHES, MAX_INCHES)) for number in wanted
    )
    figure = Figure(figsize=(width + 2.0, height + 1.4), layout="constrained")
    axes = figure.add_subplot()
    image = axes.imshow(weights_TS, cmap=COLOR_MAP, aspect="auto", interpolation="nearest", vmin=0)
    _label_tokens(axes.xaxis, source_tokens, width)
    _label_tokens(axes.yaxis, target_tokens, height)
    axes.tick_params(axis="x", rotation=90)
    axes.set_xlabel("source tokens")
    axes.set_ylabel("target tokens, in the order of decoding")
    axes.set_title(_printable(title), fontsize=9, parse_math=False)
    figure.colorbar(image, ax=axes, label="attention weight, mean over heads", pad=0.01, aspect=40)
    return figure


def draw_layer_head_map(values: dict[str, FloatArray], layers: dict[str, list[int]]) -> Figure:
    """Draw the dispersion of every head: a panel a kind, layers downwards, heads to the right.

    Args:
        values: For each kind an array of shape (L, H).
        layers: For each kind the numbers of its L layers.
    """
    tallest = max(len(rows) for rows in layers.values())
    figure = Figure(figsize=(1.4 + 3.2 * len(values), 1.8 + 0.35 * tallest), layout="constrained")
    panels = figure.subplots(1, len(values), squeeze=False)[0]
    for axes, (kind, array) in zip(panels, values.items(), strict=True):
        image = axes.imshow(array, cmap=COLOR_MAP, vmin=0, vmax=1, aspect="auto")
        axes.set_yticks(range(len(layers[kind])), layers[kind])
        axes.set_xticks(range(array.shape[1]))
        axes.set(title=kind, xlabel="head", ylabel="layer")
        _print_values(axes, array)
    figure.colorbar(image, ax=panels, label="normalized entropy", pad=0.01)
    return figure


def draw_dispersion_by_epoch(
    epochs: Sequence[int], train: Sequence[FloatArray], heldout: Sequence[FloatArray]
) -> Figure:
    """Draw CAD by epoch with bootstrap intervals over the probe examples.

    Args:
        epochs: E epochs, ascending.
        train: For each epoch the training examples' values, each of shape (N,).
        heldout: The same of held-out examples.
    """
    figure, axes = bare_axes(6.0, 3.4)
    rows = (("training", train, COLORS[0], "o"), ("held-out", heldout, COLORS[1], "s"))
    for label, examples, color, marker in rows:
        if not any(np.isfinite(values).any() for values in examples):
            continue
        middles, ends = zip(*(_mean_interval(values) for values in examples), strict=True)
        low, high = np.array(ends).T
        axes.plot(epochs, middles, marker=marker, markersize=4, color=color, label=label)
        axes.fill_between(epochs, low, high, color=color, alpha=0.2, linewidth=0)
    axes.set(xlabel="epoch", ylabel="CAD (normalized entropy)")
    if axes.lines:
        axes.legend(frameon=False)
    return figure


def draw_dispersion_against_ratio(
    cads: Sequence[float],
    permilles: Sequence[float],
    labels: Sequence[str],
    *,
    intervals: Sequence[tuple[float, float] | None] | None = None,
) -> Figure:
    """Draw each point's ratio against its CAD, with a straight fit and its 95 % interval.

    The fit is drawn for four points or more; with so few it is weak, and the picture says how many.

    Args:
        cads: P values, of tasks or of epochs.
        permilles: P ratios in per mille.
        labels: P names.
        intervals: P 95 % intervals of the ratios, in per mille; None for none.
    """
    figure, axes = bare_axes(5.6, 4.0)
    x, y = np.asarray(cads, dtype=float), np.asarray(permilles, dtype=float)
    known = np.isfinite(x) & np.isfinite(y)
    if known.sum() >= 4 and np.ptp(x[known]) > 0:
        _draw_fit(axes, x[known], y[known])
    for index in map(int, np.flatnonzero(known)):
        ends = intervals[index] if intervals else None
        if ends is not None:
            axes.plot([x[index]] * 2, ends, color=GRAY, linewidth=1)
        axes.plot(x[index], y[index], "o", color=COLORS[0])
        axes.annotate(
            _printable(labels[index]),
            (x[index], y[index]),
            xytext=(5, 4),
            textcoords="offset points",
            fontsize=8,
            parse_math=False,
        )
    axes.set(xlabel="CAD (normalized entropy)", ylabel="memorized, per mille")
    axes.set_title(f"{int(known.sum())} points", fontsize=9, loc="left")
    return figure


def _draw_fit(axes: Axes, x_N: FloatArray, y_N: FloatArray) -> None:
    """Draw a least-squares line and the band of its 95 % interval, for points of shape (N,)."""
    line = stats.linregress(x_N, y_N)
    places = np.linspace(x_N.min(), x_N.max(), 50)
    fitted = line.intercept + line.slope * places
    spread = ((x_N - x_N.mean()) ** 2).sum()
    freedom = len(x_N) - 2
    residual = y_N - line.intercept - line.slope * x_N
    error = np.sqrt((residual**2).sum() / freedom)
    half = stats.t.ppf(0.975, freedom) * error
    half = half * np.sqrt(1 / len(x_N) + (places - x_N.mean()) ** 2 / spread)
    axes.plot(places, fitted, color=COLORS[1], linewidth=1.5)
    axes.fill_between(places, fitted - half, fitted + half, color=COLORS[1], alpha=0.15)


def _print_values(axes: Axes, array: FloatArray) -> None:
    """Print each value of an (L, H) map into its cell, if the cells are wide enough."""
    if array.shape[1] > 8:
        return
    for (row, column), value in np.ndenumerate(array):
        if np.isfinite(value):
            color = "black" if value > 0.5 else "white"
            axes.text(
                column, row, f"{value:.2f}", ha="center", va="center", color=color, fontsize=7
            )


def _label_tokens(axis: Axis, tokens: Sequence[str], inches: float) -> None:
    """Print every token, or every second, third, ... so that labels do not run together."""
    step = max(1, int(np.ceil(len(tokens) * INCHES_PER_TOKEN / inches - 1e-9)))
    places = range(0, len(tokens), step)
    names = [_printable(tokens[place])[:MAX_LABEL_CHARS] for place in places]
    axis.set_ticks(places, names, fontsize=LABEL_POINTS, parse_math=False)


def _printable(text: str) -> str:
    """Replace characters that the font has no glyph for."""
    return "".join(char if _has_glyph(char) else "\N{WHITE SQUARE}" for char in text)


@cache
def _has_glyph(char: str) -> bool:
    return get_font(findfont("DejaVu Sans")).get_char_index(ord(char)) != 0


def _mean_interval(values_N: FloatArray) -> tuple[float, tuple[float, float]]:
    """Return the mean of defined values (N,) and its bootstrap interval, NaN where none is."""
    defined = values_N[np.isfinite(values_N)]
    if len(defined) == 0:
        return float("nan"), (float("nan"), float("nan"))
    drawn = np.random.default_rng(0).choice(defined, (NUM_RESAMPLES, len(defined))).mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(defined.mean()), (float(low), float(high))
