"""What the page's attention browser shows: every head's dispersion, and the stored maps."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from permille.report.attention_files import (
    FloatArray,
    MapRow,
    read_heads,
    read_manifest,
    read_maps,
    stored_epochs,
)

MAX_EXAMPLES = 32
"""Examples shown by head, those first that have a map."""
MAX_MAP_WEIGHTS = 3_000_000
"""Weights of all maps together, a byte each; more maps are left to the files."""


def attention_data(folder: Path, *, with_tokens: bool) -> dict[str, object] | None:
    """Return the browser's data of the first and the last epoch; None where there is none.

    Args:
        folder: The run's folder `attention`.
        with_tokens: Whether tokens of the texts may be shown; else positions are counted.

    Raises:
        DataError: If a file is missing beside another, or cannot be read.
    """
    epochs = stored_epochs(folder)
    if not epochs:
        return None
    shown = sorted({epochs[-1], epochs[0]}, reverse=True)
    manifest = read_manifest(folder)
    maps = list(_maps(folder, shown, with_tokens=with_tokens))
    mapped = {one["example"] for one in maps}
    places = sorted(
        range(len(manifest["example_ids"])),
        key=lambda place: (manifest["example_ids"][place] not in mapped, place),
    )[:MAX_EXAMPLES]
    return {
        "epochs": shown,
        "examples": [
            {"id": manifest["example_ids"][place], "split": manifest["splits"][place]}
            for place in places
        ],
        "layers": manifest["layers"],
        "heads": {str(epoch): _heads(folder, epoch, places) for epoch in shown},
        "maps": maps,
    }


def _heads(folder: Path, epoch: int, places: list[int]) -> dict[str, object]:
    """Return of each kind the dispersion by example, layer and head, null where undefined."""
    return {kind: _plain(array[places]) for kind, array in read_heads(folder, epoch).items()}


def _plain(values: FloatArray) -> object:
    """Return an array as nested lists with three digits, NaN as null."""
    if values.ndim:
        return [_plain(part) for part in values]
    return round(float(values), 3) if np.isfinite(values) else None


def _maps(folder: Path, epochs: list[int], *, with_tokens: bool) -> Iterator[dict[str, object]]:
    """Yield the stored maps, a stored map of several heads as one of each head."""
    room = MAX_MAP_WEIGHTS
    for epoch in epochs:
        for row, weights in read_maps(folder, epoch):
            for head, weights_TS in _by_head(row, weights):
                room -= weights_TS.size
                if room >= 0:
                    yield _map(row, epoch, head, weights_TS, with_tokens=with_tokens)


def _by_head(row: MapRow, weights: FloatArray) -> list[tuple[int | None, FloatArray]]:
    """Return (head, weights of shape (T, S)); the head is None for the mean over heads."""
    if weights.ndim > 2:
        return list(enumerate(weights))
    head = row.get("heads", "mean")
    return [(head if isinstance(head, int) else None, weights)]


def _map(
    row: MapRow, epoch: int, head: int | None, weights_TS: FloatArray, *, with_tokens: bool
) -> dict[str, object]:
    """Return a map with its weights as bytes, 255 for the largest."""
    largest = float(np.nanmax(weights_TS)) if weights_TS.size else 0.0
    scaled = np.nan_to_num(weights_TS / largest if largest else weights_TS) * 255
    sides = {"source": row["source_tokens"], "target": row["target_tokens"]}
    if not with_tokens:
        sides = {name: [str(i + 1) for i in range(len(side))] for name, side in sides.items()}
    return {
        "epoch": epoch,
        "example": row["example_id"],
        "layer": row["layer"],
        "head": head,
        "largest": largest,
        "weights": b64encode(np.round(scaled).astype(np.uint8).tobytes()).decode("ascii"),
        **sides,
    }
