"""Settings of the sparse-coding simulation, apart from it since they need no torch."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from permille.core.errors import raise_faults


@dataclass
class SparseCodingConfig:
    """Sizes of the simulation.

    Raises:
        SettingsError: If a size is out of its range, or a target should depend on fewer than 1 or
            more than all features; a line for each.
    """

    num_needed: list[int] | None = None
    """The values of k; None for 1, 2, 4, ... up to all features."""
    num_features: int = 16
    """Positions of an input, each with a feature of its own."""
    num_examples: int = 512
    """Training examples, and as many fresh ones."""
    noise: float = 0.5
    """Standard deviation of the noise; targets without it have 1."""
    num_seeds: int = 8
    """Worlds and models for each k."""
    num_steps: int = 300
    """Steps of training, each on all examples; 0 leaves the models untrained."""
    learning_rate: float = 0.01
    """Of Adam."""
    seed: int = 0
    """Of everything."""

    def __post_init__(self) -> None:
        raise_faults(f"grid.simulation.{fault}" for fault in self._faults())

    def _faults(self) -> Iterator[str]:
        """Yield what is wrong, each beginning with its setting's name."""
        bounds = {"num_features": 2, "num_examples": 2, "num_seeds": 1, "num_steps": 0}
        for name, least in bounds.items():
            value = getattr(self, name)
            if value < least:
                yield f"{name}: want {least} or more, got {value}"
        for name in ("noise", "learning_rate"):
            value = getattr(self, name)
            if not 0 < value < math.inf:
                yield f"{name}: want a finite number above 0, got {value:g}"
        given = self.num_needed
        if given is None:
            return
        if not given:
            yield "num_needed: want one number or more, got an empty list"
        if len(set(given)) < len(given):
            yield f"num_needed: want each once, got {sorted(given)}"
        for needed in sorted(given):
            if not 1 <= needed <= self.num_features:
                yield f"num_needed: want 1 to {self.num_features} features, got {needed}"

    @property
    def needed(self) -> list[int]:
        """The values of k, ascending."""
        if self.num_needed is not None:
            return sorted(self.num_needed)
        return [2**power for power in range(int(math.log2(self.num_features)) + 1)]
