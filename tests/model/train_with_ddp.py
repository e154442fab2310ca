"""Trains a tiny model in two processes with gloo. Not a test itself.

Usage: python train_with_ddp.py FOLDER NUM_HELDOUT. Writes FOLDER/rank=N.json.
"""

import json
import sys
import warnings
from pathlib import Path

from permille.core.records import Example
from permille.data.config import TaskConfig
from permille.data.datamodule import Seq2SeqDataModule
from permille.model.config import ModelConfig, TrainerConfig
from permille.model.load import load_model
from permille.model.module import Seq2SeqModule
from permille.model.trainer import build_trainer

NUM_TRAIN = 13


def main() -> None:
    folder, num_heldout = Path(sys.argv[1]), int(sys.argv[2])
    warnings.filterwarnings("ignore", "The '.*_dataloader' does not have many workers")
    warnings.filterwarnings("ignore", ".*LeafSpec.* is deprecated")
    examples = [
        Example(f"e{n}", "dialogue", f"question number {n * 7}", f"answer number {n * 3} to it")
        for n in range(NUM_TRAIN + num_heldout)
    ]
    train, heldout = examples[:NUM_TRAIN], examples[NUM_TRAIN:]
    config = ModelConfig(
        vocab_size=200, d_model=16, d_ff=32, num_layers=1, num_heads=2, dropout=0.1, batch_size=2
    )
    loaded = load_model(config, [e.input for e in train] + [e.target for e in train], seed=1)
    trainer = build_trainer(
        TrainerConfig(accelerator="cpu", strategy="ddp", devices=2, max_epochs=2),
        config,
        checkpoints=folder / "checkpoints",
        seed=1,
        has_validation=bool(heldout),
    )
    data = Seq2SeqDataModule(
        train, heldout, loaded.tokenizer, TaskConfig(), batch_size=2, eval_batch_size=2, seed=1
    )
    module = Seq2SeqModule(loaded.model, config)
    trainer.fit(module, data)
    weights = [float(weight.detach().sum()) for weight in loaded.model.parameters()]
    losses = {name: float(value) for name, value in trainer.callback_metrics.items()}
    path = folder / f"rank={trainer.global_rank}.json"
    path.write_text(json.dumps({"weights": weights, "losses": losses, "step": trainer.global_step}))


if __name__ == "__main__":
    main()
