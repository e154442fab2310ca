"""Settings that were given and have no effect beside others.

They are no faults, since the jobs of a sweep share settings that only some of them use: the budget
of a mixture in `-m 'task=glob(*)' task.budget=examples`.
"""

from collections.abc import Sequence

from hydra.core.override_parser.overrides_parser import OverridesParser

from permille.audit.config import AuditName, PromptMode
from permille.config.schema import Settings
from permille.judge.config import JudgeKind
from permille.model.config import ModelSource

SIZES_OF_MINI = ("vocab_size", "d_model", "d_ff", "num_layers", "num_heads")
OF_MIXTURES = ("tasks", "mixing", "temperature", "budget")
OF_PROMPTS = ("num_prompts", "num_heldout_prompts", "prompt", "prefix_tokens", "prefix_start")
OF_WRITING = ("max_new_tokens", "batch_size", "decoding", "weights", "base_model")
OF_TRAINING = ("every_n_epochs", "epoch_num_prompts")
OF_MODELS = (
    *("task", "data", "model", "trainer"),
    *(f"audit.{name}" for name in (*OF_PROMPTS, *OF_WRITING, *OF_TRAINING)),
)
"""What has no effect where texts are given, since no model is asked for any."""

Ignored = tuple[bool, str, str, tuple[str, ...]]
"""Under which condition, how a user sets that, and which settings of a group have no effect."""


def ignored_settings(root: Settings) -> list[str]:
    """Return a line for every setting that is not at its default and has no effect."""
    is_mini = root.model.source is ModelSource.mini and not getattr(root, "checkpoint", None)
    is_off = root.audit.name is AuditName.off
    is_whole = root.audit.prompt is PromptMode.input and not is_off
    table: list[Ignored] = [
        (is_mini, "model=mini", "model", ("name", "revision")),
        (root.model.source is ModelSource.pretrained, "this model", "model", SIZES_OF_MINI),
        (root.judge.kind is JudgeKind.none, "judge=none", "judge", ("threshold", "entities")),
        (root.judge.kind is JudgeKind.lexical, "judge=lexical", "judge", ("name", "batch_size")),
        (not root.task.is_mixture, f"task={root.task.name}", "task", OF_MIXTURES),
        (is_off, "audit=off", "audit", OF_PROMPTS),
        (is_whole, "audit.prompt=input", "audit", ("prefix_tokens", "prefix_start")),
    ]
    return [
        f"{group}.{name}: {given} has no effect with {why}; leave it out, or choose another"
        for is_so, why, group, names in table
        if is_so
        for name in names
        if (given := _given(getattr(root, group), name)) is not None
    ]


def ignored_overrides(root: Settings, overrides: Sequence[str]) -> list[str]:
    """Return a line for every override that has no effect where texts are given."""
    if getattr(root, "generations", None) is None:
        return []
    return [
        f"{one.input_line} has no effect with generations=, since no model is asked; leave it out"
        for one in OverridesParser.create().parse_overrides(list(overrides))
        if any(
            one.key_or_group == name or one.key_or_group.startswith(f"{name}.")
            for name in OF_MODELS
        )
    ]


def _given(group: object, name: str) -> str | None:
    """Return the value of a group's setting as text; None where it is the default."""
    value = getattr(group, name)
    return None if value == getattr(type(group)(), name) else str(value)
