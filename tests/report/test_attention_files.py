"""The stored attention as the pictures read it."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from permille.core.errors import DataError
from permille.report.attention_files import (
    read_arrays,
    read_heads,
    read_manifest,
    read_map_rows,
    read_maps,
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


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(lambda m: [], "want schema_version 1, got None", id="a list"),
        pytest.param(lambda m: {**m, "schema_version": 99}, "1, got 99", id="version"),
        pytest.param(lambda m: {**m, "splits": None}, "want splits to be a list", id="no splits"),
        pytest.param(
            lambda m: {**m, "splits": m["splits"][:1]}, "each example, got 1 for 2", id="too few"
        ),
        pytest.param(lambda m: {**m, "layers": {}}, "those of cross-attention", id="no layers"),
        pytest.param(
            lambda m: {**m, "layers": {"cross": []}}, r"want layers\.cross to list", id="no layer"
        ),
    ],
)
def test_a_damaged_manifest_is_named_with_what_is_wrong(
    tmp_path: Path, change: Callable[[dict], object], message: str
) -> None:
    path = make_attention(tmp_path) / "manifest.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(DataError, match=rf"manifest\.json: cannot be read as .*{message}"):
        read_manifest(path.parent)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        pytest.param((3, 1), r"got \(3, 1\)", id="no heads"),
        pytest.param((5, 2, 3), r"2 examples, 2 layers .* got \(5, 2, 3\)", id="examples"),
        pytest.param((2, 1, 3), r"got \(2, 1, 3\)", id="layers"),
        pytest.param(None, "got no such array", id="none"),
    ],
)
def test_arrays_that_do_not_fit_the_manifest_are_refused(
    tmp_path: Path, shape: tuple[int, ...] | None, message: str
) -> None:
    folder = make_attention(tmp_path)
    stored = {"encoder_cad": np.zeros((2, 2, 3))}
    if shape is not None:
        stored["cross_cad"] = np.zeros(shape)
    np.savez(folder / "epoch=001.npz", **stored)
    with pytest.raises(DataError, match=rf"epoch=001\.npz: .*want cross_cad of .*{message}"):
        read_heads(folder, 1)


def test_maps_that_do_not_fit_their_tokens_are_refused(tmp_path: Path) -> None:
    folder = make_attention(tmp_path)
    np.savez(folder / "maps_epoch=001.npz", **{"map=000": np.zeros((3, 34))})
    with pytest.raises(DataError, match=r"map=000 of 3 target and 4 source .* got \(3, 34\)"):
        read_maps(folder, 1)
    np.savez(folder / "maps_epoch=001.npz", **{"map=000": np.zeros((3, 4))})
    with pytest.raises(DataError, match=r"maps_epoch=001\.npz: .* map=001 .* got no such array"):
        read_maps(folder, 1)


def test_map_rows_without_what_a_picture_needs_are_refused(tmp_path: Path) -> None:
    path = make_attention(tmp_path) / "maps_epoch=001.json"
    described = json.loads(path.read_text())
    del described["maps"][1]["layer"]
    path.write_text(json.dumps(described))
    with pytest.raises(DataError, match=r"maps_epoch=001\.json: .*want key, example_id, split"):
        read_map_rows(path.parent, 1)


def test_a_file_that_is_no_archive_is_named_without_advice_to_load_pickles(tmp_path: Path) -> None:
    path = tmp_path / "epoch=000.npz"
    path.write_bytes(b"garbage")
    with pytest.raises(DataError, match="want NumPy's arrays, got another or a damaged") as error:
        read_arrays(path)
    assert "pickle" not in str(error.value)


def test_files_with_other_names_are_no_epochs_and_a_lost_epoch_is_named(tmp_path: Path) -> None:
    folder = make_attention(tmp_path)
    (folder / "epoch=abc.npz").touch()
    assert stored_epochs(folder) == [0, 1]
    (folder / "epoch=001.npz").unlink()
    with pytest.raises(DataError, match=r"epoch=001\.npz: .*want it beside maps_epoch=001\.npz"):
        stored_epochs(folder)
