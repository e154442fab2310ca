"""Weights & Biases: offline unless WANDB_MODE says otherwise, and without training text."""

import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import wandb

from permille.core.errors import ServiceError, SettingsError
from permille.track.config import TrackConfig
from permille.track.protocol import Scalar


class WandbTracker:
    """Sends a run's values to W&B, with the epoch as every chart's axis.

    Two runs in one process need two ids and the first one's `finish`, else they become one.

    Args:
        config: Project, group, tags.
        folder: The run's folder; W&B's own files go into `wandb/` there.
        name: The run's name.
        group: Group of the runs of a sweep, where the settings name none.
        settings: The run's settings, without secrets.
        tags: Tags beside those of the settings.

    Raises:
        ServiceError: If W&B cannot be opened.
    """

    def __init__(
        self,
        config: TrackConfig,
        folder: Path,
        *,
        name: str,
        group: str | None,
        settings: Mapping[str, object],
        tags: Sequence[str] = (),
    ) -> None:
        try:
            # the settings of a run do not silence what the library says beside it
            wandb.setup(settings=wandb.Settings(silent=True))
            self._run = wandb.init(
                project=config.project,
                group=config.group or group,
                tags=[*(config.tags or ()), *tags],
                name=name,
                id=run_id(folder),
                resume="allow",
                dir=folder,
                config=dict(settings),
                mode=mode_of_environment(),
                settings=wandb.Settings(console="off", silent=True, disable_git=True),
            )
        except wandb.errors.Error as error:
            raise ServiceError(
                f"track=wandb: W&B did not open ({error}); set WANDB_MODE=offline or track=files"
            ) from error
        self._run.define_metric("epoch")
        self._run.define_metric("*", step_metric="epoch")

    def scalars(
        self, values: Mapping[str, float], *, epoch: int | None = None, step: int | None = None
    ) -> None:
        """Log numbers under their names, with epoch and optimizer step beside them."""
        axes = {"epoch": epoch, "optimizer_step": step}
        self._run.log({**values, **{k: v for k, v in axes.items() if v is not None}})

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Scalar]]) -> None:
        """Log a table."""
        self._run.log({name: wandb.Table(columns=list(columns), data=[list(r) for r in rows])})

    def image(self, name: str, path: Path, *, epoch: int | None = None) -> None:
        """Log a picture with its epoch."""
        axis = {} if epoch is None else {"epoch": epoch}
        self._run.log({name: wandb.Image(str(path)), **axis})

    def summary(self, values: Mapping[str, object]) -> None:
        """Set headline values."""
        self._run.summary.update(dict(values))

    def artifact(self, path: Path) -> None:
        """Upload a file, or the files of a folder, as an artifact named by the run."""
        artifact = wandb.Artifact(f"{self._run.id}-{path.name.replace('.', '-')}", type="run")
        if path.is_dir():
            artifact.add_dir(str(path))
        else:
            artifact.add_file(str(path))
        self._run.log_artifact(artifact)

    def finish(self) -> None:
        """Close the run."""
        self._run.finish()


def mode_of_environment() -> Literal["online", "offline", "disabled", "shared"]:
    """Return W&B's mode from the environment; offline where it names none.

    Raises:
        SettingsError: If it names none that there is.
    """
    match os.environ.get("WANDB_MODE", "offline"):
        case "online" | "run":
            return "online"
        case "offline" | "dryrun" | "":
            return "offline"
        case "disabled":
            return "disabled"
        case "shared":
            return "shared"
        case other:
            raise SettingsError(
                f"WANDB_MODE: want online, offline, disabled or shared, got {other!r}"
            )


def run_id(folder: Path) -> str:
    """Return the run's id, kept in its folder so that a resumed run has the same."""
    path = folder / "wandb" / "id.txt"
    if path.is_file():
        return path.read_text(encoding="utf-8").strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    name = secrets.token_hex(4)
    path.write_text(f"{name}\n", encoding="utf-8")
    return name
