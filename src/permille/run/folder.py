"""The folder of a run: where its files lie, and how they are written whole or not at all."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from omegaconf import OmegaConf

from permille.config.saved import OVERRIDES_FILE
from permille.core.errors import SettingsError

REPORT_FILE = "report.json"
FAILED_FILE = "failed.json"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run's folder; SCHEMAS' files by name."""

    path: Path

    @property
    def report(self) -> Path:
        """The result, written last."""
        return self.path / REPORT_FILE

    @property
    def page(self) -> Path:
        """The report as people look at it."""
        return self.path / "report.html"

    @property
    def settings(self) -> Path:
        """Every setting with its value."""
        return self.path / "config.yaml"

    @property
    def failed(self) -> Path:
        """Why the run ended early, where it did."""
        return self.path / FAILED_FILE

    @property
    def generations(self) -> Path:
        """What the model wrote."""
        return self.path / "generations.jsonl"

    @property
    def documents(self) -> Path:
        """What it may have copied from."""
        return self.path / "documents.jsonl.gz"

    @property
    def cases(self) -> Path:
        """What was found in which document."""
        return self.path / "cases.jsonl"

    @property
    def metrics(self) -> Path:
        """Numbers by epoch."""
        return self.path / "metrics.jsonl"

    @property
    def attention(self) -> Path:
        """Arrays of the attention by epoch."""
        return self.path / "attention"

    @property
    def checkpoints(self) -> Path:
        """Lightning's checkpoints and the audited model."""
        return self.path / "checkpoints"

    @property
    def model(self) -> Path:
        """The audited weights with their tokenizer, in Hugging Face's form."""
        return self.checkpoints / "model"

    def begin(self, *, is_resumed: bool) -> None:
        """Make the folder ready: what says that a run is done goes until it is done again.

        Raises:
            SettingsError: If another run lies there that is not resumed.
        """
        if not is_resumed and (self.report.exists() or self.checkpoints.exists()):
            raise SettingsError(
                f"hydra.run.dir: want a folder without a run, got {self.path}, which holds one; "
                "choose another, or go on in it with resume="
            )
        self.path.mkdir(parents=True, exist_ok=True)
        self.report.unlink(missing_ok=True)
        self.failed.unlink(missing_ok=True)

    def write_settings(self, overrides: Sequence[str], settings: Mapping[str, object]) -> None:
        """Write overrides.yaml and config.yaml."""
        write_whole(self.path / OVERRIDES_FILE, OmegaConf.to_yaml(list(overrides)))
        write_whole(self.settings, OmegaConf.to_yaml(dict(settings)))


def make_place(setting: str, named: str | None) -> None:
    """Make sure that a job's folder can be written; Hydra would end in a traceback where it cannot.

    Args:
        setting: The name of the setting that names the folder.
        named: What it says; None for a folder that is named by the time, in the current one. A
            name that Hydra has to fill in first is left to it.

    Raises:
        SettingsError: If the folder cannot be made or written.
    """
    if named is not None and "${" in named:
        return
    place = Path(named or ".")
    try:
        place.mkdir(parents=True, exist_ok=True)
        reason = None if os.access(place, os.W_OK | os.X_OK) else "it may not be written"
    except OSError as error:
        reason = error.strerror
    if reason is not None:
        raise SettingsError(
            f"{setting}: want a folder that can be written, got {place}: {reason}; choose another"
            f" with {setting}=FOLDER"
        )


def write_json(path: Path, values: Mapping[str, object]) -> None:
    """Write an object as JSON; the file is there only once it is whole."""
    write_whole(path, json.dumps(values, indent=1, ensure_ascii=False) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Write a text file beside its place, and then move it there.

    Raises:
        OSError: If the disk does not take it; the error names the file.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with aside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        aside.unlink(missing_ok=True)
