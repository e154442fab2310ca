"""Models that were trained before: of a run, or a checkpoint."""

import json
import logging
from pathlib import Path

import pytest
import torch

from permille.core.errors import SettingsError
from permille.model.checkpoints import export
from permille.run.folder import write_json
from permille.run.loading import Loaded, hash_weights
from permille.run.stored_model import load_stored

from .conftest import evaluate_settings


@pytest.fixture
def run_folder(loaded: Loaded, tmp_path: Path) -> Path:
    """A folder with the model of a run, whose best epoch is not its last one."""
    checkpoints = tmp_path / "run" / "checkpoints"
    export(loaded.model, loaded.tokenizer, checkpoints / "model")
    state = {f"model.{name}": value for name, value in loaded.model.state_dict().items()}
    torch.save({"state_dict": state}, checkpoints / "last.ckpt")
    other = {name: value + 1 for name, value in state.items()}
    torch.save({"state_dict": other}, checkpoints / "best.ckpt")
    (tmp_path / "run" / "overrides.yaml").write_text("[]\n")
    return tmp_path / "run"


def test_the_weights_of_a_run_are_those_that_the_settings_name(
    loaded: Loaded, run_folder: Path
) -> None:
    last = load_stored(evaluate_settings(f"run={run_folder}"))
    best = load_stored(evaluate_settings(f"run={run_folder}", "audit.weights=best"))
    assert hash_weights(last.model) == hash_weights(loaded.model) != hash_weights(best.model)
    assert last.splits == loaded.splits


def test_a_checkpoint_has_no_model_before_it(run_folder: Path, loaded: Loaded) -> None:
    found = load_stored(evaluate_settings(f"checkpoint={run_folder / 'checkpoints' / 'model'}"))
    assert hash_weights(found.model) == hash_weights(loaded.model)
    assert found.load_base is None


def test_a_run_without_a_model_is_to_be_gone_on_with(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"go on with it: python train\.py resume="):
        load_stored(evaluate_settings(f"run={tmp_path}"))


def test_other_data_of_one_file_can_be_asked_for_without_what_the_run_was_trained_on(
    loaded: Loaded, run_folder: Path, tmp_path: Path
) -> None:
    lines = [
        {"id": str(i), "input": f"Question {i} of {i * i} things?", "target": f"Answer {i}, {-i}."}
        for i in range(60)
    ]
    (tmp_path / "dialogue.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in lines))
    data = ["data=files", f"data.dir={tmp_path}", "data.num_train=20", "data.num_heldout=4"]
    (run_folder / "overrides.yaml").write_text(json.dumps(data))
    own, other, unseen = (
        {one.id for one in load_stored(evaluate_settings(f"run={run_folder}", *more)).splits.train}
        for more in ([*data], [*data, "seed=1"], [*data, "seed=1", "unseen=true"])
    )
    assert own & other
    assert not own & unseen
    assert len(unseen) == 20


def test_other_examples_than_those_of_the_run_are_warned_of(
    run_folder: Path, loaded: Loaded, caplog: pytest.LogCaptureFixture
) -> None:
    write_json(run_folder / "report.json", {"provenance": loaded.fingerprints()})
    with caplog.at_level(logging.WARNING):
        load_stored(evaluate_settings(f"run={run_folder}"))
        assert caplog.messages == []
        load_stored(evaluate_settings(f"run={run_folder}", "seed=1"))
    assert len(caplog.messages) == 2
    assert "the train examples are others than those of the run" in caplog.messages[0]
