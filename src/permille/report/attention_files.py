"""The files of a run's folder `attention`, read without pickle and checked against each other."""

import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

from permille.core.errors import DataError

FloatArray = NDArray[np.floating]
SCHEMA_VERSION = 1
"""Of the files that can be read."""


class MapRow(TypedDict):
    """What a stored map shows; `heads` is `mean`, or the number of one head."""

    key: str
    example_id: str
    split: str
    layer: int
    heads: NotRequired[str | int]
    source_tokens: list[str]
    target_tokens: list[str]


class Manifest(TypedDict):
    """What the arrays hold: of each example its id and split, of each kind its layers' numbers."""

    example_ids: list[str]
    splits: list[str]
    layers: dict[str, list[int]]


def stored_epochs(folder: Path) -> list[int]:
    """Return the epochs whose attention a folder holds, ascending.

    Raises:
        DataError: If an epoch's maps are there and its measures are not.
    """
    epochs, mapped = _epochs_of(folder, "epoch"), _epochs_of(folder, "maps_epoch")
    for epoch in sorted(mapped - epochs):
        with _readable(folder / f"epoch={epoch:03d}.npz"):
            raise ValueError(f"want it beside maps_epoch={epoch:03d}.npz, got no such file")
    return sorted(epochs)


def read_manifest(folder: Path) -> Manifest:
    """Return what the arrays of every epoch hold.

    Raises:
        DataError: If the file is missing or cannot be read, or its parts do not fit.
    """
    path = folder / "manifest.json"
    with _readable(path):
        content = _read_versioned(path)
        for name in ("example_ids", "splits"):
            _want(_is_list(content.get(name), str), f"want {name} to be a list of texts")
        ids, splits = (len(content[name]) for name in ("example_ids", "splits"))
        _want(ids == splits, f"want a split for each example, got {splits} for {ids}")
        layers: Any = content.get("layers")
        _want(
            isinstance(layers, dict) and "cross" in layers,
            "want layers to name those of cross-attention",
        )
        for kind, numbers in layers.items():
            _want(_is_list(numbers, int) and numbers, f"want layers.{kind} to list numbers")
    return Manifest(example_ids=content["example_ids"], splits=content["splits"], layers=layers)


def read_heads(folder: Path, epoch: int) -> dict[str, FloatArray]:
    """Return the dispersion of an epoch: of each kind an array (example, layer, head).

    Raises:
        DataError: If a file is missing or cannot be read, or the arrays do not fit the manifest.
    """
    manifest = read_manifest(folder)
    path = folder / f"epoch={epoch:03d}.npz"
    arrays = read_arrays(path)
    with _readable(path):
        for kind, numbers in manifest["layers"].items():
            wanted = (len(manifest["example_ids"]), len(numbers))
            shape = arrays[f"{kind}_cad"].shape if f"{kind}_cad" in arrays else None
            _want(
                shape is not None and len(shape) == 3 and shape[:2] == wanted,
                f"want {kind}_cad of {wanted[0]} examples, {wanted[1]} layers and some heads, as "
                f"manifest.json says, got {shape or 'no such array'}",
            )
    return {kind: arrays[f"{kind}_cad"] for kind in manifest["layers"]}


def read_maps(folder: Path, epoch: int) -> list[tuple[MapRow, FloatArray]]:
    """Return the stored maps of an epoch: what each shows, and weights (T, S) or (head, T, S).

    Raises:
        DataError: If a file is missing or cannot be read, or weights do not fit their tokens.
    """
    rows = read_map_rows(folder, epoch)
    path = folder / f"maps_epoch={epoch:03d}.npz"
    arrays = read_arrays(path)
    with _readable(path):
        for row in rows:
            wanted = (len(row["target_tokens"]), len(row["source_tokens"]))
            shape = arrays[row["key"]].shape if row["key"] in arrays else None
            _want(
                shape is not None and len(shape) in (2, 3) and shape[-2:] == wanted,
                f"want {row['key']} of {wanted[0]} target and {wanted[1]} source tokens, as "
                f"maps_epoch={epoch:03d}.json says, got {shape or 'no such array'}",
            )
    return [(row, arrays[row["key"]]) for row in rows]


def read_map_rows(folder: Path, epoch: int) -> list[MapRow]:
    """Return what the stored maps of an epoch show.

    Raises:
        DataError: If the file is missing or cannot be read.
    """
    path = folder / f"maps_epoch={epoch:03d}.json"
    with _readable(path):
        rows: Any = _read_versioned(path).get("maps")
        _want(_is_list(rows, dict), "want maps to be a list of objects")
        for row in rows:
            texts = all(isinstance(row.get(name), str) for name in ("key", "example_id", "split"))
            tokens = all(_is_list(row.get(f"{side}_tokens"), str) for side in ("source", "target"))
            _want(
                texts and tokens and isinstance(row.get("layer"), int),
                "want key, example_id, split, layer, source_tokens and target_tokens of each map",
            )
        found: list[MapRow] = rows
    return found


def read_arrays(path: Path) -> dict[str, FloatArray]:
    """Read every array of a file.

    Raises:
        DataError: If the file is missing or cannot be read.
    """
    with _readable(path):
        with path.open("rb") as file:
            # else NumPy takes it for a pickle, and advises to load that
            _want(zipfile.is_zipfile(file), "want NumPy's arrays, got another or a damaged file")
        with np.load(path, allow_pickle=False) as archive:
            return {name: np.asarray(archive[name]) for name in archive.files}


def _epochs_of(folder: Path, stem: str) -> set[int]:
    """Return the numbers N of the files STEM=N.npz."""
    matches = (re.fullmatch(rf"{stem}=(\d+)\.npz", path.name) for path in folder.glob("*.npz"))
    return {int(match[1]) for match in matches if match}


def _read_versioned(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    version = content.get("schema_version") if isinstance(content, dict) else None
    _want(version == SCHEMA_VERSION, f"want schema_version {SCHEMA_VERSION}, got {version}")
    return content


def _is_list(value: object, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(item, kind) for item in value)


def _want(holds: object, text: str) -> None:
    """Raise a ValueError of this text unless something holds."""
    if not holds:
        raise ValueError(text)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Name the file where reading it fails.

    Raises:
        DataError: If it is missing or is no such file.
    """
    try:
        yield
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{path}: cannot be read as the attention of a run ({error}); train again, or move the "
            "folder away to go without its pictures"
        ) from error
