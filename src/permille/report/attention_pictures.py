"""A run's pictures of attention, drawn after training from the arrays that it stored."""

from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from permille.report.attention_files import (
    FloatArray,
    read_arrays,
    read_manifest,
    read_map_rows,
    stored_epochs,
)
from permille.report.heatmaps import (
    draw_dispersion_by_epoch,
    draw_heatmap,
    draw_layer_head_map,
)

DOTS_PER_INCH = 150


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file, the key under which it is tracked, and the epoch it shows."""

    name: str
    epoch: int
    path: Path


def write_pictures(
    folder: Path, *, with_tokens: bool = True, every_epoch: bool = True, form: str = "png"
) -> list[Picture]:
    """Draw all pictures of a run's folder `attention`.

    Those of the last epoch and of all epochs together come to stand in the folder itself, earlier
    heatmaps in `epochs/`.

    Args:
        folder: The folder with `epoch=NNN.npz` and its companions.
        with_tokens: Whether tokens of the texts may be shown; else positions are counted.
        every_epoch: Whether to draw the heatmaps of earlier epochs too.
        form: `png` or `svg`.

    Returns:
        The pictures; none where no attention was measured.

    Raises:
        DataError: If a file is missing beside another, or cannot be read.
    """
    epochs = stored_epochs(folder)
    if not epochs:
        return []
    pictures = []
    for epoch in epochs if every_epoch else epochs[-1:]:
        target = folder if epoch == epochs[-1] else folder / "epochs"
        target.mkdir(exist_ok=True)
        for name, figure in heatmaps_of(folder, epoch, with_tokens=with_tokens).items():
            path = target / f"{name.replace('/', '_')}_epoch={epoch:03d}.{form}"
            pictures.append(_save(figure, Picture(f"attention/{name}", epoch, path)))
    summaries = {
        "layer_head": draw_layer_head_map(*_heads_of(folder, epochs[-1])),
        "dispersion": draw_dispersion_by_epoch(epochs, *examples_by_epoch(folder, epochs)),
    }
    for name, figure in summaries.items():
        path = folder / f"{name}.{form}"
        pictures.append(_save(figure, Picture(f"attention/{name}", epochs[-1], path)))
    return pictures


def heatmaps_of(folder: Path, epoch: int, *, with_tokens: bool = True) -> dict[str, Figure]:
    """Draw the stored maps of an epoch, by name.

    Raises:
        DataError: If a file is missing or cannot be read.
    """
    arrays = read_arrays(folder / f"maps_epoch={epoch:03d}.npz")
    figures = {}
    for row in read_map_rows(folder, epoch):
        sides = [row["source_tokens"], row["target_tokens"]]
        names = sides if with_tokens else [[str(i + 1) for i in range(len(s))] for s in sides]
        title = f"{row['example_id']} ({row['split']}), layer {row['layer']}, epoch {epoch}"
        name = f"map/{row['split']}_{row['key']}_layer={row['layer']:02d}"
        figures[name] = draw_heatmap(arrays[row["key"]], *names, title=title)
    return figures


def _heads_of(folder: Path, epoch: int) -> tuple[dict[str, FloatArray], dict[str, list[int]]]:
    """Return each kind's dispersion by layer and head, mean over examples, and its layers."""
    arrays = read_arrays(folder / f"epoch={epoch:03d}.npz")
    layers = read_manifest(folder)["layers"]
    return {kind: _mean_over_examples(arrays[f"{kind}_cad"]) for kind in layers}, layers


def _mean_over_examples(values: FloatArray) -> FloatArray:
    """Average (N, L, H) over defined examples; NaN where there is none. Shape (L, H)."""
    known = np.isfinite(values)
    totals = np.where(known, values, 0).sum(axis=0)
    counts = known.sum(axis=0)
    return np.where(counts > 0, totals / np.maximum(counts, 1), np.nan)


def examples_by_epoch(folder: Path, epochs: list[int]) -> tuple[list[FloatArray], list[FloatArray]]:
    """Return for each epoch the last block's dispersion of training and of held-out examples.

    Raises:
        DataError: If a file is missing or cannot be read.
    """
    is_train = np.array([split == "train" for split in read_manifest(folder)["splits"]])
    by_epoch = [read_arrays(folder / f"epoch={epoch:03d}.npz")["cross_cad"] for epoch in epochs]
    examples = [values[:, -1].mean(axis=1) for values in by_epoch]
    return [values[is_train] for values in examples], [values[~is_train] for values in examples]


def _save(figure: Figure, picture: Picture) -> Picture:
    """Write the figure under another name first, so that no half picture is left."""
    unfinished = picture.path.with_suffix(".part")
    form = picture.path.suffix[1:]
    dated = {"Date": None} if form == "svg" else {}
    with matplotlib.rc_context({"svg.hashsalt": "permille", "svg.fonttype": "none"}):
        figure.savefig(unfinished, format=form, dpi=DOTS_PER_INCH, metadata=dated)
    unfinished.replace(picture.path)
    return picture
