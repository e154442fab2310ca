"""Means of figures in [0, 1], such as shares of each of several texts, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from permille.measure.clusters import clusters
from permille.measure.intervals import Interval, rounded_figures, wilson_interval


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of `of` figures in [0, 1], in per mille, with a 95 % interval; None of nothing."""

    of: int
    permille: float | None = None
    ci95: Interval | None = None
    reason: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the form of ``report.json``, figures with one decimal."""
        if self.permille is None or self.ci95 is None:
            return {"permille": None, "ci95": None, "of": self.of, "reason": self.reason}
        permille, ci95 = rounded_figures(self.permille, self.ci95)
        method = "wilson at the effective size"
        return {
            "permille": permille,
            "ci95": ci95,
            "of": self.of,
            "method": method,
        }


def bounded_mean(
    values: Sequence[float | None],
    groups: npt.ArrayLike | None = None,
    *,
    reason_if_empty: str = "nothing to measure",
) -> Mean:
    """Return the mean of figures in [0, 1]; None among them is passed over.

    The interval is Wilson's at the size at which shares would vary as much as these figures do:
    n m (1 - m) / s^2. Where all figures are equal it is Wilson's at n, so that it has a length.
    With groups that size is divided by their design effect (`measure.clusters`).

    Args:
        values: The figures.
        groups: Which of them rise and fall together, a label each; None for none.
        reason_if_empty: What is said where there are none.

    Raises:
        ValueError: If a figure is outside [0, 1].
    """
    rows = [row for row, value in enumerate(values) if value is not None]
    known = np.array([values[row] for row in rows], dtype=np.float64)
    if not known.size:
        return Mean(0, reason=reason_if_empty)
    if known.min() < 0 or known.max() > 1:
        raise ValueError(f"want figures in [0, 1], got {known.min()} to {known.max()}")
    mean, size = float(known.mean()), float(known.size)
    variance = float(known.var(ddof=1)) if known.size > 1 else 0.0
    if variance > 1e-12:
        size *= mean * (1 - mean) / variance
    if groups is not None:
        size /= clusters(known, np.asarray(groups)[rows]).design_effect()
    low, high = wilson_interval(mean * size, size)
    return Mean(known.size, 1000 * mean, (1000 * low, 1000 * high))
