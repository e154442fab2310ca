"""Settings of the callbacks."""

from dataclasses import dataclass
from enum import StrEnum

from permille.core.errors import raise_faults


class AttentionScope(StrEnum):
    """Which attention is measured; OmegaConf reads members by name."""

    last_block = "last_block"
    full = "full"
    off = "off"


@dataclass
class AttentionConfig:
    """What of the attention is measured, how often, and on how many examples.

    Raises:
        SettingsError: If a number is out of its range, or the name is no scope; a line for each.
    """

    name: AttentionScope = AttentionScope.last_block
    """`last_block`: cross-attention of the last decoder block; `full`: cross-attention, encoder and
    decoder self-attention of every layer; `off`: nothing."""

    every_n_epochs: int = 1
    """Epochs between two measurements; the last epoch is always measured."""

    num_examples: int = 8
    """Probe examples of each split, training and held-out; fixed by the seed."""

    num_maps: int = 1
    """Probe examples of each split whose cross-attention is stored for heatmaps."""

    map_examples: list[str] | None = None
    """Ids of the probe examples whose cross-attention is stored instead; None for the first
    `num_maps` of each split."""

    map_layers: list[int] | None = None
    """Decoder layers whose cross-attention is stored, counted from 0; None for all measured."""

    map_heads: bool = False
    """Whether maps of every head are stored beside the mean over heads."""

    batch_size: int = 16
    """Probe examples in one forward pass."""

    def __post_init__(self) -> None:
        bounds = {"every_n_epochs": 1, "num_examples": 1, "num_maps": 0, "batch_size": 1}
        faults = [
            f"attention.{name}: want {least} or more, got {getattr(self, name)}"
            for name, least in bounds.items()
            if getattr(self, name) < least
        ]
        if self.name in list(AttentionScope):
            self.name = AttentionScope(self.name)
        else:
            faults.append(f"attention.name: want last_block, full or off, got {self.name!r}")
        raise_faults(faults)
