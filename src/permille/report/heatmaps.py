"""Figures of the attention: heatmaps, heads, and dispersion by epoch.

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
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray
from scipy import special

from permille.report.charts import HELDOUT_COLOR, TRAIN_COLOR, bare_axes

FloatArray = NDArray[np.floating]
COLOR_MAP = "cividis"
INCHES_PER_TOKEN = 0.14
MIN_INCHES, MAX_INCHES = 3.0, 14.0
LABEL_POINTS = 7
MAX_LABEL_CHARS = 14


def draw_heatmap(
    weights_TS: FloatArray,
    source_tokens: Sequence[str],
    target_tokens: Sequence[str],
    *,
    title: str = "",
    of: str = "mean over heads",
    largest: float | None = None,
) -> Figure:
    """Draw decoder steps, downwards, by source positions, with the tokens as labels.

    Args:
        weights_TS: Attention weights of shape (T, S).
        source_tokens: S names; so many of them are printed as can be read.
        target_tokens: T names.
        title: Stands on top.
        of: Which heads the weights are of.
        largest: The weight of the brightest color; None for the largest one here.

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
    image = axes.imshow(
        weights_TS, cmap=COLOR_MAP, aspect="auto", interpolation="nearest", vmin=0, vmax=largest
    )
    _label_tokens(axes.xaxis, source_tokens, width)
    _label_tokens(axes.yaxis, target_tokens, height)
    axes.tick_params(axis="x", rotation=90)
    axes.set_xlabel("source tokens")
    axes.set_ylabel("target tokens, in the order of decoding")
    axes.set_title(printable(title), fontsize=9, parse_math=False)
    figure.colorbar(image, ax=axes, label=f"attention weight, {of}", pad=0.01, aspect=40)
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
    """Draw CAD by epoch with 95 % intervals of the mean over the probe examples.

    Args:
        epochs: E epochs, ascending.
        train: For each epoch the training examples' values, each of shape (N,).
        heldout: The same of held-out examples.
    """
    figure, axes = bare_axes(6.0, 3.4)
    rows = (("training", train, TRAIN_COLOR, "o"), ("held-out", heldout, HELDOUT_COLOR, "s"))
    for label, examples, color, marker in rows:
        if not any(np.isfinite(values).any() for values in examples):
            continue
        middles, ends = zip(*(_mean_interval(values) for values in examples), strict=True)
        low, high = np.array(ends).T
        number = max(int(np.isfinite(values).sum()) for values in examples)
        named = f"{label}, n = {number}"
        axes.plot(epochs, middles, marker=marker, markersize=4, color=color, label=named)
        axes.fill_between(epochs, low, high, color=color, alpha=0.2, linewidth=0)
    axes.set(xlabel="epoch", ylabel="CAD (normalized entropy)")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if axes.lines:
        axes.legend(frameon=False)
    return figure


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
    names = [printable(tokens[place])[:MAX_LABEL_CHARS] for place in places]
    axis.set_ticks(places, names, fontsize=LABEL_POINTS, parse_math=False)


def printable(text: str) -> str:
    """Replace characters that the font has no glyph for."""
    return "".join(char if _has_glyph(char) else "\N{WHITE SQUARE}" for char in text)


@cache
def _has_glyph(char: str) -> bool:
    return get_font(findfont("DejaVu Sans")).get_char_index(ord(char)) != 0


def _mean_interval(values_N: FloatArray) -> tuple[float, tuple[float, float]]:
    """Return the mean of defined values (N,) and its interval by Student's t, NaN where none is.

    A bootstrap of few examples is too short, and of one it has no length at all.
    """
    defined = values_N[np.isfinite(values_N)]
    middle = float(defined.mean()) if len(defined) else float("nan")
    if len(defined) < 2:
        return middle, (float("nan"), float("nan"))
    half = float(special.stdtrit(len(defined) - 1, 0.975) * defined.std(ddof=1))
    half /= len(defined) ** 0.5
    return middle, (middle - half, middle + half)
