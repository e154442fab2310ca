"""How far a training is: its batches, and each epoch's losses."""

import io
import logging

import pytest
import pytorch_lightning as pl
import torch
from rich.console import Console
from torch.utils.data import DataLoader

from permille.run.progress import Stages
from permille.run.training_progress import TrainingProgress, num_batches


def console(*, is_terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=is_terminal, width=100)


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.INFO, logger="permille.run")
    return caplog


class OneWeight(pl.LightningModule):
    """The smallest module that trains."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)

    def training_step(self, batch):
        loss = self.layer(batch).square().mean()
        self.log("train/loss", loss, on_epoch=True, on_step=False)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


def fit(stages: Stages, **settings) -> pl.Trainer:
    trainer = pl.Trainer(
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        callbacks=[TrainingProgress(stages)],
        **settings,
    )
    trainer.fit(OneWeight(), DataLoader(torch.ones(6, 1), batch_size=2))
    return trainer


third_party = pytest.mark.filterwarnings(
    "ignore:The '.*_dataloader' does not have many workers",
    "ignore:.*LeafSpec.* is deprecated:FutureWarning",
)


@third_party
def test_training_counts_batches_and_writes_each_epochs_losses(log):
    trainer = fit(Stages(console(is_terminal=False)), max_epochs=2)
    lines = [line for line in log.messages if line.startswith("epoch")]
    assert len(lines) == 2
    assert lines[0].startswith("epoch 1 of 2, train/loss ")
    assert "batches: 3 of 6" in lines[0]
    assert lines[0].endswith("left")
    assert lines[1].endswith("batches: 6 of 6")
    assert num_batches(trainer) == 6


@third_party
def test_in_a_terminal_the_losses_tear_no_bar(log):
    with Stages(console(is_terminal=True)) as stages:
        fit(stages, max_epochs=1)
    assert not [line for line in log.messages if line.startswith("epoch")]


@third_party
def test_steps_end_a_training_before_its_epochs_do(log):
    trainer = fit(
        Stages(console(is_terminal=False)), max_epochs=9, max_steps=2, accumulate_grad_batches=2
    )
    assert num_batches(trainer) == 4
