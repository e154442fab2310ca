"""Training, with all that is called while a model trains."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from permille.callbacks.attention import AttentionCallback
from permille.callbacks.memorization import MemorizationCallback
from permille.core.errors import SettingsError
from permille.run.fitting import callbacks_of, check_batches, fit
from permille.run.folder import RunFolder
from permille.run.loading import Loaded, load
from permille.run.progress import Stages
from permille.run.training_progress import TrainingProgress
from permille.track.files import FilesTracker
from permille.track.lightning import TrackEpochs

from .conftest import train_settings


def test_more_processes_than_batches_are_refused(loaded: Loaded) -> None:
    settings = train_settings("trainer=ddp", "model.batch_size=12")
    with pytest.raises(SettingsError, match=r"model.batch_size: want a batch for each of .*=6 or"):
        check_batches(settings, loaded.splits)
    check_batches(
        train_settings("trainer=ddp", "model.batch_size=6", "model.eval_batch_size=4"),
        loaded.splits,
    )


def test_callbacks_are_those_that_the_settings_ask_for(loaded: Loaded, tmp_path: Path) -> None:
    tracker = FilesTracker(tmp_path / "metrics.jsonl", 0)
    tracking = [TrackEpochs, TrainingProgress]
    wanted = {
        (): [AttentionCallback, *tracking],
        ("attention=off",): tracking,
        ("attention=off", "audit.every_n_epochs=2"): [MemorizationCallback, *tracking],
    }
    for overrides, kinds in wanted.items():
        changed = replace(loaded, settings=train_settings(*overrides))
        found = callbacks_of(changed, RunFolder(tmp_path), tracker, Stages())
        assert [type(one) for one in found] == kinds
    assert callbacks_of(loaded, RunFolder(tmp_path), None, Stages())[1:] == []


@pytest.mark.filterwarnings("ignore:The '.*_dataloader' does not have many workers")
def test_training_leaves_checkpoints_numbers_and_attention(tmp_path: Path) -> None:
    fresh = load(train_settings("trainer.max_epochs=2"))
    folder = RunFolder(tmp_path)
    tracker = FilesTracker(folder.metrics, 0)
    with Stages() as stages:
        assert fit(fresh, folder, tracker, stages, None) == 1
        tracker.finish()
        last = folder.checkpoints / "last.ckpt"
        assert last.is_file()
        assert sorted(path.name for path in folder.attention.glob("epoch=*.npz")) == [
            "epoch=000.npz",
            "epoch=001.npz",
        ]
        # a run that was killed after its last epoch has nothing left to train
        assert fit(load(fresh.settings), folder, None, stages, last) == 1


@pytest.mark.filterwarnings("ignore:The '.*_dataloader' does not have many workers")
@pytest.mark.parametrize("accumulated", [1, 2])
def test_a_training_of_less_than_an_epoch_is_validated_too(
    tmp_path: Path, accumulated: int
) -> None:
    few = [
        "trainer.max_steps=2",
        "model.batch_size=2",
        f"trainer.accumulate_grad_batches={accumulated}",
        "attention=off",
    ]
    folder = RunFolder(tmp_path)
    tracker = FilesTracker(folder.metrics, 0)
    with Stages() as stages:
        assert fit(load(train_settings(*few)), folder, tracker, stages, None) == 0
    tracker.finish()
    lines = [json.loads(line) for line in folder.metrics.read_text().splitlines()]
    assert {"train/loss", "val/loss"} <= {line["name"] for line in lines}
    for name in ("best.ckpt", "last.ckpt"):
        checkpoint = torch.load(folder.checkpoints / name, weights_only=True)
        assert checkpoint["global_step"] == 2
