"""Files of a run's attention: arrays without pickle, beside them JSON that says what they hold."""

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from permille.measure.attention import METRICS, length_residuals
from permille.model.capture_measure import AttentionMap, AttentionMeasures
from permille.model.capture_sites import AttentionKind

SCHEMA_VERSION = 1
AXES = ("example", "layer", "head")
Arrays = Mapping[str, NDArray[np.generic]]
TokenNames = Callable[[list[int]], list[str]]
"""Turns token ids into what is printed beside a heatmap, as a tokenizer's method does."""


def write_epoch(
    folder: Path, epoch: int, measures: AttentionMeasures, token_names: TokenNames
) -> None:
    """Write `epoch=NNN.npz`, `maps_epoch=NNN.npz`, `maps_epoch=NNN.json` and `manifest.json`.

    Args:
        folder: The run's folder `attention`; made where it is missing.
        epoch: The epoch as it is logged, counted from 0.
        measures: What was measured on the probes.
        token_names: Names the tokens of the maps.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"epoch={epoch:03d}"
    _write_arrays(folder / f"{stem}.npz", arrays_of(measures))
    maps = {f"map={index:03d}": found.weights for index, found in enumerate(measures.maps)}
    _write_arrays(folder / f"maps_{stem}.npz", maps)
    rows = [
        _map_row(key, found, token_names) for key, found in zip(maps, measures.maps, strict=True)
    ]
    described = {"schema_version": SCHEMA_VERSION, "epoch": epoch, "maps": rows}
    _write_json(folder / f"maps_{stem}.json", described)
    _write_json(folder / "manifest.json", manifest_of(measures))


def write_generations(folder: Path, measures: AttentionMeasures) -> None:
    """Write `generations.npz` and `generations.json`: the audit's generations, forced through."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_arrays(folder / "generations.npz", arrays_of(measures))
    _write_json(folder / "generations.json", manifest_of(measures))


def arrays_of(measures: AttentionMeasures) -> dict[str, NDArray[np.generic]]:
    """Return every array to store: measures, their residuals on length, scores, lengths.

    `<kind>_<metric>` and `<kind>_<metric>_residual` have shape (example, layer, head), the others
    (example,).
    """
    probes = measures.probes
    source_tokens = np.array([len(probe.source_ids) for probe in probes])
    target_tokens = np.array([len(probe.target_ids) for probe in probes])
    residuals = {}
    for name, array in measures.values.items():
        is_decoder = name.startswith(f"{AttentionKind.DECODER}_")
        positions = target_tokens if is_decoder else source_tokens
        residuals[f"{name}_residual"] = length_residuals(array, positions, target_tokens)
    lengths = {"source_tokens": source_tokens, "target_tokens": target_tokens}
    return {**measures.values, **residuals, **measures.scores, **lengths}


def manifest_of(measures: AttentionMeasures) -> dict[str, object]:
    """Say which examples, measures and layers the arrays hold."""
    return {
        "schema_version": SCHEMA_VERSION,
        "example_ids": [probe.id for probe in measures.probes],
        "splits": [str(probe.split) for probe in measures.probes],
        "metrics": list(METRICS),
        "residuals": [f"{metric}_residual" for metric in METRICS],
        "scores": sorted(measures.scores),
        "axes": list(AXES),
        "layers": {str(kind): list(layers) for kind, layers in measures.layers.items()},
    }


def _map_row(key: str, found: AttentionMap, token_names: TokenNames) -> dict[str, object]:
    return {
        "key": key,
        "example_id": found.probe.id,
        "split": str(found.probe.split),
        "kind": "cross",
        "layer": found.layer,
        "heads": "mean" if found.head is None else found.head,
        "source_tokens": token_names(list(found.probe.source_ids)),
        "target_tokens": token_names(list(found.probe.target_ids)),
    }


def _write_arrays(path: Path, arrays: Arrays) -> None:
    """Write under another name first, so that no half file is ever taken for a whole one."""
    unfinished = path.with_suffix(".npz.part")
    with zipfile.ZipFile(unfinished, "w") as archive:
        for name, array in arrays.items():
            # a ZipInfo without a date, so that equal arrays give equal files
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w") as member:
                np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
    unfinished.replace(path)


def _write_json(path: Path, value: Mapping[str, object]) -> None:
    unfinished = path.with_suffix(".json.part")
    unfinished.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    unfinished.replace(path)
