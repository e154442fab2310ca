"""A run's pictures of attention, drawn after training from the arrays that it stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from permille.report.attention_files import (
    FloatArray,
    MapRow,
    read_heads,
    read_manifest,
    read_maps,
    stored_epochs,
)
from permille.report.frames import FrozenFigure
from permille.report.heatmaps import (
    draw_dispersion_by_epoch,
    draw_heatmap,
    draw_layer_head_map,
    printable,
)
from permille.report.ratio_charts import draw_paths_against_ratio


@dataclass(frozen=True, slots=True)
class Form:
    """How pictures are written: `png` or `svg`, and the resolution of the former."""

    suffix: str = "png"
    dots_per_inch: int = 150


PRINTED = Form()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file, the key under which it is tracked, and the epoch it shows."""

    name: str
    epoch: int
    path: Path


@dataclass(frozen=True, slots=True)
class StoredMap:
    """What one example attends to in one layer, by epoch.

    Attributes:
        row: What is shown; of the same example, layer, head and tokens at every epoch.
        by_epoch: Weights of shape (T, S).
    """

    row: MapRow
    by_epoch: Mapping[int, FloatArray]

    @property
    def of(self) -> str:
        """Which heads the weights are of."""
        heads = self.row.get("heads", "mean")
        return "mean over heads" if heads == "mean" else f"head {heads}"

    @property
    def name(self) -> str:
        """The key without its group."""
        row = self.row
        return f"map/{row['split']}_{row['key']}_layer={row['layer']:02d}" + (
            "" if self.of.startswith("mean") else f"_head={row['heads']:02d}"
        )

    def title(self, epoch: int) -> str:
        """Say what is shown."""
        row = self.row
        return f"{row['example_id']} ({row['split']}), layer {row['layer']}, epoch {epoch}"

    def draw(self, epoch: int, *, with_tokens: bool) -> Figure:
        """Draw an epoch, in colors that mean the same at every epoch."""
        sides = [self.row["source_tokens"], self.row["target_tokens"]]
        names = sides if with_tokens else [[str(i + 1) for i in range(len(s))] for s in sides]
        largest = max(float(weights.max(initial=0)) for weights in self.by_epoch.values())
        title = self.title(epoch)
        return draw_heatmap(
            self.by_epoch[epoch], *names, title=title, of=self.of, largest=largest or None
        )


def write_pictures(
    folder: Path,
    *,
    with_tokens: bool = True,
    every_epoch: bool = True,
    form: Form = PRINTED,
    path_of_run: Mapping[int, tuple[float, float]] | None = None,
) -> list[Picture]:
    """Draw all pictures of a run's folder `attention`.

    Those of the last epoch and of all epochs together come to stand in the folder itself, earlier
    heatmaps in `epochs/`.

    Args:
        folder: The folder with `epoch=NNN.npz` and its companions.
        with_tokens: Whether tokens of the texts may be shown; else positions are counted.
        every_epoch: Whether to draw the pictures of earlier epochs too.
        form: How they are written.
        path_of_run: By epoch, (CAD, ratio in per mille); drawn where there are two or more.

    Returns:
        The pictures, ordered by epoch; none where no attention was measured.

    Raises:
        DataError: If a file is missing beside another, or cannot be read.
    """
    epochs = stored_epochs(folder)
    if not epochs:
        return []
    shown = epochs if every_epoch else epochs[-1:]
    folders = {epoch: folder if epoch == epochs[-1] else folder / "epochs" for epoch in shown}
    for place in folders.values():
        place.mkdir(exist_ok=True)
    pictures = list(_layer_head_maps(folder, folders, form))
    for stored in stored_maps(folder, shown):
        pictures += _heatmaps(stored, folders, with_tokens=with_tokens, form=form)
    summaries = {"dispersion": draw_dispersion_by_epoch(epochs, *examples_by_epoch(folder, epochs))}
    if path_of_run and len(path_of_run) > 1:
        summaries["against_ratio"] = draw_paths_against_ratio({"this run": path_of_run})
    for name, figure in summaries.items():
        picture = Picture(f"attention/{name}", epochs[-1], folder / f"{name}.{form.suffix}")
        pictures.append(_save(figure, picture, form))
    return sorted(pictures, key=lambda picture: picture.epoch)


def stored_maps(folder: Path, epochs: Sequence[int]) -> list[StoredMap]:
    """Read the stored maps of some epochs.

    Raises:
        DataError: If a file is missing or cannot be read.
    """
    rows: dict[str, MapRow] = {}
    by_epoch: dict[str, dict[int, FloatArray]] = {}
    for epoch in epochs:
        for row, weights in read_maps(folder, epoch):
            # a resumed run may have been asked for other maps, so what is shown is the key
            key = repr(row)
            rows[key] = row
            by_epoch.setdefault(key, {})[epoch] = weights
    return [StoredMap(row, by_epoch[key]) for key, row in rows.items()]


def _heatmaps(
    stored: StoredMap, folders: Mapping[int, Path], *, with_tokens: bool, form: Form
) -> Iterator[Picture]:
    """Write a map's pictures of each epoch; PNGs share one figure."""
    first = min(stored.by_epoch)
    figure = stored.draw(first, with_tokens=with_tokens)
    axes = figure.axes[0]
    changing = [axes.images[0], *axes.spines.values(), axes.title]
    frozen = None
    if form.suffix == "png":
        frozen = FrozenFigure(figure, changing, form.dots_per_inch)
    for epoch, weights_TS in stored.by_epoch.items():
        stem = f"{stored.name.replace('/', '_')}_epoch={epoch:03d}"
        picture = Picture(
            f"attention/{stored.name}", epoch, folders[epoch] / f"{stem}.{form.suffix}"
        )
        if frozen is None:
            yield _save(stored.draw(epoch, with_tokens=with_tokens), picture, form)
            continue
        axes.images[0].set_data(weights_TS)
        axes.title.set_text(printable(stored.title(epoch)))
        yield _save(frozen, picture, form)


def _layer_head_maps(folder: Path, folders: Mapping[int, Path], form: Form) -> Iterator[Picture]:
    """Write the layer x head map of each epoch, the last one under its plain name."""
    for epoch, place in folders.items():
        name = "layer_head" if place == folder else f"layer_head_epoch={epoch:03d}"
        picture = Picture("attention/layer_head", epoch, place / f"{name}.{form.suffix}")
        yield _save(draw_layer_head_map(*_heads_of(folder, epoch)), picture, form)


def _heads_of(folder: Path, epoch: int) -> tuple[dict[str, FloatArray], dict[str, list[int]]]:
    """Return each kind's dispersion by layer and head, mean over examples, and its layers."""
    heads = read_heads(folder, epoch)
    means = {kind: _mean_over_examples(values) for kind, values in heads.items()}
    return means, read_manifest(folder)["layers"]


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
    by_epoch = [read_heads(folder, epoch)["cross"] for epoch in epochs]
    examples = [values[:, -1].mean(axis=1) for values in by_epoch]
    return [values[is_train] for values in examples], [values[~is_train] for values in examples]


def _save(drawn: Figure | FrozenFigure, picture: Picture, form: Form) -> Picture:
    """Write the picture under another name first, so that no half one is left."""
    unfinished = picture.path.with_suffix(".part")
    if isinstance(drawn, FrozenFigure):
        drawn.save_png(unfinished)
    else:
        dated = {"Date": None} if form.suffix == "svg" else {}
        with matplotlib.rc_context({"svg.hashsalt": "permille", "svg.fonttype": "none"}):
            drawn.savefig(unfinished, format=form.suffix, dpi=form.dots_per_inch, metadata=dated)
    unfinished.replace(picture.path)
    return picture
