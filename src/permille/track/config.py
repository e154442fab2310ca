"""Settings of tracking."""

from dataclasses import dataclass
from enum import StrEnum

from permille.core.errors import SettingsError


class TrackName(StrEnum):
    """Where a run's values go; members are named as their values, as OmegaConf reads names."""

    wandb = "wandb"
    files = "files"


@dataclass
class TrackConfig:
    """The `track` group. Values always go to metrics.jsonl; `wandb` sends them there as well.

    Raises:
        SettingsError: If the project has no name.
    """

    name: TrackName = TrackName.wandb
    """`wandb` (offline unless WANDB_MODE says otherwise) or `files` (metrics.jsonl alone)."""
    project: str = "permille"
    """W&B project."""
    group: str | None = None
    """W&B group; null groups the runs of a sweep by its folder and leaves a single run alone."""
    tags: list[str] | None = None
    """W&B tags."""
    upload_texts: bool = False
    """Send training text (cases, generations) to W&B; without it only figures leave the machine."""
    upload_checkpoint: bool = False
    """Send the audited weights along with the run's files."""

    def __post_init__(self) -> None:
        self.name = TrackName(self.name)
        if not self.project:
            raise SettingsError(f"track.project: want a name, got {self.project!r}")
