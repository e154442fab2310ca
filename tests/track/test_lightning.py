"""The bridge from Lightning to a tracker."""

import json
from pathlib import Path

import pytest
import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader

from permille.track.files import FilesTracker
from permille.track.lightning import TrackEpochs

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*does not have many workers:UserWarning"),
    pytest.mark.filterwarnings("ignore:`isinstance\\(treespec, LeafSpec\\)`"),
]


class Line(pl.LightningModule):
    """Fits a line and logs its loss."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)

    def training_step(self, batch: torch.Tensor) -> torch.Tensor:
        loss = self.layer(batch).square().mean()
        self.log("train/loss", loss, on_step=False, on_epoch=True)
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.1)


class Late(pl.Callback):
    """Logs at an epoch's end, as the attention callback does; one value in some epochs only."""

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        pl_module.log("attention/cad", float(trainer.current_epoch))
        if trainer.current_epoch % 2:
            pl_module.log("memorization/any_permille", float(trainer.current_epoch))


def lines_of(folder: Path, epochs: int) -> list[dict[str, object]]:
    """What a tracker was given of some epochs."""
    tracker = FilesTracker(folder / "metrics.jsonl")
    trainer = pl.Trainer(
        max_epochs=epochs,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        callbacks=[Late(), TrackEpochs(tracker)],
    )
    trainer.fit(Line(), DataLoader(torch.ones(4, 1), batch_size=2))
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def test_a_value_belongs_to_the_epoch_that_logged_it_and_to_no_later_one(tmp_path: Path) -> None:
    lines = lines_of(tmp_path, epochs=5)
    rare = [line for line in lines if line["name"] == "memorization/any_permille"]
    assert [(line["epoch"], line["value"]) for line in rare] == [(1, 1.0), (3, 3.0)]
    assert [line["epoch"] for line in lines if line["name"] == "train/loss"] == list(range(5))


def test_epoch_values_of_module_and_callbacks_reach_the_tracker(tmp_path: Path) -> None:
    lines = [
        line for line in lines_of(tmp_path, epochs=2) if not line["name"].startswith("memorization")
    ]
    assert [(line["name"], line["epoch"], line["step"]) for line in lines] == [
        ("train/loss", 0, 2),
        ("attention/cad", 0, 2),
        ("train/loss", 1, 4),
        ("attention/cad", 1, 4),
    ]
    assert [line["value"] for line in lines if line["name"] == "attention/cad"] == [0.0, 1.0]
    losses = [line["value"] for line in lines if line["name"] == "train/loss"]
    assert losses[1] < losses[0]
