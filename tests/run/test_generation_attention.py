"""The attention of generations, beside which of them are memorized."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    LEDConfig,
    LEDForConditionalGeneration,
)

from permille.audit.files import write_documents
from permille.audit.spread import text_groups
from permille.core.records import Arm, Document, Generation, Split
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

SHARED = (
    "the same context of some thirty words, which stands in front of more than one question of "
    "this task, as the articles of a reader do, and so ties together what is asked about it."
)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    lines = [
        {"generation_id": "a", "headline": True},
        {"generation_id": "a", "headline": False},
        {"generation_id": "b", "headline": False},
    ]
    found = RunFolder(tmp_path)
    found.cases.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    write_documents(found.documents, [Document("t", "A text.")])
    return found


def test_examples_that_share_a_text_are_of_one_group_within_their_split() -> None:
    texts = {"a": SHARED, "b": f"{SHARED} And", "c": "yes", "d": "yes", "e": "Quite another text."}
    written = [Document(f"{name}-t", text, name) for name, text in texts.items()]
    written += [Document("h-t", SHARED, "h", split=Split.HELDOUT)]
    assert text_groups(written, 10) == {"a": "a", "b": "a", "e": "e", "h": "h"}


def test_examples_that_share_text_are_compared_as_one(
    loaded: Loaded, folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    sides = {Split.TRAIN: loaded.splits.train, Split.HELDOUT: loaded.splits.heldout}
    write_documents(
        folder.documents,
        [
            Document(
                f"{example.id}-t", f"All {split} examples hold {SHARED}", example.id, split=split
            )
            for split, own in sides.items()
            for example in own
        ],
    )
    handed: list[dict[str, str]] = []
    module = "permille.run.generation_attention"
    monkeypatch.setattr(
        f"{module}.describe_generations", lambda *_, group_of, **__: handed.append(group_of) or {}
    )
    described = describe_attention(loaded, written_by(loaded), folder)
    assert len({handed[0][one.id] for one in loaded.splits.train}) == 1
    assert np.ptp(described["token_score"]["ci95"]) > np.ptp(score_targets(loaded)["ci95"])


def test_memorized_is_what_has_a_case_that_counts(folder: RunFolder) -> None:
    assert memorized_ids(folder) == {"a"}
    folder.cases.write_text("")
    assert memorized_ids(folder) == set()


def written_by(loaded: Loaded) -> list[Generation]:
    train, _ = make_all_prompts(loaded.settings, loaded.splits, loaded.tuned)
    return [
        replace(one, text=f"An answer of some words, number {number}")
        for number, one in enumerate(
            write_generations_of(loaded.settings, loaded.tuned, train.asked, Arm.TUNED, Stages())
        )
    ]


def test_the_last_block_of_each_generation_is_compared_by_default(
    loaded: Loaded, folder: RunFolder
) -> None:
    found = describe_attention(loaded, written_by(loaded), folder)
    assert set(found) == {"token_score", "within_task", "layers"}
    with np.load(folder.attention / "generations.npz", allow_pickle=False) as stored:
        assert stored["cross_cad"].shape == (12, 1, 2)
        assert "encoder_cad" not in stored


def test_a_model_whose_attention_cannot_be_seen_keeps_its_audit_and_says_why(
    loaded: Loaded, folder: RunFolder, caplog: pytest.LogCaptureFixture
) -> None:
    written = written_by(loaded)
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    sizes = {"d_model": 8, "encoder_layers": 1, "decoder_layers": 1, "vocab_size": 300}
    model = LEDForConditionalGeneration(LEDConfig(attention_window=4, **sizes, **heads)).eval()
    found = describe_attention(replace(loaded, model=model), written, folder)
    for name in ("within_task", "layers"):
        assert "keeps its attention to itself" in found[name]["missing"]
    assert found["token_score"]["num_train"] == 12
    assert "keeps its attention to itself" in caplog.text


def test_examples_beyond_the_models_positions_are_named_instead_of_scored(
    loaded: Loaded, folder: RunFolder
) -> None:
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    sizes = {"d_model": 8, "encoder_layers": 1, "decoder_layers": 1, "vocab_size": 300}
    config = BartConfig(max_position_embeddings=4, **sizes, **heads)
    short = replace(loaded, model=BartForConditionalGeneration(config))
    found = describe_attention(short, [], folder)
    assert "want at most the model's 4 positions" in found["token_score"]["missing"]


def test_every_layer_is_compared_and_the_arrays_are_kept(loaded: Loaded, folder: RunFolder) -> None:
    full = replace(loaded, settings=train_settings("attention=full"))
    written = written_by(full)
    found = describe_attention(full, written, folder)
    assert set(found) == {"token_score", "within_task", "layers"}
    with np.load(folder.attention / "generations.npz", allow_pickle=False) as stored:
        assert stored["encoder_cad"].shape == (12, 1, 2)


def test_without_any_text_the_comparison_is_missing_with_a_reason(
    loaded: Loaded, folder: RunFolder
) -> None:
    silent = [replace(one, text=" ") for one in written_by(loaded)]
    found = describe_attention(loaded, silent, folder)
    assert found["within_task"] == found["layers"] == {"missing": "no generation has text"}


def test_an_untrained_model_predicts_training_targets_no_better_than_others(loaded: Loaded) -> None:
    found = score_targets(loaded)
    assert found["num_train"] == len(loaded.splits.train)
    assert abs(found["difference"]) < 0.02
    assert found["difference"] == pytest.approx(found["train"] - found["heldout"])


def test_nothing_is_said_of_attention_that_is_off(loaded: Loaded, tmp_path: Path) -> None:
    silent = replace(loaded, settings=train_settings("attention=off"))
    assert describe_attention(silent, [], RunFolder(tmp_path)) == {}
