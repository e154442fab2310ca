"""Settings of the sparse-coding simulation, apart from it since they need no torch."""

import math
from dataclasses import dataclass


@dataclass
class SparseCodingConfig:
    """Sizes of the simulation.

    Raises:
        ValueError: If a size is out of its range, or a target should depend on fewer than 1 or
            more than all features.
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
        bounds = {"num_features": 2, "num_examples": 2, "num_seeds": 1, "num_steps": 0}
        for name, least in bounds.items():
            value = getattr(self, name)
            if value < least:
                raise ValueError(f"simulation.{name}: want {least} or more, got {value}")
        if self.noise <= 0 or self.learning_rate <= 0:
            raise ValueError("simulation: want noise and learning_rate above 0")
        if not self.needed:
            raise ValueError("simulation.num_needed: want one number or more, got an empty list")
        if len(set(self.needed)) < len(self.needed):
            raise ValueError(f"simulation.num_needed: want each once, got {self.needed}")
        for needed in self.needed:
            if not 1 <= needed <= self.num_features:
                raise ValueError(
                    f"simulation.num_needed: want 1 to {self.num_features} features, got {needed}"
                )

    @property
    def needed(self) -> list[int]:
        """The values of k, ascending."""
        if self.num_needed is not None:
            return sorted(self.num_needed)
        return [2**power for power in range(int(math.log2(self.num_features)) + 1)]
