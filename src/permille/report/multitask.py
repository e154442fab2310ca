"""A task trained alone beside the same task in a mixture."""

from collections.abc import Sequence

from permille.measure.contrast import newcombe_contrast
from permille.report.claim import part
from permille.report.comparison_rows import POOLED_TASK, Row, named_rows, overrides_of

MIXING = ("task", "task.tasks", "task.budget", "task.mixing", "task.temperature")
"""Settings in which a mixture and a single task may differ and still be compared."""


def multitask_rows(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Return for each task of a mixture its ratio there, its ratio alone, and their difference.

    The two are compared where all else is the same. The difference is over the measurable
    generations of each, with Newcombe's interval and Fisher's exact p.
    """
    names = named_rows(rows)
    found: list[dict[str, object]] = []
    for mixture_name, mixture in names.items():
        if mixture["task"] != POOLED_TASK:
            continue
        for task, values in part(mixture, "tasks").items():
            for name, alone in names.items():
                if alone["task"] == task and _else_same(alone, mixture):
                    mixed, single = part(values, "ratios", "any"), part(alone, "ratios", "any")
                    found.append(
                        {
                            "task": task,
                            "mixture": mixture_name,
                            "alone": name,
                            "ratio_mixture": mixed,
                            "ratio_alone": single,
                            "difference": _difference(mixed, single),
                        }
                    )
    return found


def _else_same(first: Row, second: Row) -> bool:
    """Tell whether two rows have the same overrides but for what makes a mixture."""
    kept = [
        {name: value for name, value in overrides_of(row).items() if name not in MIXING}
        for row in (first, second)
    ]
    return kept[0] == kept[1]


def _difference(mixed: Row, single: Row) -> dict[str, object]:
    counts = [ratio.get(key) for ratio in (mixed, single) for key in ("count", "of")]
    count, of, other_count, other_of = (int(one) if isinstance(one, int) else 0 for one in counts)
    return newcombe_contrast(count, of, other_count, other_of).to_dict()
