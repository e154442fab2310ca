"""The overrides of an earlier run or sweep, from which run= and resume= start."""

from collections.abc import Sequence
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import ListConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from permille.config.overrides import as_value
from permille.config.schema import Program
from permille.core.errors import SettingsError

OVERRIDES_FILE = "overrides.yaml"
STARTS_FROM = {Program.train: "resume", Program.evaluate: "run", Program.sweep: "resume"}
A_RUN = "a run, such as outputs/<day>/<time>_<task>"
A_SWEEP = "a sweep, such as sweeps/<day>/<time>_<grid>"
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
        "unseen",
    }
)
"""Root settings that say what one call does; another call does not take them over."""
LENGTHS = ("task.max_source_tokens", "task.max_target_tokens")


def effective_overrides(program: Program, overrides: Sequence[str]) -> list[str]:
    """Return the overrides that count: those of the run that is started from, then the given ones.

    A checkpoint is read at the lengths of a pretrained model, one of a run at the run's own, unless
    the overrides choose a model.

    Args:
        program: The program.
        overrides: Overrides that Hydra can read, without sweeps.

    Raises:
        SettingsError: If the run that is named is no run.
    """
    setting = STARTS_FROM.get(program)
    folder = value_of(overrides, setting) if setting else None
    if program is Program.evaluate and len(audited_things(overrides)) > 1:
        return list(overrides)  # the rules refuse it, and name all that was given
    if folder is not None:
        kind = A_SWEEP if program is Program.sweep else A_RUN
        return [*saved_overrides(Path(folder), str(setting), kind), *overrides]
    checkpoint = value_of(overrides, "checkpoint") if program is Program.evaluate else None
    if checkpoint is None or value_of(overrides, "model") is not None:
        return list(overrides)
    return [*_model_overrides(checkpoint), *overrides]


def audited_things(overrides: Sequence[str]) -> list[str]:
    """Return which of `run`, `checkpoint` and `generations` are given: what an audit is of."""
    names = ("run", "checkpoint", "generations")
    return [name for name in names if value_of(overrides, name) is not None]


def _model_overrides(checkpoint: str) -> list[str]:
    """Return the overrides of a checkpoint's model and of how much text it reads."""
    run = Path(checkpoint).parent.parent
    if (run / OVERRIDES_FILE).is_file():
        saved = saved_overrides(run, "checkpoint")
        keys = [one.key_or_group for one in OverridesParser.create().parse_overrides(saved)]
        if "experiment" not in keys:
            return [
                text
                for text, key in zip(saved, keys, strict=True)
                if key in LENGTHS or key.split(".")[0] == "model"
            ]
    return ["model=hf", f"model.name={as_value(checkpoint)}"]


def value_of(overrides: Sequence[str], setting: str) -> str | None:
    """Return the value that the last of the overrides gives a setting; None where none does."""
    read = OverridesParser.create().parse_overrides(list(overrides))
    values = [override.value() for override in read if override.key_or_group == setting]
    return None if not values or values[-1] is None else str(values[-1])


def saved_overrides(folder: Path, setting: str, kind: str = A_RUN) -> list[str]:
    """Return what a run was started with.

    Args:
        folder: The run's folder.
        setting: Which setting named it, for the error.
        kind: What the folder should be one of, for the error.

    Raises:
        SettingsError: If the folder is none of a run, or holds pairs or labels of one, or its file
            of overrides is broken.
    """
    path = folder / OVERRIDES_FILE
    if not path.is_file():
        got = "which is no folder" if not folder.is_dir() else f"which has no {OVERRIDES_FILE}"
        raise SettingsError(f"{setting}: want the folder of {kind}, got {folder}, {got}")
    written = written_overrides(path)
    annotate, run = value_of(written, "annotate"), value_of(written, "run")
    if annotate is not None:
        raise SettingsError(
            f"{setting}: want the folder of {kind}, got {folder}, which has the result of "
            f"annotate={annotate}; name the run that this is of: run={run}"
        )
    read = OverridesParser.create().parse_overrides(written)
    return [
        text for text, one in zip(written, read, strict=True) if one.key_or_group not in OF_ONE_CALL
    ]


def written_overrides(path: Path) -> list[str]:
    """Return all overrides of a run's file of them.

    Raises:
        SettingsError: If the file is broken.
    """
    try:
        content = OmegaConf.load(path)
        if isinstance(content, ListConfig) and all(isinstance(one, str) for one in content):
            written = [str(one) for one in content]
            OverridesParser.create().parse_overrides(written)
            return written
        reason = "something else"
    except (YAMLError, UnicodeDecodeError, OmegaConfBaseException, HydraException) as error:
        reason = str(error).splitlines()[0]
    raise SettingsError(f"{path}: want a list of overrides, got {reason}; mend the file")
