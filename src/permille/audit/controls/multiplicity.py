"""Many tests find something by chance: every p-value of an audit, corrected together."""

from collections.abc import Iterator, Mapping

from permille.measure.multiplicity import holm

P_VALUE = "p"
UNNAMED = ("difference",)
"""Keys that tell no tests apart, and are left out of their names."""


def multiplicity(
    controls: Mapping[str, object], tasks: Mapping[str, object]
) -> list[dict[str, object]] | dict[str, object]:
    """Return every p-value of the controls, and the same by Holm's correction.

    The family is all that has a ``p`` anywhere in the controls of the report and of its tasks, by
    the keys that lead to it: contrasts of every kind, over all prompts and over measurable ones
    (``heldout any``, ``heldout any measurable_only``), and what looks have tested (``extraction
    discoverable``, ``membership loss``).

    Args:
        controls: All other controls.
        tasks: Of several tasks the controls of each.
    """
    p_by_test = dict(_p_values(controls))
    for task, values in tasks.items():
        p_by_test |= {f"{task}: {test}": p for test, p in _p_values(values)}
    rows = holm(p_by_test)
    return rows or {"missing": "there is no contrast, and so no p-value"}


def _p_values(values: object, *path: str) -> Iterator[tuple[str, float]]:
    """Yield the name and value of every p-value in nested mappings, those of a place first."""
    if not isinstance(values, Mapping):
        return
    p = values.get(P_VALUE)
    if isinstance(p, float | int):
        yield " ".join(path), float(p)
    for key, inner in values.items():
        yield from _p_values(inner, *path, *(() if key in UNNAMED else (str(key),)))
