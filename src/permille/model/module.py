"""Fine-tuning of an encoder-decoder by teacher forcing, as a LightningModule."""

import pytorch_lightning as pl
from pytorch_lightning.utilities.types import OptimizerLRSchedulerConfig
from torch import Tensor
from transformers import PreTrainedModel

from permille.core.batches import IGNORED_LABEL
from permille.core.errors import SettingsError
from permille.model.config import ModelConfig
from permille.model.optimizer import build_optimizer, build_schedule

_MODEL_INPUTS = ("input_ids", "attention_mask", "labels")


class Seq2SeqModule(pl.LightningModule):
    """An encoder-decoder with its loss, optimizer and schedule.

    Batches are mappings with `input_ids` (B, S), `attention_mask` (B, S) and `labels` (B, T), where
    padding has the label `IGNORED_LABEL`; other keys are left alone. The network derives the
    decoder's input from the labels: shifted right behind the decoder's start token.

    Raises:
        SettingsError: If gradients are to be checkpointed in a network that cannot.
    """

    def __init__(self, model: PreTrainedModel, config: ModelConfig) -> None:
        super().__init__()
        self.model = model
        self.config = config
        model.train()
        if config.gradient_checkpointing:
            if not model.supports_gradient_checkpointing:
                raise SettingsError(
                    "model.gradient_checkpointing: want a network that can recompute activations,"
                    f" got {type(model).__name__}; use model.gradient_checkpointing=false"
                )
            model.activation_checkpointing_enable({"use_reentrant": False})

    def forward(self, batch: dict[str, Tensor]) -> Tensor:
        """Return the mean cross-entropy per label token of a batch, of shape ()."""
        inputs = {key: batch[key] for key in _MODEL_INPUTS}
        loss: Tensor = self.model(**inputs, use_cache=False).loss
        return loss

    def training_step(self, batch: dict[str, Tensor]) -> Tensor:
        """Return the loss of a training batch, of shape (), and log it."""
        return self._log_loss("train/loss", batch)

    def validation_step(self, batch: dict[str, Tensor]) -> None:
        """Log the loss of a validation batch of shapes (B, S) and (B, T)."""
        self._log_loss("val/loss", batch)

    def _log_loss(self, name: str, batch: dict[str, Tensor]) -> Tensor:
        """Log a batch's loss, to be averaged over an epoch's label tokens; shape ()."""
        loss: Tensor = self(batch)
        num_tokens = int((batch["labels"] != IGNORED_LABEL).sum())
        self.log(name, loss, on_step=False, on_epoch=True, batch_size=num_tokens, sync_dist=True)
        return loss

    def configure_optimizers(self) -> OptimizerLRSchedulerConfig:
        """Return the optimizer and the schedule over all of the run's steps."""
        is_mixed = str(self.trainer.precision).endswith("mixed")
        optimizer = build_optimizer(self.model, self.config, fused=not is_mixed)
        num_steps = int(self.trainer.estimated_stepping_batches)
        schedule = build_schedule(optimizer, self.config, num_steps)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }
