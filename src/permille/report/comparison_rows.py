"""The rows of a comparison: their names, what was swept, and the points they make."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from permille.report.claim import part

Row = Mapping[str, object]
POOLED_TASK = "multitask"
"""Left out of the correlation: its ratio is made of the other tasks' texts."""
MIXED_TASKS = "task.tasks"
"""The setting that lists the tasks of a mixture."""
MAX_LISTED = 3
"""Tasks of a mixture that a drawing names; more are counted."""


def task_of(row: Row) -> str:
    """Return a row's task, `texts` where it audits texts of foreign origin."""
    return str(row["task"] or "texts")


def named_rows(rows: Sequence[Row]) -> dict[str, Row]:
    """Return the rows by task, or by their run's folder where a task comes more than once."""
    tasks = [task_of(row) for row in rows]
    return {
        task if tasks.count(task) == 1 else Path(str(row["run"])).name: row
        for task, row in zip(tasks, rows, strict=True)
    }


def short_names(rows: Sequence[Row]) -> dict[str, str]:
    """Return for each name of `named_rows` one that people read in a drawing.

    It says the task, of a mixture the tasks in it, and what was swept by the last words of its
    settings. Where that does not tell rows apart, a row keeps its name.
    """
    named, swept = named_rows(rows), _swept_beside_tasks(rows)
    short = {
        name: name if name == task_of(row) else _short(row, swept) for name, row in named.items()
    }
    counts = Counter(short.values())
    return {name: one if counts[one] == 1 else name for name, one in short.items()}


def point_names(rows: Sequence[Row]) -> tuple[dict[str, str], str]:
    """Return names for points whose color says the task, and what a drawing has to say of them.

    Where one setting was swept these are its values, which leave most room; else `short_names`.
    """
    named, swept = named_rows(rows), _swept_beside_tasks(rows)
    if len(swept) == 1:
        values = {name: overrides_of(row).get(swept[0], "") for name, row in named.items()}
        of_tasks = {(task_of(named[name]), value) for name, value in values.items()}
        if len(of_tasks) == len(named) and all(values.values()):
            return values, f" Beside each point stands its {swept[0]}."
    return short_names(rows), ""


def _swept_beside_tasks(rows: Sequence[Row]) -> list[str]:
    return [name for name in swept_settings(rows) if name != MIXED_TASKS]


def _short(row: Row, swept: Sequence[str]) -> str:
    overrides = overrides_of(row)
    tasks = overrides.get(MIXED_TASKS, "").strip("[]").split(",")
    listed = " + ".join(tasks) if len(tasks) <= MAX_LISTED else f"{len(tasks)} tasks"
    last_words = [name.rpartition(".")[2] for name in swept]
    settings = [
        f"{last if last_words.count(last) == 1 else name}={overrides[name]}"
        for name, last in zip(swept, last_words, strict=True)
        if name in overrides
    ]
    return (listed or task_of(row)) + (f" ({', '.join(settings)})" if settings else "")


def permille_of(row: Row) -> float | None:
    """Return a run's ratio of any kind, in per mille."""
    value = part(row, "ratios", "any").get("permille")
    return float(value) if isinstance(value, int | float) else None


def interval_of(row: Row) -> tuple[float, float] | None:
    """Return the 95 % interval of that ratio."""
    ends = part(row, "ratios", "any").get("ci95")
    return (float(ends[0]), float(ends[1])) if isinstance(ends, list | tuple) else None


def correlated_points(rows: Sequence[Row]) -> dict[str, tuple[float, float]]:
    """Return (CAD, ratio of any kind in per mille) of each run that has both, by its name."""
    points = {}
    for name, row in named_rows(rows).items():
        cad, permille = row.get("cad"), permille_of(row)
        if isinstance(cad, int | float) and permille is not None and row["task"] != POOLED_TASK:
            points[name] = (float(cad), permille)
    return points


def overrides_of(row: Row) -> dict[str, str]:
    """Return a row's overrides by name, the last one where a name comes twice."""
    listed = row.get("overrides")
    pairs = (str(one).partition("=") for one in listed) if isinstance(listed, list) else ()
    return {name.lstrip("+"): value for name, _, value in pairs}


def swept_settings(rows: Sequence[Row]) -> list[str]:
    """Return the settings whose values differ between rows, the task aside."""
    all_overrides = [overrides_of(row) for row in rows]
    names = sorted({name for overrides in all_overrides for name in overrides} - {"task", "run"})
    return [name for name in names if len({one.get(name) for one in all_overrides}) > 1]


def swept_text(row: Row, names: Sequence[str]) -> str:
    """Write a row's values of the swept settings."""
    overrides = overrides_of(row)
    return ", ".join(f"{name}={overrides[name]}" for name in names if name in overrides)


def utility_of(row: Row) -> tuple[str, float] | None:
    """Return the name and value of a run's first score of its task."""
    for name, value in part(row, "utility").items():
        if isinstance(value, int | float):
            return str(name), float(value)
    return None


def frontier(points: Mapping[str, tuple[float, float]]) -> list[str]:
    """Return the runs that no other beats: none has more utility with as little memorization.

    Args:
        points: Of each run (utility, ratio in per mille).

    Returns:
        Their names, by rising utility.

    >>> frontier({"a": (0.3, 5.0), "b": (0.4, 5.0), "c": (0.5, 9.0)})
    ['b', 'c']
    """
    kept = [
        name
        for name, (utility, permille) in points.items()
        if not any(
            other[0] >= utility and other[1] <= permille and other != (utility, permille)
            for other in points.values()
        )
    ]
    return sorted(kept, key=lambda name: points[name])
