"""Differences between two ratios, in per mille, with an interval and a p-value, or a reason."""

from dataclasses import dataclass

from permille.measure.ratio import Interval


@dataclass(frozen=True, slots=True)
class Contrast:
    """A difference between arms, in per mille, with a 95 % interval and a p-value.

    Where it cannot be computed the figures are None and `reason` says why.

    Raises:
        ValueError: If there is neither a figure nor a reason, or the p-value is no probability.
    """

    permille: float | None = None
    ci95: Interval | None = None
    p: float | None = None
    method: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.reason is None and (self.permille is None or self.ci95 is None):
            raise ValueError(f"want a figure with its interval, or a reason, got {self.permille}")
        if self.p is not None and not 0 <= self.p <= 1:
            raise ValueError(f"want a p-value in [0, 1], got {self.p}")

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies wholly on one side of 0; nothing else is called an effect."""
        return self.ci95 is not None and (self.ci95[0] > 0 or self.ci95[1] < 0)

    def to_dict(self) -> dict[str, object]:
        """Return the form of ``report.json``: one decimal, the p-value with three digits."""
        if self.permille is None or self.ci95 is None:
            return {"permille": None, "ci95": None, "p": None, "reason": self.reason}
        return {
            "permille": round(self.permille, 1),
            "ci95": [round(end, 1) for end in self.ci95],
            "p": None if self.p is None else float(f"{self.p:.3g}"),
            "method": self.method,
        }
