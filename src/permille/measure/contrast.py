"""Differences between two ratios, in per mille, with an interval and a p-value, or a reason.

The intervals are score intervals, which have a length at 0 against 0; groups of examples that
share text enter through their design effect, and are what the tests permute.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from permille.measure.clusters import (
    clusters,
    paired_interval,
    permutation_p,
    share_interval,
    sign_flip_p,
    welch_p,
)
from permille.measure.intervals import Interval, mover_interval, rounded_figures, wilson_interval


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
        permille, ci95 = rounded_figures(self.permille, self.ci95)
        return {
            "permille": permille,
            "ci95": ci95,
            "p": None if self.p is None else float(f"{self.p:.3g}"),
            "method": self.method,
        }


def newcombe_contrast(count: int, of: int, other_count: int, other_of: int) -> Contrast:
    """Return `count` / `of` minus `other_count` / `other_of`, two independent shares.

    With Newcombe's interval (his method 10, without continuity correction) and Fisher's exact p;
    of arms of one size that is the p-value of permuting their difference.
    """
    if of == 0 or other_of == 0:
        return Contrast(reason="one of the two arms is empty")
    ends = mover_interval(
        count / of,
        wilson_interval(count, of),
        other_count / other_of,
        wilson_interval(other_count, other_of),
    )
    table = [[count, of - count], [other_count, other_of - other_count]]
    return _contrast(
        count / of - other_count / other_of,
        ends,
        float(stats.fisher_exact(table).pvalue),
        "newcombe, fisher",
    )


def independent_contrast(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    *,
    first_groups: npt.ArrayLike | None = None,
    second_groups: npt.ArrayLike | None = None,
    seed: int = 0,
) -> Contrast:
    """Return the share of cases in `first`, of shape (N,), minus that in `second`, of shape (M,).

    Newcombe's interval. With groups, of the same shapes, the arms count as their effective sizes
    (size divided by design effect) and the p-value permutes groups of one size between arms;
    without groups it is Fisher's. No group may be in both arms: a split by group sees to that.
    """
    if np.size(first) == 0 or np.size(second) == 0:
        return Contrast(reason="one of the two arms is empty")
    arms = clusters(first, first_groups), clusters(second, second_groups)
    if first_groups is None and second_groups is None:
        counted = [round(figure) for arm in arms for figure in (arm.sums.sum(), arm.of)]
        return newcombe_contrast(*counted)
    ends = [share_interval(arm) for arm in arms]
    return _contrast(
        arms[0].mean - arms[1].mean,
        mover_interval(arms[0].mean, ends[0], arms[1].mean, ends[1]),
        permutation_p(*arms, seed=seed),
        "newcombe over groups, permutation of groups",
    )


def paired_contrast(
    first: npt.ArrayLike, second: npt.ArrayLike, *, groups: npt.ArrayLike | None = None
) -> Contrast:
    """Return the share of cases in `first` minus that in `second`, both of shape (N,), paired.

    Tango's score interval and McNemar's exact p; with groups, of shape (N,), Tango's interval at
    the effective size and the exact test that changes the sides of whole groups.
    """
    if np.size(first) == 0:
        return Contrast(reason="there are no pairs")
    differences = clusters(_differences(first, second), groups)
    return _contrast(
        differences.mean,
        paired_interval(differences),
        sign_flip_p(differences),
        "tango, mcnemar" if groups is None else "tango over groups, sign flips of groups",
    )


def difference_in_differences(
    tuned_train: npt.ArrayLike,
    base_train: npt.ArrayLike,
    tuned_heldout: npt.ArrayLike,
    base_heldout: npt.ArrayLike,
    *,
    train_groups: npt.ArrayLike | None = None,
    heldout_groups: npt.ArrayLike | None = None,
    seed: int = 0,
) -> Contrast:
    """Return (tuned - base on training prompts) minus (tuned - base on held-out prompts).

    The training arrays are of shape (N,), the held-out ones of shape (M,). Each side is a paired
    difference with Tango's interval (over groups, at its effective size); the two are independent,
    so their intervals are joined as Newcombe joins Wilson's. The p-value permutes the paired
    differences, by groups of one size, between training and held-out, studentized: the base model
    may change one split more often than the other without a difference. Where few prompts of one
    split vary more than many of the other that is not yet right, but Welch's t is; the greater of
    both p-values is given.
    """
    if np.size(tuned_train) == 0 or np.size(tuned_heldout) == 0:
        return Contrast(reason="one of the two arms is empty")
    train = clusters(_differences(tuned_train, base_train), train_groups)
    heldout = clusters(_differences(tuned_heldout, base_heldout), heldout_groups)
    ends = mover_interval(
        train.mean, paired_interval(train), heldout.mean, paired_interval(heldout)
    )
    p = permutation_p(train, heldout, seed=seed)
    by_t = welch_p(train, heldout)
    if by_t is not None:
        p = max(p, by_t)
    grouped = train_groups is not None or heldout_groups is not None
    method = "mover of tango, greater of studentized permutation and welch"
    method += " over groups" if grouped else ""
    return _contrast(train.mean - heldout.mean, ends, p, method)


def _contrast(difference: float, ends: Interval, p: float, method: str) -> Contrast:
    return Contrast(1000 * difference, (1000 * ends[0], 1000 * ends[1]), min(1.0, p), method)


def _differences(first: npt.ArrayLike, second: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return 1, 0 or -1 for each pair, of shape (N,).

    Raises:
        ValueError: If the two are not of one shape.
    """
    own, other = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    if own.shape != other.shape:
        raise ValueError(f"want pairs, got arms of shapes {own.shape} and {other.shape}")
    return own.astype(np.int64) - other.astype(np.int64)
