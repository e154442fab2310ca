"""Stored arrays: loaded without pickle, described by a manifest, never half written."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from permille.callbacks.attention_store import (
    arrays_of,
    manifest_of,
    write_epoch,
    write_generations,
)
from permille.core.records import Split
from permille.measure.attention import METRICS, length_residuals
from permille.model.capture_measure import AttentionMap, AttentionMeasures
from permille.model.capture_probe import ProbeExample
from permille.model.capture_sites import AttentionKind

HEADS = (None, 2)


def measures(*, with_maps: bool = True) -> AttentionMeasures:
    rng = np.random.default_rng(0)
    probes = tuple(
        ProbeExample(
            f"é{i}", Split.TRAIN if i < 3 else Split.HELDOUT, (1,) * (i + 2), (2,) * (6 - i)
        )
        for i in range(5)
    )
    values = {f"cross_{metric}": rng.random((5, 1, 3)) for metric in METRICS}
    maps = tuple(
        AttentionMap(probes[1], 4, head, rng.random((5, 3)).astype(np.float32)) for head in HEADS
    )
    return AttentionMeasures(
        probes,
        {AttentionKind.CROSS: (4,)},
        values,
        {"loss_nats": rng.random(5)},
        maps if with_maps else (),
    )


def names(ids: list[int]) -> list[str]:
    return [f"«{token}»" for token in ids]


def loaded(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def test_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    given = measures()
    write_epoch(tmp_path, 7, given, names)
    arrays = loaded(tmp_path / "epoch=007.npz")
    assert arrays.keys() == arrays_of(given).keys()
    for name, array in given.values.items():
        np.testing.assert_array_equal(arrays[name], array)
    assert arrays["source_tokens"].tolist() == [2, 3, 4, 5, 6]
    assert arrays["target_tokens"].tolist() == [6, 5, 4, 3, 2]
    np.testing.assert_array_equal(arrays["loss_nats"], given.scores["loss_nats"])


def test_residuals_are_stored_beside_the_measures() -> None:
    given = measures()
    arrays = arrays_of(given)
    lengths = (arrays["source_tokens"], arrays["target_tokens"])
    wanted = length_residuals(given.values["cross_kl_uniform"], *lengths)
    np.testing.assert_array_equal(arrays["cross_kl_uniform_residual"], wanted)


def test_residuals_of_decoder_self_attention_are_on_the_steps_it_attends_to() -> None:
    given = measures()
    values = {f"decoder_{metric}": given.values[f"cross_{metric}"] for metric in METRICS}
    arrays = arrays_of(replace(given, values={**given.values, **values}))
    wanted = length_residuals(values["decoder_cad"], *[arrays["target_tokens"]] * 2)
    np.testing.assert_array_equal(arrays["decoder_cad_residual"], wanted)
    assert np.abs(wanted - arrays["cross_cad_residual"]).max() > 1e-3


def test_the_manifest_names_examples_layers_and_axes(tmp_path: Path) -> None:
    write_epoch(tmp_path, 0, measures(), names)
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest == manifest_of(measures())
    assert manifest["schema_version"] == 1
    assert manifest["example_ids"] == ["é0", "é1", "é2", "é3", "é4"]
    assert manifest["splits"] == ["train"] * 3 + ["heldout"] * 2
    assert manifest["axes"] == ["example", "layer", "head"]
    assert manifest["layers"] == {"cross": [4]}
    assert manifest["metrics"] == list(METRICS)


def test_maps_are_described_by_their_keys(tmp_path: Path) -> None:
    given = measures()
    write_epoch(tmp_path, 12, given, names)
    described = json.loads((tmp_path / "maps_epoch=012.json").read_text(encoding="utf-8"))
    row, of_a_head = described["maps"]
    assert of_a_head["heads"] == 2
    assert described["epoch"] == 12
    assert (row["example_id"], row["layer"], row["kind"], row["heads"]) == (
        "é1",
        4,
        "cross",
        "mean",
    )
    assert row["source_tokens"] == ["«1»"] * 3
    assert row["target_tokens"] == ["«2»"] * 5
    stored = loaded(tmp_path / "maps_epoch=012.npz")
    np.testing.assert_array_equal(stored[row["key"]], given.maps[0].weights)


def test_without_maps_the_files_are_there_and_empty(tmp_path: Path) -> None:
    write_epoch(tmp_path, 0, measures(with_maps=False), names)
    assert loaded(tmp_path / "maps_epoch=000.npz") == {}
    assert json.loads((tmp_path / "maps_epoch=000.json").read_text())["maps"] == []


def test_equal_measures_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_epoch(tmp_path / name, 0, measures(), names)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_an_epoch_written_again_replaces_the_first(tmp_path: Path) -> None:
    write_epoch(tmp_path, 0, measures(with_maps=False), names)
    write_epoch(tmp_path, 0, measures(), names)
    assert len(loaded(tmp_path / "maps_epoch=000.npz")) == len(HEADS)
    assert not list(tmp_path.glob("*.part"))


def test_an_interrupted_write_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_epoch(tmp_path, 0, measures(), names)
    before = (tmp_path / "epoch=000.npz").read_bytes()

    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array", full_disk)
    with pytest.raises(OSError, match="No space left on device"):
        write_epoch(tmp_path, 0, measures(), names)
    assert (tmp_path / "epoch=000.npz").read_bytes() == before


def test_generations_have_a_file_and_a_manifest_of_their_own(tmp_path: Path) -> None:
    write_generations(tmp_path / "attention", measures())
    stored = sorted(path.name for path in (tmp_path / "attention").iterdir())
    assert stored == ["generations.json", "generations.npz"]
