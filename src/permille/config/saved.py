"""The overrides of an earlier run, from which evaluate.py run= and train.py resume= start."""

from collections.abc import Sequence
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import ListConfig, OmegaConf

from permille.config.schema import Program
from permille.core.errors import SettingsError

OVERRIDES_FILE = "overrides.yaml"
STARTS_FROM = {Program.train: "resume", Program.evaluate: "run"}
OF_ONE_CALL = frozenset(
    {
        "resume",
        "run",
        "checkpoint",
        "generations",
        "documents",
        "annotate",
        "labels",
        "num_pairs",
        "redraw",
    }
)
"""Root settings that say what one call does; another call does not take them over."""


def effective_overrides(program: Program, overrides: Sequence[str]) -> list[str]:
    """Return the overrides that count: those of the run that is started from, then the given ones.

    Args:
        program: The program.
        overrides: Overrides that Hydra can read, without sweeps.

    Raises:
        SettingsError: If the run that is named is no run.
    """
    setting = STARTS_FROM.get(program)
    folder = value_of(overrides, setting) if setting else None
    if folder is None:
        return list(overrides)
    return [*saved_overrides(Path(folder), str(setting)), *overrides]


def value_of(overrides: Sequence[str], setting: str) -> str | None:
    """Return the value that the last of the overrides gives a setting; None where none does."""
    read = OverridesParser.create().parse_overrides(list(overrides))
    values = [override.value() for override in read if override.key_or_group == setting]
    return None if not values or values[-1] is None else str(values[-1])


def saved_overrides(folder: Path, setting: str) -> list[str]:
    """Return what a run was started with.

    Args:
        folder: The run's folder.
        setting: Which setting named it, for the error.

    Raises:
        SettingsError: If the folder is none of a run.
    """
    path = folder / OVERRIDES_FILE
    if not path.is_file():
        got = "which is no folder" if not folder.is_dir() else f"which has no {OVERRIDES_FILE}"
        raise SettingsError(
            f"{setting}: want the folder of a run, such as outputs/<day>/<time>_<task>, got"
            f" {folder}, {got}"
        )
    content = OmegaConf.load(path)
    if not isinstance(content, ListConfig) or not all(isinstance(one, str) for one in content):
        raise SettingsError(f"{path}: want a list of overrides, got something else; mend the file")
    saved = [str(one) for one in content]
    read = OverridesParser.create().parse_overrides(saved)
    return [
        text for text, one in zip(saved, read, strict=True) if one.key_or_group not in OF_ONE_CALL
    ]
