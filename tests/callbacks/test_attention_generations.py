"""The attention of generations, and what it says of the memorized ones."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import T5Config, T5ForConditionalGeneration

from permille.callbacks.attention_generations import (
    describe_generations,
    measure_generations,
    untrained_like,
)
from permille.callbacks.config import AttentionConfig, AttentionScope
from permille.core.records import Arm, Generation, Split
from permille.measure.attention import METRICS

from ..letters import END, Letters


def model() -> T5ForConditionalGeneration:
    torch.manual_seed(0)
    sizes = {"d_model": 16, "d_kv": 4, "d_ff": 32, "num_layers": 2, "num_heads": 2}
    return T5ForConditionalGeneration(T5Config(vocab_size=50, decoder_start_token_id=0, **sizes))


def generations(number: int = 60) -> list[Generation]:
    rng = np.random.default_rng(0)

    def text() -> str:
        return "".join(rng.choice(list("abcdefgh "), rng.integers(8, 30)))

    return [
        Generation(f"g{i}", text() + ".", ("qa", "dialogue")[i % 2], f"e{i}", prompt=text() + "?")
        for i in range(number)
    ]


FULL = AttentionConfig(name=AttentionScope.full)


def test_each_generation_of_a_training_prompt_has_its_dispersion(tmp_path: Path) -> None:
    given = generations(4)
    others = [
        Generation("h", "text", split=Split.HELDOUT, prompt="p"),
        Generation("b", "text", model=Arm.BASE, prompt="p"),
        Generation("n", "text"),
        Generation("w", "  ", prompt="p"),
    ]
    found = measure_generations(model(), Letters(), [*given, *others], FULL, folder=tmp_path)
    assert found is not None
    assert [probe.id for probe in found.probes] == ["g0", "g1", "g2", "g3"]
    assert found.values["decoder_cad"].shape == (4, 2, 2)
    with np.load(tmp_path / "generations.npz", allow_pickle=False) as stored:
        np.testing.assert_array_equal(stored["cross_cad"], found.values["cross_cad"])
    manifest = json.loads((tmp_path / "generations.json").read_text())
    assert manifest["example_ids"] == ["g0", "g1", "g2", "g3"]


def test_texts_are_cut_where_the_model_cut_them() -> None:
    given = [replace(generation, is_cut=True) for generation in generations(3)]
    found = measure_generations(
        model(), Letters(), given, FULL, max_source_tokens=5, max_target_tokens=4
    )
    assert found is not None
    lengths = [(len(probe.source_ids), len(probe.target_ids)) for probe in found.probes]
    assert lengths == [(5, 4)] * 3


def test_a_text_that_the_model_did_not_end_is_forced_through_whole_and_without_an_end() -> None:
    given = [
        Generation("ended", "abc", prompt="p"),
        Generation("cut", "abcd", prompt="p", is_cut=True),
    ]
    found = measure_generations(model(), Letters(), given, FULL, max_target_tokens=4)
    assert found is not None
    ended, cut = (probe.target_ids for probe in found.probes)
    assert (len(ended), ended[-1]) == (4, END)
    assert len(cut) == 4
    assert END not in cut


@pytest.mark.parametrize(
    ("config", "number"), [(FULL, 0), (AttentionConfig(name=AttentionScope.off), 3)]
)
def test_where_there_is_nothing_to_measure_there_is_nothing(
    config: AttentionConfig, number: int
) -> None:
    assert measure_generations(model(), Letters(), generations(number), config) is None


def test_an_untrained_model_has_the_shape_and_none_of_the_weights() -> None:
    trained = model().to(torch.bfloat16)
    state = torch.random.get_rng_state()
    untrained = untrained_like(trained, seed=3)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert untrained.dtype == torch.bfloat16
    for (name, one), (_, other) in zip(
        trained.named_parameters(), untrained.named_parameters(), strict=True
    ):
        assert one.shape == other.shape
        assert "layer_norm" in name or not torch.equal(one, other)
    again = untrained_like(trained, seed=3)
    assert torch.equal(again.shared.weight, untrained.shared.weight)


def test_tasks_are_described_apart_with_every_head_in_a_row() -> None:
    given = generations()
    measured = measure_generations(model(), Letters(), given, FULL)
    empty = measure_generations(untrained_like(model(), seed=1), Letters(), given, FULL)
    assert measured is not None
    memorized = {generation.id for generation in given[:24]}
    told = describe_generations(measured, given, memorized, untrained=empty)
    assert set(told["within_task"]) == set(told["layers"]) == {"qa", "dialogue"}
    for task in ("qa", "dialogue"):
        table = told["within_task"][task]
        assert set(table["metrics"]) == set(METRICS)
        assert table["metrics"]["cad"]["raw"]["num_memorized"] == 12
        assert table["metrics"]["cad"]["raw"]["num_others"] == 18
        assert table["gain"]["cheap_predictors"][:2] == ["loss_nats", "zlib_ratio"]
        assert "untrained_model" in table["nulls"]
        assert len(told["layers"][task]) == 3 * 2 * 2
    assert set(json.loads(json.dumps(told, allow_nan=False))) == {"within_task", "layers"}


NUM_SEEDS = 12


@pytest.mark.slow
def test_untrained_models_show_no_effect_whatever_their_seed() -> None:
    rng = np.random.default_rng(0)
    given = [g for g in generations(240) if g.task == "qa"]
    found: dict[str, list[dict[str, float]]] = {"random": [], "longer": []}
    for seed in range(NUM_SEEDS):
        measured = measure_generations(untrained_like(model(), seed=seed), Letters(), given, FULL)
        assert measured is not None
        marks = {
            "random": rng.permutation(len(given)) < 40,
            # memorized ones that differ in length, and in nothing else
            "longer": np.array([len(g.text) for g in given]) + rng.normal(size=120) * 9 > 23,
        }
        for name, is_memorized in marks.items():
            memorized = {g.id for g, mark in zip(given, is_memorized, strict=True) if mark}
            told = describe_generations(measured, given, memorized, seed=seed)
            found[name].append(told["within_task"]["qa"])
    for name, tables in found.items():
        effects = [table["metrics"]["cad"]["matched"] for table in tables]
        effects += [table["nulls"]["labels_permuted"] for table in tables]
        if name == "random":
            effects += [table["metrics"]["cad"]["raw"] for table in tables]
            assert np.mean([table["gain"]["gain"] for table in tables]) < 0.02
        assert np.mean([effect["p"] < 0.05 for effect in effects]) <= 0.15
        assert np.mean([effect["auc"] for effect in effects]) == pytest.approx(0.5, abs=0.03)
        held = [effect["auc_ci95"][0] <= 0.5 <= effect["auc_ci95"][1] for effect in effects]
        assert np.mean(held) >= 0.85


@pytest.mark.slow
def test_an_effect_of_known_size_is_found_in_the_attention_of_any_model() -> None:
    rng = np.random.default_rng(1)
    given = [g for g in generations(240) if g.task == "qa"]
    effects = []
    for seed in range(NUM_SEEDS):
        measured = measure_generations(untrained_like(model(), seed=seed), Letters(), given, FULL)
        assert measured is not None
        ranks = measured.values["cross_cad"][:, -1].mean(axis=1).argsort().argsort()
        # memorized with a chance of the rank itself, which makes the AUC 5 / 6
        marks = rng.random(120) < (ranks + 0.5) / 120
        memorized = {probe.id for probe, mark in zip(measured.probes, marks, strict=True) if mark}
        table = describe_generations(measured, given, memorized, seed=seed)["within_task"]["qa"]
        effects.append(table["metrics"]["cad"]["raw"])
        assert table["metrics"]["cad"]["raw"]["p_holm"] < 1e-4
        assert table["metrics"]["cad"]["matched"]["p"] < 0.05
        assert table["gain"]["ci95"][0] > 0
    held = [effect["auc_ci95"][0] < 5 / 6 < effect["auc_ci95"][1] for effect in effects]
    assert np.mean(held) >= 0.85
    assert np.mean([effect["auc"] for effect in effects]) == pytest.approx(5 / 6, abs=0.03)


def test_an_effect_planted_in_the_attention_is_told() -> None:
    given = [g for g in generations() if g.task == "qa"]
    measured = measure_generations(model(), Letters(), given, FULL)
    assert measured is not None
    ranks = measured.values["cross_cad"][:, -1].mean(axis=1).argsort()
    memorized = {measured.probes[row].id for row in ranks[15:]}
    told = describe_generations(measured, given, memorized)
    assert told["within_task"]["qa"]["metrics"]["cad"]["raw"]["auc"] == 1
    assert told["within_task"]["qa"]["metrics"]["cad"]["raw"]["p"] < 0.01


def test_generations_of_no_task_are_described_as_texts() -> None:
    given = [Generation(f"g{i}", "some text", prompt="a prompt") for i in range(12)]
    measured = measure_generations(model(), Letters(), given, FULL)
    assert measured is not None
    told = describe_generations(measured, given, {"g0"})
    reason = told["within_task"]["texts"]["metrics"]["cad"]["raw"]["reason"]
    assert reason == ("want 5 examples with a memorized and with another generation, got 1 and 11")
    assert "too few" in told["layers"]["texts"]["missing"]


def test_generations_too_short_to_be_measured_are_not_called_unmemorized() -> None:
    given = generations()
    measured = measure_generations(model(), Letters(), given, FULL)
    assert measured is not None
    num_long = sum(len(g.text) >= 20 for g in given if g.task == "qa")
    memorized = {g.id for g in given if len(g.text) >= 20}
    told = describe_generations(measured, given, memorized, least_chars=20)
    raw = told["within_task"]["qa"]["metrics"]["cad"]["raw"]
    assert (raw["num_memorized"], raw["num_others"]) == (num_long, 0)
    none = describe_generations(measured, given, set(), least_chars=99)
    assert none["within_task"]["qa"] == {"missing": "no measurable generation"}
    assert none["layers"]["qa"] == {"missing": "no measurable generation"}


def test_examples_that_share_text_count_as_one() -> None:
    given = [g for g in generations(120) if g.task == "qa"]
    measured = measure_generations(model(), Letters(), given, FULL)
    assert measured is not None
    group_of = {f"e{i}": f"group {i // 8}" for i in range(100)}
    memorized = {g.id for i, g in enumerate(given) if i % 8 < 4}
    told = describe_generations(measured, given, memorized, group_of=group_of)
    named = [replace(g, example_id=group_of.get(g.example_id, g.example_id)) for g in given]
    assert told == describe_generations(measured, named, memorized)
    assert told != describe_generations(measured, given, memorized)
