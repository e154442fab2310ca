"""A task trained alone beside the same task in a mixture."""

from collections.abc import Sequence

from permille.measure.contrast import newcombe_contrast
from permille.measure.multiplicity import holm_of
from permille.report.claim import part
from permille.report.comparison_rows import POOLED_TASK, Row, named_rows, overrides_of

MIXING = ("task", "task.tasks", "task.budget", "task.mixing", "task.temperature")
"""Settings in which a mixture and a single task may differ and still be compared."""


def multitask_rows(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Return for each task of a mixture its ratio there, its ratio alone, and their difference.

    The two are compared where all else is the same. The difference is over all prompts of each,
    since which generations are measurable is itself an outcome of the model; that over measurable
    ones stands in it as `measurable_only`. Both have Newcombe's interval and Fisher's exact p,
    which take the two models' prompts as independent; `p_holm` is corrected over all tasks and
    mixtures.
    """
    names = named_rows(rows)
    found: list[dict[str, object]] = []
    for mixture_name, mixture in names.items():
        if mixture["task"] != POOLED_TASK:
            continue
        for task, values in part(mixture, "tasks").items():
            for name, alone in names.items():
                if alone["task"] == task and _else_same(alone, mixture):
                    mixed = part({"task": values}, "task")
                    found.append(
                        {
                            "task": task,
                            "mixture": mixture_name,
                            "alone": name,
                            "ratio_mixture": part(mixed, "ratios", "any"),
                            "ratio_alone": part(alone, "ratios", "any"),
                            "difference": _difference(mixed, alone),
                        }
                    )
    return _corrected(found)


def _else_same(first: Row, second: Row) -> bool:
    """Tell whether two rows have the same overrides but for what makes a mixture."""
    kept = [
        {name: value for name, value in overrides_of(row).items() if name not in MIXING}
        for row in (first, second)
    ]
    return kept[0] == kept[1]


def _difference(mixed: Row, alone: Row) -> dict[str, object]:
    """Return the difference over all prompts, and that over measurable generations beside it."""
    ratios = [part(one, "ratios", "any") for one in (mixed, alone)]
    counts = [_whole(ratio.get("count")) for ratio in ratios]
    measurable = [_whole(ratio.get("of")) for ratio in ratios]
    totals = [_whole(part(one, "generations").get("total")) for one in (mixed, alone)]
    only = newcombe_contrast(counts[0], measurable[0], counts[1], measurable[1]).to_dict()
    if 0 in totals:
        reason = "how many prompts there were in all is not known of one of the two"
        return {"permille": None, "ci95": None, "p": None, "reason": reason} | {
            "measurable_only": only
        }
    every = newcombe_contrast(counts[0], totals[0], counts[1], totals[1]).to_dict()
    return {**every, "measurable_only": only}


def _corrected(found: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the rows with the p-values of their differences corrected by Holm."""
    all_p_holm = holm_of([part(row, "difference") for row in found])
    return [
        {**row, "difference": {**part(row, "difference"), "p_holm": p_holm}}
        for row, p_holm in zip(found, all_p_holm, strict=True)
    ]


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
