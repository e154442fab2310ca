"""The optimizer and its learning rate, step by step."""

import math

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR
from transformers import Adafactor

from permille.model.config import ModelConfig, OptimizerName, ScheduleName


def learning_rate_factor(
    step: int, num_steps: int, warmup_fraction: float, schedule: ScheduleName
) -> float:
    """Return the share of the peak learning rate at a step, in [0, 1].

    It rises linearly over the warm-up, reaches 1 at its end, and decays to 0 at `num_steps`.
    """
    warmup = round(warmup_fraction * num_steps)
    if step < warmup:
        return (step + 1) / (warmup + 1)
    progress = min(1.0, (step - warmup) / max(1, num_steps - warmup))
    match schedule:
        case ScheduleName.constant:
            return 1.0
        case ScheduleName.linear:
            return 1.0 - progress
        case ScheduleName.cosine:
            return 0.5 * (1.0 + math.cos(math.pi * progress))


def build_optimizer(
    model: nn.Module, config: ModelConfig, *, fused: bool = True
) -> torch.optim.Optimizer:
    """Build the optimizer over the trainable weights; vectors (biases, norms) do not decay.

    Args:
        model: Whose weights are trained.
        config: Which optimizer, and its rates.
        fused: Whether AdamW takes its step in one kernel, the fastest way; Lightning clips no
            gradients of such an optimizer in mixed precision.
    """
    trainable = [weight for weight in model.parameters() if weight.requires_grad]
    groups = [
        {
            "params": [weight for weight in trainable if weight.ndim > 1],
            "weight_decay": config.weight_decay,
        },
        {"params": [weight for weight in trainable if weight.ndim <= 1], "weight_decay": 0.0},
    ]
    match config.optimizer:
        case OptimizerName.adamw:
            return torch.optim.AdamW(groups, lr=config.learning_rate, fused=fused)
        case OptimizerName.adafactor:
            return Adafactor(
                groups,
                lr=config.learning_rate,
                scale_parameter=False,
                relative_step=False,
                warmup_init=False,
            )


def build_schedule(
    optimizer: torch.optim.Optimizer, config: ModelConfig, num_steps: int
) -> LambdaLR:
    """Build the schedule that is stepped after every optimizer step."""
    return LambdaLR(
        optimizer,
        lambda step: learning_rate_factor(step, num_steps, config.warmup_fraction, config.schedule),
    )
