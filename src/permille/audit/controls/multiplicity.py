"""Many tests find something by chance: every p-value of an audit, corrected together."""

from collections.abc import Iterator, Mapping

from permille.measure.multiplicity import holm

P_VALUE = "p"
HELDOUT = "heldout"
"""The control whose contrast others take again, with something left out."""
UNNAMED = ("difference",)
"""Keys that tell no tests apart, and are left out of their names."""
Figure = dict[object, object]


def multiplicity(
    controls: Mapping[str, object], tasks: Mapping[str, object]
) -> list[dict[str, object]] | dict[str, object]:
    """Return every p-value of the controls, and the same by Holm's correction.

    The family is all that has a ``p`` anywhere in the controls of the report and of its tasks, by
    the keys that lead to it: contrasts of every kind, over all prompts and over measurable ones
    (``heldout any``, ``heldout any measurable_only``), and what looks have tested (``extraction
    discoverable``, ``membership loss``). Where a control left nothing out, so that its contrast is
    the one of ``heldout`` again, it is that test and no further one.

    Args:
        controls: All other controls.
        tasks: Of several tasks the controls of each.
    """
    p_by_test = _p_by_test(controls)
    for task, values in tasks.items():
        p_by_test |= {f"{task}: {test}": p for test, p in _p_by_test(values).items()}
    rows = holm(p_by_test)
    return rows or {"missing": "there is no contrast, and so no p-value"}


def _p_by_test(controls: object) -> dict[str, float]:
    """Return every p-value of some controls by the name of its test, each test once."""
    found = dict(_tests(controls))
    once = {}
    for name, (p, figure) in found.items():
        _, is_again, what = name.partition(f" {HELDOUT} ")
        of_all = found.get(f"{HELDOUT} {what}") if is_again else None
        if of_all is None or of_all[1] != figure:
            once[name] = p
    return once


def _tests(values: object, *path: str) -> Iterator[tuple[str, tuple[float, Figure]]]:
    """Yield the name, p-value and figure of every test in nested mappings, by place."""
    if not isinstance(values, Mapping):
        return
    p = values.get(P_VALUE)
    if isinstance(p, float | int):
        figure = {key: one for key, one in values.items() if not isinstance(one, Mapping)}
        yield " ".join(path), (float(p), figure)
    for key, inner in values.items():
        yield from _tests(inner, *path, *(() if key in UNNAMED else (str(key),)))
