"""The callback: what it logs and stores, and that training does not notice it."""

from pathlib import Path

import pytest
import torch
from pytorch_lightning import Callback, LightningModule, Trainer, seed_everything
from torch.utils.data import DataLoader
from transformers import (
    T5Config,
    T5ForConditionalGeneration,
)

from permille.callbacks.attention import AttentionCallback
from permille.callbacks.config import AttentionConfig
from permille.core.records import Split
from permille.measure.attention import cad
from permille.model.capture_probe import ProbeExample, collate

pytestmark = [
    # both are Lightning's own, the second about loaders as small as a test's
    pytest.mark.filterwarnings("ignore:`isinstance.treespec:FutureWarning"),
    pytest.mark.filterwarnings("ignore:The 'train_dataloader' does not have many workers"),
]
VOCABULARY = 50
Rows = list[dict[str, torch.Tensor]]


def tiny_t5(implementation: str = "sdpa", dropout: float = 0.1) -> T5ForConditionalGeneration:
    torch.manual_seed(0)
    config = T5Config(
        vocab_size=VOCABULARY,
        d_model=16,
        d_kv=4,
        d_ff=32,
        num_layers=2,
        num_heads=4,
        dropout_rate=dropout,
        decoder_start_token_id=0,
    )
    model = T5ForConditionalGeneration(config)
    model.set_attn_implementation(implementation)
    return model


class Foreign(LightningModule):
    """Anyone's LightningModule: nothing of this project in it."""

    def __init__(self, model: torch.nn.Module, learning_rate: float = 1e-2) -> None:
        super().__init__()
        self.model = model
        self.learning_rate = learning_rate
        self.losses: list[float] = []

    def training_step(self, batch: dict[str, torch.Tensor], index: int) -> torch.Tensor:
        loss = self.model(**batch).loss
        self.losses.append(loss.item())
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW(self.parameters(), lr=self.learning_rate)


class KeepLogged(Callback):
    """Keeps what was logged in each epoch."""

    def __init__(self) -> None:
        self.epochs: list[dict[str, float]] = []

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        logged = {name: float(value) for name, value in trainer.callback_metrics.items()}
        self.epochs.append(logged)


def probes(lengths: list[tuple[int, int]] | None = None) -> list[ProbeExample]:
    generator = torch.Generator().manual_seed(1)

    def tokens(number: int) -> tuple[int, ...]:
        return tuple(torch.randint(2, VOCABULARY, (number,), generator=generator).tolist())

    lengths = lengths or [(9, 4), (5, 7), (12, 3), (7, 7)]
    splits = [Split.TRAIN, Split.TRAIN, Split.HELDOUT, Split.HELDOUT]
    return [
        ProbeExample(f"probe-{index}", splits[index % 4], tokens(source), tokens(target))
        for index, (source, target) in enumerate(lengths)
    ]


def rows(number: int = 8) -> Rows:
    generator = torch.Generator().manual_seed(2)
    ids = torch.randint(2, VOCABULARY, (number, 9), generator=generator)
    labels = torch.randint(2, VOCABULARY, (number, 5), generator=generator)
    return [
        {"input_ids": source, "attention_mask": torch.ones_like(source), "labels": target}
        for source, target in zip(ids, labels, strict=True)
    ]


def fit(
    module: LightningModule,
    callbacks: list[Callback],
    folder: Path,
    *,
    epochs: int = 2,
    precision: str = "32-true",
) -> Trainer:
    seed_everything(0)
    trainer = Trainer(
        accelerator="cpu",
        max_epochs=epochs,
        precision=precision,
        callbacks=callbacks,
        default_root_dir=folder,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(module, DataLoader(rows(), batch_size=4, shuffle=True))
    return trainer


def test_what_is_logged_is_what_eager_attention_gives(tmp_path: Path) -> None:
    module = Foreign(tiny_t5())
    kept = KeepLogged()
    fit(module, [AttentionCallback(AttentionConfig(), probes(), tmp_path), kept], tmp_path)
    model = module.model.eval()
    model.set_attn_implementation("eager")
    batch = collate(probes(), pad_id=0, device=torch.device("cpu"))
    out = model(
        input_ids=batch.input_ids,
        attention_mask=batch.source_mask.long(),
        labels=batch.labels,
        output_attentions=True,
    )
    wanted = cad(
        out.cross_attentions[-1], source_mask=batch.source_mask, target_mask=batch.target_mask
    )
    assert kept.epochs[-1]["attention/cad"] == pytest.approx(wanted[:2].mean().item(), abs=1e-5)
    heldout = kept.epochs[-1]["attention/cad_heldout"]
    assert heldout == pytest.approx(wanted[2:].mean().item(), abs=1e-5)
