"""The attention of generations, beside which of them are memorized."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from permille.core.records import Arm
from permille.run.folder import RunFolder
from permille.run.generation_attention import (
    describe_attention,
    memorized_ids,
    score_targets,
)
from permille.run.loading import Loaded
from permille.run.progress import Stages
from permille.run.prompting import make_all_prompts, write_generations_of

from .conftest import train_settings


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    lines = [
        {"generation_id": "a", "headline": True},
        {"generation_id": "a", "headline": False},
        {"generation_id": "b", "headline": False},
    ]
    found = RunFolder(tmp_path)
    found.cases.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return found


def test_memorized_is_what_has_a_case_that_counts(folder: RunFolder) -> None:
    assert memorized_ids(folder) == {"a"}
    folder.cases.write_text("")
    assert memorized_ids(folder) == set()


def test_nothing_is_forced_through_unless_all_attention_is_asked_for(
    loaded: Loaded, folder: RunFolder
) -> None:
    assert set(describe_attention(loaded, [], folder)) == {"token_score"}
    assert not folder.attention.exists()


def test_every_layer_is_compared_and_the_arrays_are_kept(loaded: Loaded, folder: RunFolder) -> None:
    full = replace(loaded, settings=train_settings("attention=full"))
    train, _ = make_all_prompts(full.settings, full.splits, full.tuned)
    written = [
        replace(one, text=f"An answer of some words, number {number}")
        for number, one in enumerate(
            write_generations_of(full.settings, full.tuned, train.asked, Arm.TUNED, Stages())
        )
    ]
    found = describe_attention(full, written, folder)
    assert set(found) == {"token_score", "within_task", "layers"}
    assert (folder.attention / "generations.npz").is_file()
    assert set(describe_attention(full, [], folder)) == {"token_score"}


def test_an_untrained_model_predicts_training_targets_no_better_than_others(loaded: Loaded) -> None:
    found = score_targets(loaded)
    assert found["num_train"] == len(loaded.splits.train)
    assert abs(found["difference"]) < 0.02
    assert found["difference"] == pytest.approx(found["train"] - found["heldout"])


def test_nothing_is_said_of_attention_that_is_off(loaded: Loaded, tmp_path: Path) -> None:
    silent = replace(loaded, settings=train_settings("attention=off"))
    assert describe_attention(silent, [], RunFolder(tmp_path)) == {}
