"""The files of a run's folder `attention`, read without pickle."""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

from permille.core.errors import DataError

FloatArray = NDArray[np.floating]


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
    """Return the epochs whose attention a folder holds, ascending."""
    return sorted(int(path.stem.removeprefix("epoch=")) for path in folder.glob("epoch=*.npz"))


def read_manifest(folder: Path) -> Manifest:
    """Return what the arrays of every epoch hold.

    Raises:
        DataError: If the file is missing or cannot be read.
    """
    path = folder / "manifest.json"
    with _readable(path):
        content: Manifest = json.loads(path.read_text(encoding="utf-8"))
    return content


def read_map_rows(folder: Path, epoch: int) -> list[MapRow]:
    """Return what the stored maps of an epoch show.

    Raises:
        DataError: If the file is missing or cannot be read.
    """
    path = folder / f"maps_epoch={epoch:03d}.json"
    with _readable(path):
        rows: list[MapRow] = json.loads(path.read_text(encoding="utf-8"))["maps"]
    return rows


def read_arrays(path: Path) -> dict[str, FloatArray]:
    """Read every array of a file.

    Raises:
        DataError: If the file is missing or cannot be read.
    """
    with _readable(path), np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


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
