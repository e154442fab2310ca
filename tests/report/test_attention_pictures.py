"""A run's pictures come from its stored arrays, and from nothing else."""

import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from permille.core.errors import DataError
from permille.report.attention_files import stored_epochs
from permille.report.attention_pictures import Form, stored_maps, write_pictures

PNG = b"\x89PNG\r\n\x1a\n"


def store(folder: Path, *epochs: int) -> Path:
    """Write what a run leaves: two examples, two layers of cross-attention, three heads."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(0)
    for epoch in epochs:
        np.savez(folder / f"epoch={epoch:03d}.npz", cross_cad=rng.random((2, 2, 3)))
        np.savez(folder / f"maps_epoch={epoch:03d}.npz", **{"map=000": rng.random((2, 3))})
        row = {
            "key": "map=000",
            "example_id": "e7",
            "split": "train",
            "layer": 1,
            "source_tokens": ["▁private", "▁source", "</s>"],
            "target_tokens": ["▁private", "</s>"],
        }
        described = {"schema_version": 1, "epoch": epoch, "maps": [row]}
        (folder / f"maps_epoch={epoch:03d}.json").write_text(json.dumps(described))
    manifest = {
        "schema_version": 1,
        "example_ids": ["e7", "h2"],
        "splits": ["train", "heldout"],
        "layers": {"cross": [0, 1]},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_the_last_epochs_pictures_stand_in_the_folder_and_earlier_ones_below(
    tmp_path: Path,
) -> None:
    pictures = write_pictures(store(tmp_path, 0, 4))
    places = sorted(str(picture.path.relative_to(tmp_path)) for picture in pictures)
    assert places == [
        "dispersion.png",
        "epochs/layer_head_epoch=000.png",
        "epochs/map_train_map=000_layer=01_epoch=000.png",
        "layer_head.png",
        "map_train_map=000_layer=01_epoch=004.png",
    ]
    for picture in pictures:
        assert picture.path.read_bytes().startswith(PNG)
        assert picture.name.startswith("attention/")
    assert not list(tmp_path.rglob("*.part"))


def test_every_heatmap_tells_its_epoch(tmp_path: Path) -> None:
    pictures = write_pictures(store(tmp_path, 1, 2))
    maps = [(picture.name, picture.epoch) for picture in pictures if "/map/" in picture.name]
    assert maps == [("attention/map/train_map=000_layer=01", epoch) for epoch in (1, 2)]


def test_only_the_last_epoch_is_drawn_where_that_is_asked_for(tmp_path: Path) -> None:
    write_pictures(store(tmp_path, 0, 1, 2), every_epoch=False)
    assert not (tmp_path / "epochs").exists()


def test_vector_pictures_are_the_same_each_time(tmp_path: Path) -> None:
    first, second = (
        write_pictures(store(tmp_path / name, 0), form=Form("svg")) for name in ("one", "two")
    )
    for one, two in zip(first, second, strict=True):
        assert one.path.read_bytes() == two.path.read_bytes()


def test_no_word_of_the_texts_is_shown_where_tokens_are_not_wanted(tmp_path: Path) -> None:
    store(tmp_path, 0)
    for picture in write_pictures(tmp_path, with_tokens=False, form=Form("svg")):
        assert "private" not in picture.path.read_text()
    shown = [picture.path.read_text() for picture in write_pictures(tmp_path, form=Form("svg"))]
    assert any("private" in text for text in shown)


def test_a_heatmap_is_titled_with_what_it_shows(tmp_path: Path) -> None:
    (stored,) = stored_maps(store(tmp_path, 12), [12])
    figure = stored.draw(12, with_tokens=True)
    assert stored.name == "map/train_map=000_layer=01"
    assert figure.axes[0].get_title() == "e7 (train), layer 1, epoch 12"


def test_a_map_of_one_head_is_told_apart_from_the_mean(tmp_path: Path) -> None:
    store(tmp_path, 3)
    described = json.loads((tmp_path / "maps_epoch=003.json").read_text())
    described["maps"].append({**described["maps"][0], "heads": 2})
    (tmp_path / "maps_epoch=003.json").write_text(json.dumps(described))
    names = {picture.name for picture in write_pictures(tmp_path)}
    assert {
        "attention/map/train_map=000_layer=01",
        "attention/map/train_map=000_layer=01_head=02",
    } <= (names)


def test_pictures_have_the_resolution_that_is_asked_for(tmp_path: Path) -> None:
    store(tmp_path, 0)
    widths = []
    for dots_per_inch in (50, 100):
        pictures = write_pictures(tmp_path, form=Form(dots_per_inch=dots_per_inch))
        widths.append([imread(picture.path).shape[1] for picture in pictures])
    assert widths[1] == pytest.approx([2 * width for width in widths[0]], abs=2)


def test_colors_mean_the_same_at_every_epoch(tmp_path: Path) -> None:
    (stored,) = stored_maps(store(tmp_path, 0, 1), [0, 1])
    scales = {stored.draw(e, with_tokens=False).axes[0].images[0].get_clim() for e in (0, 1)}
    assert scales == {(0, max(weights.max() for weights in stored.by_epoch.values()))}


def test_long_runs_have_pictures_of_every_epoch(tmp_path: Path) -> None:
    pictures = write_pictures(store(tmp_path, *range(12)))
    for name in ("attention/map/train_map=000_layer=01", "attention/layer_head"):
        assert [p.epoch for p in pictures if p.name == name] == list(range(12))
    maps = [p.path.read_bytes() for p in pictures if "/map/" in p.name]
    assert len(set(maps)) == 12


def test_the_ratio_is_drawn_where_it_is_known_at_two_epochs(tmp_path: Path) -> None:
    store(tmp_path, 0, 1)
    path = {0: (0.3, 2.0), 1: (0.4, 9.0)}
    names = [picture.name for picture in write_pictures(tmp_path, path_of_run=path)]
    assert "attention/against_ratio" in names
    without = write_pictures(tmp_path, path_of_run={1: path[1]})
    assert "attention/against_ratio" not in [picture.name for picture in without]


def test_a_run_without_attention_has_no_pictures(tmp_path: Path) -> None:
    assert write_pictures(tmp_path) == []
    assert stored_epochs(tmp_path / "missing") == []


@pytest.mark.parametrize("name", ["maps_epoch=000.json", "maps_epoch=000.npz", "manifest.json"])
def test_a_missing_or_broken_file_is_named(tmp_path: Path, name: str) -> None:
    store(tmp_path, 0)
    (tmp_path / name).write_bytes(b"no such thing")
    with pytest.raises(DataError, match=f"{name}: cannot be read as the attention of a run"):
        write_pictures(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(DataError, match=f"{name}: cannot be read as the attention of a run"):
        write_pictures(tmp_path)


def test_pickled_arrays_are_not_loaded(tmp_path: Path) -> None:
    store(tmp_path, 0)
    np.savez(tmp_path / "epoch=000.npz", cross_cad=np.array([{"a": 1}], dtype=object))
    with pytest.raises(DataError, match=r"epoch=000\.npz: cannot be read"):
        write_pictures(tmp_path)
