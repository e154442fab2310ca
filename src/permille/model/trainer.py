"""A Lightning trainer from settings."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pytorch_lightning as pl
import torch

from permille.core.errors import SettingsError
from permille.model.checkpoints import AtomicCheckpointIO, checkpoint_callbacks
from permille.model.config import Accelerator, ModelConfig, TrainerConfig
from permille.model.determinism import SeedByBatch

Precision = Literal["32-true", "16-mixed", "bf16-mixed", "bf16-true"]
"""Lightning's names of precisions."""

_NAMES: dict[str, Precision] = {
    "32": "32-true",
    "32-true": "32-true",
    "16-mixed": "16-mixed",
    "bf16-mixed": "bf16-mixed",
    "bf16-true": "bf16-true",
}
_LOG = logging.getLogger(__name__)


def build_trainer(
    config: TrainerConfig,
    model: ModelConfig,
    *,
    checkpoints: Path,
    seed: int,
    callbacks: Sequence[pl.Callback] = (),
    has_validation: bool = True,
) -> pl.Trainer:
    """Build the trainer of a run, with its checkpoints and its seeding by batch.

    Batches must already be shared out over the processes: no sampler is replaced.

    Args:
        config: Where and how long it trains.
        model: Settings of the model; its number of epochs counts where the trainer has none.
        checkpoints: Folder of `last.ckpt` and `best.ckpt`.
        seed: The run's seed.
        callbacks: What else is called; checkpoints are written after all of them.
        has_validation: Whether there is a validation loss that tells the best epoch.

    Raises:
        SettingsError: If a GPU is asked for that is not there.
    """
    accelerator = resolve_accelerator(config)
    torch.set_float32_matmul_precision(config.matmul_precision.value)
    return pl.Trainer(
        accelerator=accelerator.value,
        devices=config.devices,
        strategy=config.strategy.value,
        precision=resolve_precision(config),
        max_epochs=config.max_epochs or model.epochs,
        max_steps=config.max_steps or -1,
        accumulate_grad_batches=config.accumulate_grad_batches,
        gradient_clip_val=config.gradient_clip_val or None,
        callbacks=[
            SeedByBatch(seed),
            *callbacks,
            *checkpoint_callbacks(checkpoints, has_validation=has_validation),
        ],
        plugins=[AtomicCheckpointIO()],
        default_root_dir=checkpoints.parent,
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
    )


def resolve_accelerator(config: TrainerConfig) -> Accelerator:
    """Return where the trainer computes: never `auto`.

    Raises:
        SettingsError: If more GPUs are asked for than there are.
    """
    num_gpus = torch.cuda.device_count()
    if config.accelerator is Accelerator.auto:
        return Accelerator.gpu if num_gpus >= config.devices else Accelerator.cpu
    if config.accelerator is Accelerator.gpu and num_gpus < config.devices:
        raise SettingsError(
            f"trainer.accelerator: want {config.devices} GPU(s) for gpu, got {num_gpus}; use"
            " trainer=cpu, or fewer trainer.devices"
        )
    return config.accelerator


def resolve_precision(config: TrainerConfig) -> Precision:
    """Return Lightning's name of the precision: never `auto`.

    Raises:
        SettingsError: If more GPUs are asked for than there are.
    """
    on_gpu = resolve_accelerator(config) is Accelerator.gpu
    if config.precision == "auto":
        return "bf16-mixed" if on_gpu and torch.cuda.is_bf16_supported() else "32-true"
    if config.precision == "16-mixed":
        _LOG.warning(
            "trainer.precision=16-mixed: T5's activations overflow float16; losses that are not"
            " numbers come from there; bf16-mixed has the range of float32"
        )
    return _NAMES[config.precision]
