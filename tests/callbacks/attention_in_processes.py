"""Measures an untrained model's attention with some processes: DEVICES FOLDER."""

import json
import sys
from pathlib import Path

import torch
from pytorch_lightning import LightningModule, Trainer
from torch.utils.data import DataLoader
from transformers import T5Config, T5ForConditionalGeneration

from permille.callbacks.attention import AttentionCallback
from permille.callbacks.config import AttentionConfig, AttentionScope
from permille.core.records import Split
from permille.model.capture_probe import ProbeExample


class Still(LightningModule):
    """A model that is not moved, so that any number of processes ends with the same weights."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        sizes = {"d_model": 16, "d_kv": 4, "d_ff": 32, "num_layers": 2, "num_heads": 4}
        config = T5Config(vocab_size=50, decoder_start_token_id=0, **sizes)
        self.model = T5ForConditionalGeneration(config)

    def training_step(self, batch: dict[str, torch.Tensor], index: int) -> torch.Tensor:
        loss: torch.Tensor = self.model(**batch).loss
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.0)


def probes() -> list[ProbeExample]:
    generator = torch.Generator().manual_seed(1)
    made = []
    for index in range(7):
        ids = torch.randint(2, 50, (3 + index + 4,), generator=generator).tolist()
        split = Split.TRAIN if index % 2 else Split.HELDOUT
        made.append(ProbeExample(f"p{index}", split, tuple(ids[4:]), tuple(ids[:4])))
    return made


def main(devices: int, folder: Path) -> None:
    ids = torch.arange(2, 10).repeat(4, 1)
    rows = [{"input_ids": row, "labels": row[:4]} for row in ids]
    config = AttentionConfig(name=AttentionScope.full, batch_size=2)
    trainer = Trainer(
        accelerator="cpu",
        devices=devices,
        strategy="ddp" if devices > 1 else "auto",
        max_epochs=1,
        callbacks=[AttentionCallback(config, probes(), folder)],
        default_root_dir=folder,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(Still(), DataLoader(rows, batch_size=2))
    if trainer.is_global_zero:
        logged = {name: float(value) for name, value in trainer.callback_metrics.items()}
        (folder / "logged.json").write_text(json.dumps(logged))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
