"""What the attention browser shows is what is stored."""

from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest

from permille.report.attention_data import attention_data

from .made_run import make_attention


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_attention(tmp_path)


def test_heads_have_the_stored_values_and_null_where_undefined(folder: Path) -> None:
    data = attention_data(folder, with_tokens=True)
    stored = np.load(folder / "epoch=001.npz")["cross_cad"]
    found = data["heads"]["1"]["cross"]
    assert found[0][0][0] is None
    assert found[1][1][2] == pytest.approx(stored[1, 1, 2], abs=1e-3)
    assert data["epochs"] == [1, 0]


def test_a_map_s_bytes_are_its_weights(folder: Path) -> None:
    data = attention_data(folder, with_tokens=True)
    first = data["maps"][0]
    stored = np.load(folder / "maps_epoch=001.npz")["map=000"]
    bytes_TS = np.frombuffer(b64decode(first["weights"]), dtype=np.uint8).reshape(3, 4)
    np.testing.assert_allclose(
        bytes_TS / 255 * first["largest"], stored, atol=first["largest"] / 500
    )
    assert (first["example"], first["layer"], first["head"]) == ("ex-0", 1, None)
    assert first["source"][0] == "▁Ask"


def test_without_tokens_positions_are_counted(folder: Path) -> None:
    assert attention_data(folder, with_tokens=False)["maps"][0]["target"] == ["1", "2", "3"]


def test_a_map_of_several_heads_is_one_of_each(folder: Path) -> None:
    stored = dict(np.load(folder / "maps_epoch=001.npz"))
    stored["map=000"] = np.stack([stored["map=000"]] * 3)
    np.savez(folder / "maps_epoch=001.npz", **stored)
    heads = [one["head"] for one in attention_data(folder, with_tokens=True)["maps"]][:4]
    assert heads == [0, 1, 2, None]


def test_a_folder_without_epochs_has_no_data(tmp_path: Path) -> None:
    assert attention_data(tmp_path, with_tokens=True) is None
