"""The stored attention as the pictures read it."""

from pathlib import Path

import numpy as np
import pytest

from permille.core.errors import DataError
from permille.report.attention_files import (
    read_arrays,
    read_manifest,
    read_map_rows,
    stored_epochs,
)

from .made_run import make_attention


def test_epochs_are_those_that_have_arrays_in_their_order(tmp_path: Path) -> None:
    folder = make_attention(tmp_path)
    for epoch in (10, 2, 1000):
        (folder / f"epoch={epoch:03d}.npz").write_bytes((folder / "epoch=000.npz").read_bytes())
    assert stored_epochs(folder) == [0, 1, 2, 10, 1000]
    assert stored_epochs(tmp_path / "none") == []


def test_arrays_rows_and_manifest_come_back_as_they_are_stored(tmp_path: Path) -> None:
    folder = make_attention(tmp_path)
    arrays = read_arrays(folder / "epoch=001.npz")
    assert {name: array.shape for name, array in arrays.items()} == {
        "cross_cad": (2, 2, 3),
        "encoder_cad": (2, 2, 3),
    }
    assert read_manifest(folder)["splits"] == ["train", "heldout"]
    rows = read_map_rows(folder, 1)
    assert [(row["example_id"], row["layer"]) for row in rows] == [("ex-0", 1), ("ex-9", 1)]


@pytest.mark.parametrize(
    "content", [b"{}", b"no such thing", None], ids=["other", "broken", "none"]
)
def test_what_cannot_be_read_is_named_with_what_to_do(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "maps_epoch=003.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"maps_epoch=003\.json: cannot be read as .* train again"):
        read_map_rows(tmp_path, 3)


def test_pickled_objects_are_never_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "epoch=000.npz", cross_cad=np.array([{"a": 1}], dtype=object))
    with pytest.raises(DataError, match=r"epoch=000\.npz: cannot be read"):
        read_arrays(tmp_path / "epoch=000.npz")
