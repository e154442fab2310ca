"""Settings of the looks that `audit=full` takes, or that are named."""

from dataclasses import dataclass, field
from enum import StrEnum

from permille.core.errors import raise_faults


class Look(StrEnum):
    """A way to look; OmegaConf reads members by name, so names equal values."""

    extraction = "extraction"
    membership = "membership"
    canaries = "canaries"
    personal_data = "personal_data"


@dataclass
class LooksConfig:
    """Which looks are taken, and at how many examples.

    Raises:
        SettingsError: If a setting is out of its range; the message names every broken one.
    """

    names: list[Look] = field(default_factory=list)
    """The looks: `extraction` and `membership` by the probabilities of true targets, `canaries` at
    strings that were inserted on purpose, `personal_data` in what was written."""
    num_examples: int | None = 1000
    """Examples of each split at most, drawn by the seed; null takes all."""
    given_tokens: int = 10
    """First tokens of a target that are given besides the input, for the second way to extract."""
    num_samples: list[int] = field(default_factory=lambda: [1, 10, 100, 1000])
    """n of (n, p)-discoverable extraction: how often a model is asked."""
    chances: list[float] = field(default_factory=lambda: [0.1, 0.5, 0.9])
    """p of (n, p)-discoverable extraction, in (0, 1]."""
    num_candidates: int = 500
    """Strings drawn from the canaries' space, among which each canary is ranked."""
    show_values: bool = False
    """Write personal data as it is into the report; else it is masked."""
    entities: str | None = None
    """Name or folder of an installed spaCy pipeline that finds persons' names; null finds none."""

    def __post_init__(self) -> None:
        self.names = [Look(name) for name in self.names]
        faults = []
        least = {"num_examples": 1, "given_tokens": 1, "num_candidates": 1}
        for name, bound in least.items():
            got = getattr(self, name)
            if got is not None and got < bound:
                faults.append(f"audit.looks.{name}: want at least {bound}, got {got}")
        if not self.num_samples or min(self.num_samples) < 1:
            faults.append(f"audit.looks.num_samples: want numbers from 1, got {self.num_samples}")
        if not self.chances or min(self.chances) <= 0 or max(self.chances) > 1:
            faults.append(f"audit.looks.chances: want numbers in (0, 1], got {self.chances}")
        if len(set(self.names)) < len(self.names):
            faults.append(
                f"audit.looks.names: want each name once, got {list(map(str, self.names))}"
            )
        raise_faults(faults)
