"""The tables of the report: one head's planted effect is found, and no other."""

import json
from dataclasses import replace

import numpy as np
import pytest

from permille.measure.attention import METRICS
from permille.measure.attention_tables import (
    KINDS,
    MeasuredGenerations,
    layer_head_rows,
    within_task,
)

from .test_length_matching import untied_lengths

NUMBER = 240
PLANTED = ("encoder", 1, 2)


def measured(*, effect: float = 0.0, seed: int = 0) -> MeasuredGenerations:
    """Random attention of 3 kinds, 2 layers and 4 heads, an effect planted in one head's `cad`."""
    rng = np.random.default_rng(seed)
    labels = rng.random(NUMBER) < 0.35
    values = {f"{k}_{m}": rng.normal(size=(NUMBER, 2, 4)) for k in KINDS for m in METRICS}
    kind, layer, head = PLANTED
    values[f"{kind}_cad"][:, layer, head] += effect * labels
    return MeasuredGenerations(
        labels,
        values,
        dict.fromkeys(KINDS, (0, 1)),
        rng.integers(20, 60, NUMBER),
        rng.integers(10, 40, NUMBER),
        {"loss_nats": rng.normal(size=NUMBER) - 0.6 * labels, "zlib_ratio": rng.random(NUMBER)},
    )


def test_every_head_has_a_row() -> None:
    rows = layer_head_rows(measured())
    places = [(row["kind"], row["layer"], row["head"]) for row in rows]
    assert places == [(k, layer, head) for k in KINDS for layer in (0, 1) for head in range(4)]


def test_only_the_planted_head_survives_correction() -> None:
    rows = layer_head_rows(measured(effect=1.0))
    for correction in ("p_holm", "p_bh"):
        found = [(r["kind"], r["layer"], r["head"]) for r in rows if r[correction] < 0.05]
        assert found == [PLANTED]


def test_nothing_is_found_where_nothing_was_planted() -> None:
    smallest = [min(r["p_holm"] for r in layer_head_rows(measured(seed=s))) for s in range(10)]
    assert np.mean(np.array(smallest) < 0.05) <= 0.15


def test_a_head_that_only_follows_length_passes_raw_and_not_free_of_length() -> None:
    labels, source, target = untied_lengths(0, 600)
    noise = np.random.default_rng(0).normal(size=(600, 1, 2)) * 0.1
    values = np.log(source)[:, None, None] + noise
    values[:, 0, 1] += 0.1 * labels
    rows = layer_head_rows(
        MeasuredGenerations(labels, {"cross_cad": values}, {"cross": (0,)}, source, target, {})
    )
    assert all(row["p_holm"] < 1e-6 for row in rows)
    free = [row["length_free"] for row in rows]
    assert free[0]["p_holm"] > 0.05
    assert free[1]["p_holm"] < 1e-6
    assert free[1]["difference"] == pytest.approx(0.1, abs=0.04)
    assert all(one["p"] <= one["p_bh"] <= one["p_holm"] for one in free)


def test_corrected_p_values_are_no_smaller_and_keep_the_order() -> None:
    rows = layer_head_rows(measured(effect=0.6, seed=2))
    for row in rows:
        assert row["p"] <= row["p_bh"] <= row["p_holm"] <= 1
    ordered = sorted(rows, key=lambda row: row["p"])
    assert [row["p_holm"] for row in ordered] == sorted(row["p_holm"] for row in rows)


def test_a_head_without_a_defined_value_has_a_row_without_figures() -> None:
    generations = measured()
    generations.values["cross_cad"][:, 0, 1] = np.nan
    row = layer_head_rows(generations)[1]
    assert (row["kind"], row["layer"], row["head"]) == ("cross", 0, 1)
    assert row["p"] is row["p_holm"] is row["auc"] is row["length_free"]["p_holm"] is None


def test_layers_keep_their_numbers_where_only_the_last_was_measured() -> None:
    whole = measured()
    last = MeasuredGenerations(
        whole.is_memorized_N,
        {"cross_cad": whole.values["cross_cad"][:, 1:]},
        {"cross": (5,)},
        whole.source_tokens_N,
        whole.target_tokens_N,
        whole.cheap,
    )
    assert {(row["kind"], row["layer"]) for row in layer_head_rows(last)} == {("cross", 5)}


def test_within_task_compares_every_metric_and_is_json() -> None:
    generations = measured()
    table = within_task(generations, untrained=measured(seed=9).values)
    assert set(table["metrics"]) == set(METRICS)
    for both in table["metrics"].values():
        assert set(both) == {"raw", "matched"}
    untrained = {"untrained_model", "untrained_model_raw", "untrained_model_gain"}
    assert set(table["nulls"]) == {"labels_permuted", *untrained}
    low, high = table["nulls"]["untrained_model_gain"]["ci95"]
    assert low < 0 < high
    effects = [one for both in table["metrics"].values() for one in both.values()]
    for effect in effects:
        assert effect["p"] <= effect["p_bh"] <= effect["p_holm"] <= 1
    smallest = min(effect["p"] for effect in effects)
    assert min(e["p_holm"] for e in effects) == pytest.approx(min(1, 12 * smallest))
    permuted = table["nulls"]["labels_permuted"]
    assert permuted["permutations"] == 200
    assert permuted["share_below_0.05"] < 0.1
    assert table["gain"]["cheap_predictors"] == [
        "loss_nats",
        "zlib_ratio",
        "source_tokens",
        "target_tokens",
    ]
    assert table["gain"]["attention_predictors"] == ["cad"]
    assert json.loads(json.dumps(table, allow_nan=False))


def test_what_is_only_length_is_no_matched_effect_however_many_there_are() -> None:
    labels, source, target = untied_lengths(0)
    values = np.log(source) + np.random.default_rng(0).normal(size=len(source)) * 0.07
    only = {f"cross_{metric}": values[:, None, None] for metric in METRICS}
    generations = MeasuredGenerations(
        labels, only, {"cross": (0,)}, source, target, {"zlib_ratio": np.full(1500, np.nan)}
    )
    table = within_task(generations, untrained=only)
    matched = table["metrics"]["cad"]["matched"]
    assert table["metrics"]["cad"]["raw"]["p"] < 1e-6
    assert matched["p"] > 0.05
    # an untrained model differs in length alone, which its raw effect must show
    assert table["nulls"]["untrained_model_raw"]["p"] < 1e-6
    assert table["nulls"]["untrained_model"] == {
        name: value for name, value in matched.items() if name not in {"p_holm", "p_bh"}
    }
    assert table["matching"]["pairs"] == matched["num_memorized"]
    assert 0 < table["matching"]["mean_gap_sd"]["source_tokens"] < 0.25


def test_nulls_show_no_effect_where_the_measure_shows_one() -> None:
    generations = measured()
    generations.values["cross_cad"][:, 1] += 1.0 * generations.is_memorized_N[:, None]
    table = within_task(generations, untrained=measured(seed=11).values)
    cad = table["metrics"]["cad"]
    assert cad["raw"]["p"] < 0.01
    assert cad["matched"]["p"] < 0.01
    for name in ("labels_permuted", "untrained_model", "untrained_model_raw"):
        null = table["nulls"][name]
        assert null["auc_ci95"][0] < 0.5 < null["auc_ci95"][1]


def test_without_enough_memorized_generations_there_are_reasons() -> None:
    whole = measured()
    none = MeasuredGenerations(
        np.zeros(NUMBER, dtype=bool),
        whole.values,
        whole.layers,
        whole.source_tokens_N,
        whole.target_tokens_N,
        whole.cheap,
    )
    table = within_task(none)
    assert table["metrics"]["cad"]["raw"]["reason"].startswith("want 5 examples with a mem")
    assert table["gain"]["reason"].startswith("want 10 examples with a me")
    assert layer_head_rows(none) == []


def test_generations_of_one_example_are_one_in_every_table() -> None:
    once = measured(effect=0.35, seed=3)
    thrice = replace(
        once,
        is_memorized_N=np.repeat(once.is_memorized_N, 3),
        values={name: np.repeat(array, 3, axis=0) for name, array in once.values.items()},
        source_tokens_N=np.repeat(once.source_tokens_N, 3),
        target_tokens_N=np.repeat(once.target_tokens_N, 3),
        cheap={name: np.repeat(array, 3) for name, array in once.cheap.items()},
        examples_N=np.repeat(np.arange(NUMBER), 3),
    )
    for one, other in zip(layer_head_rows(once), layer_head_rows(thrice), strict=True):
        assert one["p"] == pytest.approx(other["p"], rel=0.05)
    raw = [within_task(one)["metrics"]["cad"]["raw"]["p"] for one in (once, thrice)]
    assert raw[0] == pytest.approx(raw[1], rel=0.05)


def test_arrays_of_other_generations_are_refused() -> None:
    whole = measured()
    with pytest.raises(ValueError, match="want cross_cad of 240 generations, got 3"):
        MeasuredGenerations(
            whole.is_memorized_N,
            {"cross_cad": np.zeros((3, 1, 1))},
            {"cross": (0,)},
            whole.source_tokens_N,
            whole.target_tokens_N,
            whole.cheap,
        )
