"""Trains a tiny model with dropout in processes that are killed and go on. Not a test itself.

Usage: python train_in_a_process.py FOLDER, where FOLDER/jobs.json lists what is to be trained, each
job as {"folder", "seed", "resume", "kill_at"}, in a forked process, so that the imports are paid
for once. A job with `kill_at` is killed as soon as that file is in its folder.
"""

import json
import os
import signal
import sys
import time
import warnings
from pathlib import Path

import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader
from transformers import T5Config, T5ForConditionalGeneration

from permille.data.batches import BucketedBatches
from permille.model.checkpoints import LAST
from permille.model.config import ModelConfig, TrainerConfig
from permille.model.module import Seq2SeqModule
from permille.model.trainer import build_trainer

NUM_EXAMPLES, BATCH_SIZE, NUM_EPOCHS = 12, 4, 4


class LeaveSigns(pl.Callback):
    """Writes an empty file whenever a batch starts or an epoch ends, and waits to be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _leave(self, name: str) -> None:
        (self.folder / name).touch()
        time.sleep(0.05)

    def on_train_batch_start(self, trainer, pl_module, batch, batch_idx) -> None:
        self._leave(f"epoch={trainer.current_epoch}.batch={batch_idx}")

    def on_train_epoch_end(self, trainer, pl_module) -> None:
        self._leave(f"epoch={trainer.current_epoch}.end")


class DrawAtRandom(pl.Callback):
    """Draws numbers after each validation, as a callback that samples would."""

    def on_validation_end(self, trainer, pl_module) -> None:
        torch.rand(int(time.time_ns() % 7))


def train(folder: Path, seed: int, *, resume: bool, leaves_signs: bool) -> None:
    warnings.filterwarnings("ignore", "The '.*_dataloader' does not have many workers")
    warnings.filterwarnings("ignore", ".*LeafSpec.* is deprecated")
    folder.mkdir(exist_ok=True)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    shape = T5Config(
        vocab_size=50, d_model=8, d_kv=4, d_ff=8, num_layers=1, num_heads=2, dropout_rate=0.3
    )
    shape.decoder_start_token_id = 0
    examples = [
        {"input_ids": row, "attention_mask": torch.ones_like(row), "labels": row.flip(0)}
        for row in torch.randint(3, 50, (NUM_EXAMPLES, 6))
    ]
    config = ModelConfig(learning_rate=1e-2)
    trainer = build_trainer(
        TrainerConfig(accelerator="cpu", max_epochs=NUM_EPOCHS),
        config,
        checkpoints=folder,
        seed=seed,
        callbacks=[DrawAtRandom(), *([LeaveSigns(folder)] if leaves_signs else [])],
    )
    trainer.fit(
        Seq2SeqModule(T5ForConditionalGeneration(shape), config),
        DataLoader(examples, batch_sampler=BucketedBatches([6] * NUM_EXAMPLES, BATCH_SIZE, seed)),
        DataLoader(examples[:BATCH_SIZE], batch_size=BATCH_SIZE),
        ckpt_path=folder / LAST if resume else None,
        weights_only=True if resume else None,
    )


def kill_when(process: int, sign: Path) -> None:
    """Kill a process as soon as a file is there."""
    while not sign.exists():
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            sys.exit(f"it ended with {status} before {sign.name}")
        time.sleep(0.002)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def run(job: dict) -> None:
    """Run a job in a process of its own, to its end or to its kill."""
    folder = Path(job["folder"])
    process = os.fork()
    if process == 0:
        train(folder, job["seed"], resume=job["resume"], leaves_signs=bool(job["kill_at"]))
        os._exit(0)
    if job["kill_at"]:
        kill_when(process, folder / job["kill_at"])
    elif os.waitpid(process, 0)[1] != 0:
        sys.exit(f"failed: {job}")


if __name__ == "__main__":
    for one in json.loads(Path(sys.argv[1], "jobs.json").read_text()):
        run(one)
