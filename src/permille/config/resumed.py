"""What stays as it was when a run goes on, whatever else may be changed then."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from omegaconf import DictConfig

from permille.callbacks.config import AttentionScope
from permille.config.compose import compose_program
from permille.config.differing import differing
from permille.config.saved import saved_overrides, value_of
from permille.config.schema import Program
from permille.config.secrets import plain_settings

KEPT = ("seed", "task", "data", "model")
"""Groups and settings of which a checkpoint is the result: with others, held-out examples would
have been trained on, and the report would be of another model than it says."""
KEPT_ONCE_MEASURED = ("attention.name", "attention.num_examples")
"""Of the attention, where epochs of it were measured: all have the same layers and examples."""


def changed_settings(
    overrides: Sequence[str], composed: DictConfig, config_dir: Path | None = None
) -> list[str]:
    """Return a line for each override of train.py that would change what a resumed run keeps.

    Args:
        overrides: Those of the command line; none of them is wrong without `resume`.
        composed: What they give together with those of the run.
        config_dir: A folder of the user's own YAML files.
    """
    folder = value_of(overrides, "resume")
    if folder is None:
        return []
    known = saved_overrides(Path(folder), "resume")
    before = plain_settings(compose_program(Program.train, known, config_dir))
    kept = _kept(Path(folder), composed)
    if not _changed(before, plain_settings(composed), kept):
        return []
    faults = []
    for override in overrides:
        known.append(override)
        after = plain_settings(compose_program(Program.train, known, config_dir))
        changed = _changed(before, after, kept)
        if changed:
            group = re.split(r"[.=]", override.lstrip("+~"))[0]
            name = next((one for one in changed if one.startswith(group)), next(iter(changed)))
            faults.append(
                f"{override}: want {_in_words(name, changed[name])}, with which {folder} was begun;"
                " leave it out to go on there, or start another run without resume="
            )
        before = after
    return faults


def _kept(run: Path, composed: DictConfig) -> tuple[str, ...]:
    """Return the names of what stays in a run; attention may always be left unmeasured."""
    is_measured = (run / "attention" / "manifest.json").is_file()
    is_off = composed.attention.name == AttentionScope.off
    return KEPT + KEPT_ONCE_MEASURED if is_measured and not is_off else KEPT


def _changed(
    before: Mapping[str, object], after: Mapping[str, object], kept: Sequence[str]
) -> dict[str, object]:
    """Return the values before of what stays and yet differs after, by dotted name."""
    return {
        name: value
        for name, value in differing(before, after).items()
        if any(name == one or name.startswith(f"{one}.") for one in kept)
    }


def _in_words(name: str, value: object) -> str:
    """Return a setting with its value, as a user types it."""
    return f"{name}={value if isinstance(value, str) else json.dumps(value)}"
