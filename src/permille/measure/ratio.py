"""Ratios in per mille with their intervals, or the reason why there is none.

Wilson's score interval: E. B. Wilson, "Probable inference, the law of succession, and statistical
inference", JASA 22 (1927). Its ends stay inside [0, 1000], and at 0 and at n it still has a length.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from permille.measure.clusters import clusters, share_interval
from permille.measure.intervals import Interval, rounded_figures, wilson_interval


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many of a number of things, in per mille, with a 95 % interval.

    `ci95` is in per mille, `method` says how it was made. Where the ratio is of nothing, or cannot
    be computed, `ci95` is None and `reason` says why.
    `estimate_permille` stands for 1000 * `count` / `of` where a ratio is corrected or standardized.
    `effective_of` is how many independent things weigh as much as these, where they hang together.

    Raises:
        ValueError: If there are more cases than things, or neither a figure nor a reason.
    """

    count: int
    of: int
    ci95: Interval | None = None
    method: str | None = None
    reason: str | None = None
    estimate_permille: float | None = None
    effective_of: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.of:
            raise ValueError(f"want 0 <= count <= of, got {self.count} of {self.of}")
        if (self.ci95 is None or self.of == 0) and self.reason is None:
            raise ValueError(
                f"want an interval of something, or a reason: {self.count} of {self.of}"
            )

    @property
    def permille(self) -> float | None:
        """The ratio in per mille, or None where `reason` says why there is none."""
        if self.reason is not None:
            return None
        if self.estimate_permille is not None:
            return self.estimate_permille
        return 1000 * self.count / self.of

    @property
    def size(self) -> float:
        """How many independent things this is of."""
        return self.of if self.effective_of is None else self.effective_of

    def to_dict(self) -> dict[str, object]:
        """Return the form of ``report.json``, one decimal, more in a short interval."""
        head: dict[str, object] = {"count": self.count, "of": self.of}
        if self.permille is None or self.ci95 is None:
            return head | {"permille": None, "ci95": None, "reason": self.reason}
        if self.effective_of is not None:
            head["effective_of"] = round(self.effective_of, 1)
        permille, ci95 = rounded_figures(self.permille, self.ci95)
        return head | {
            "permille": permille,
            "ci95": ci95,
            "method": self.method,
        }


def wilson_ratio(count: int, of: int, *, reason_if_empty: str = "nothing to measure") -> Ratio:
    """Return `count` of `of` with Wilson's 95 % interval.

    Args:
        count: How many have the property.
        of: How many there are; 0 gives a ratio that is null, with `reason_if_empty`.
        reason_if_empty: Why there may be none.

    >>> wilson_ratio(12, 180).to_dict()["ci95"]
    [38.5, 112.9]
    """
    if of == 0:
        return Ratio(count, of, reason=reason_if_empty)
    low, high = wilson_interval(count, of)
    return Ratio(count, of, (1000 * low, 1000 * high), "wilson")


def grouped_ratio(
    values: npt.ArrayLike, groups: npt.ArrayLike, *, reason_if_empty: str = "nothing to measure"
) -> Ratio:
    """Return the share of true `values` whose groups rise and fall together, both of shape (N,).

    Several generations of one example, or examples that share text, are a group; Wilson's interval
    is taken at the effective size (size divided by the design effect).

    Raises:
        ValueError: If there are not as many groups as values.
    """
    if np.size(values) == 0:
        return Ratio(0, 0, reason=reason_if_empty)
    arm = clusters(values, groups)
    low, high = share_interval(arm)
    return Ratio(
        round(float(arm.sums.sum())),
        round(arm.of),
        (1000 * low, 1000 * high),
        "wilson over groups",
        effective_of=arm.effective_of(),
    )


@dataclass(frozen=True, slots=True)
class Ratios:
    """The object R of ``report.json``: of any kind, and of each kind that adds up to it."""

    any: Ratio
    verbatim: Ratio
    paraphrase: Ratio
    idea: Ratio

    def to_dict(self) -> dict[str, dict[str, object]]:
        """Return the four ratios in the form of ``report.json``."""
        return {
            "any": self.any.to_dict(),
            "verbatim": self.verbatim.to_dict(),
            "paraphrase": self.paraphrase.to_dict(),
            "idea": self.idea.to_dict(),
        }


def wilson_ratios(
    counts: Mapping[str, int], of: int, *, reason_if_empty: str = "nothing to measure"
) -> Ratios:
    """Return the ratios of kinds that exclude each other; `any` is their sum.

    Args:
        counts: How many have "verbatim", "paraphrase", "idea" as their strongest kind; what is not
            named counts 0. Other keys, such as "none", are not looked at.
        of: How many there are in all.
        reason_if_empty: Why there may be none.
    """
    named = {kind: counts.get(kind, 0) for kind in ("verbatim", "paraphrase", "idea")}
    named["any"] = sum(named.values())
    return Ratios(
        **{
            kind: wilson_ratio(count, of, reason_if_empty=reason_if_empty)
            for kind, count in named.items()
        }
    )
