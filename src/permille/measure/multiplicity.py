"""Correction of p-values for how many tests were made."""

from collections.abc import Mapping, Sequence

import numpy as np


def holm(p_by_test: Mapping[str, float | None]) -> list[dict[str, object]]:
    """Return the rows of ``controls.multiplicity``, in the order given.

    Holm's step-down correction (Scandinavian Journal of Statistics 6, 1979) holds the chance of
    any false alarm among all tests, however they hang together. A test without a p-value was not
    made and has no row.
    """
    # statsmodels' multipletests collects garbage at each call, 0.1 s in a loaded program
    made = {test: p for test, p in p_by_test.items() if p is not None}
    p_values = np.array(list(made.values()))
    order = np.argsort(p_values, kind="stable")
    steps = p_values[order] * np.arange(len(made), 0, -1)
    corrected = np.empty(len(made))
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return [
        {"test": test, "p": float(f"{p:.3g}"), "p_holm": float(f"{p_holm:.3g}")}
        for (test, p), p_holm in zip(made.items(), corrected, strict=True)
    ]


def holm_of(contrasts: Sequence[Mapping[str, object]]) -> list[object]:
    """Return the corrected p of each contrast, None where one has no ``p``.

    >>> holm_of([{"p": 0.01}, {}, {"p": 0.04}])
    [0.02, None, 0.04]
    """
    all_p = {str(place): contrast.get("p") for place, contrast in enumerate(contrasts)}
    made = holm({place: p for place, p in all_p.items() if isinstance(p, float | int)})
    corrected = {row["test"]: row["p_holm"] for row in made}
    return [corrected.get(place) for place in all_p]
