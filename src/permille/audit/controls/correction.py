"""The ratios corrected for what a detector misses, takes for another kind, and finds in nothing."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from permille.core.records import KINDS_BY_STRENGTH, Kind
from permille.measure.confusion import METHOD, Mixture, unmixed
from permille.measure.prevalence import corrected_ratio
from permille.measure.ratio import Ratio, Ratios

CLASSES = (*KINDS_BY_STRENGTH, Kind.NONE)
WIDE_PERMILLE = 100
"""A longer interval of a kind that is not told from another says nothing."""

MIN_PLANTED = 10
"""Of a kind planted fewer times hardly anything is known of what it is taken for."""

Found = Mapping[Kind, Sequence[Kind]]
Rates = Mapping[str, Ratio]


def confusion(found: Found) -> dict[str, dict[str, int]]:
    """Return how many plants of each kind were found as each kind; none are texts without one."""
    return {
        str(planted): dict(zip(map(str, CLASSES), _found_as(found, planted), strict=True))
        for planted in CLASSES
    }


def corrected_ratios(
    observed: Ratios, found: Found, sensitivity: Rates, false_alarm: Rates
) -> Ratios:
    """Return the ratios that a perfect detector would have shown.

    A kind that no other kind's plants are found as more often than texts without a plant is
    corrected by its own Se and Sp. Of the others, and of any kind, Se and Sp depend on which kinds
    the model writes; these are solved for together.

    Args:
        observed: What the detector found.
        found: The kind found for each plant, by the kind planted.
        sensitivity: Se by kind.
        false_alarm: 1 - Sp by kind.
    """
    reason = observed.any.reason or false_alarm["any"].reason
    with_plants = [kind for kind in KINDS_BY_STRENGTH if found[kind]]
    if reason is None and not with_plants:
        reason = sensitivity["any"].reason
    if reason is not None:
        return Ratios(*(_none(ratio, reason) for ratio in _each(observed).values()))
    together = Together(observed, found)
    figures = {
        name: corrected_ratio(ratio, sensitivity[name], false_alarm[name])
        for name, ratio in _each(observed).items()
    }
    for kind in with_plants:
        if figures[kind].reason is None and together.is_mixed(kind):
            figures[kind] = together.kind(kind)
    is_of_several = len({*with_plants, *together.unplanted}) > 1
    if is_of_several and (together.planted or together.unplanted):
        figures["any"] = together.any()
    return Ratios(**figures)


class Together:
    """All kinds solved for at once.

    Args:
        observed: What the detector found.
        found: The kind found for each plant, by the kind planted. Kinds planted fewer than
            `MIN_PLANTED` times are left out.
    """

    def __init__(self, observed: Ratios, found: Found) -> None:
        self.observed = _each(observed)
        self.found = found
        self.planted = [kind for kind in KINDS_BY_STRENGTH if len(found[kind]) >= MIN_PLANTED]
        self.mixture = self._mixture(self.planted)

    @property
    def unplanted(self) -> list[Kind]:
        """Kinds that were found and could not be planted, or too few times."""
        return [
            kind
            for kind in KINDS_BY_STRENGTH
            if kind not in self.planted and self.observed[kind].count
        ]

    def is_mixed(self, kind: Kind) -> bool:
        """Tell whether a kind's own Se and Sp do not say what its ratio is.

        So it is where another kind's plants are found as it more often than texts without a plant,
        or where it is not told from another.
        """
        others = [one for one in self.planted if one is not kind]
        is_found_for = any(self._is_taken_for(one, kind) for one in others)
        return is_found_for or any(kind in pair for pair in self._confounded())

    def any(self) -> Ratio:
        """Return the corrected ratio of any kind.

        Where two kinds are not told apart, it may all be of the one or of the other: the interval
        then also holds those without each.
        """
        observed = self.observed["any"]
        if self.unplanted:
            why = f"{self.unplanted[0]} was found, but planted fewer than {MIN_PLANTED} times"
            return _none(observed, why)
        share, (low, high) = self.mixture.figure(range(len(self.planted)))
        for left_out in {kind for pair in self._confounded() for kind in pair}:
            rest = [kind for kind in self.planted if kind is not left_out]
            _, ends = self._mixture(rest).figure(range(len(rest)))
            low, high = min(low, ends[0]), max(high, ends[1])
        unseen = [
            kind for kind in self.planted if not self.mixture.is_seen(self.planted.index(kind))
        ]
        if unseen and 1000 * (high - low) > WIDE_PERMILLE:
            why = f"planted {unseen[0]} is hardly found more often than texts without a plant"
            return _none(observed, f"{why}, and the interval would be wide")
        return _corrected(observed, share, (low, high))

    def kind(self, kind: Kind) -> Ratio:
        """Return the corrected ratio of a kind that was planted."""
        observed = self.observed[kind]
        if kind not in self.planted:
            why = (
                f"other kinds are found as {kind}, which was planted fewer than {MIN_PLANTED} times"
            )
            return _none(observed, why)
        share, (low, high) = self.mixture.figure([self.planted.index(kind)])
        for pair in self._confounded():
            if kind in pair and 1000 * (high - low) > WIDE_PERMILLE:
                other = pair[0] if pair[1] is kind else pair[1]
                why = f"{kind} and {other} are not surely told apart: see confusion"
                return _none(observed, why)
        return _corrected(observed, share, (low, high))

    def _confounded(self) -> list[tuple[Kind, Kind]]:
        """Return the pairs of planted kinds that are not surely told apart.

        One of a pair is found as the other: a kind that is hardly ever seen has no part of the
        matrix that is surely above 0, but leaves alone what it was not taken for in the planted
        set.
        """
        rows = {kind: CLASSES.index(kind) for kind in self.planted}
        return [
            (one, other)
            for (i, one), (j, other) in combinations(enumerate(self.planted), 2)
            if (self._is_taken_for(one, other) or self._is_taken_for(other, one))
            and not self.mixture.is_told_apart(i, j, rows[one], rows[other])
        ]

    def _is_taken_for(self, planted: Kind, kind: Kind) -> bool:
        """Tell whether a kind's plants are found as another more often than texts without one."""
        return self._share_found(planted, kind) > self._share_found(Kind.NONE, kind)

    def _share_found(self, planted: Kind, kind: Kind) -> float:
        """Return the share of a kind's plants, or of texts without, found as a kind."""
        return _found_as(self.found, planted)[CLASSES.index(kind)] / len(self.found[planted])

    def _mixture(self, planted: Sequence[Kind]) -> Mixture:
        """Return the shares of some planted kinds and of none."""
        return unmixed(self._counts(), _matrix(self.found, planted))

    def _counts(self) -> npt.NDArray[np.float64]:
        """Return how many were found of each class, as many as they weigh in all, of shape (4,).

        Kinds have effective sizes of their own; the least of those that were found is taken.
        """
        counts = [self.observed[kind].count for kind in KINDS_BY_STRENGTH]
        of = self.observed["any"].of
        sizes = [ratio.size for ratio in self.observed.values() if ratio.count]
        size = min(sizes, default=self.observed["any"].size)
        return np.array([*counts, of - sum(counts)]) * size / of


def _matrix(found: Found, planted: Sequence[Kind]) -> npt.NDArray[np.int64]:
    """Return how many of each planted class, none last, were found as each class, (4, C)."""
    return np.array([_found_as(found, one) for one in (*planted, Kind.NONE)]).T


def _found_as(found: Found, planted: Kind) -> list[int]:
    """Return how many plants of a kind were found as each class, of length 4."""
    return [list(found[planted]).count(kind) for kind in CLASSES]


def _each(ratios: Ratios) -> dict[str, Ratio]:
    """Return the four ratios by name."""
    names = ("any", *KINDS_BY_STRENGTH)
    return {str(name): getattr(ratios, str(name)) for name in names}


def _none(observed: Ratio, reason: str) -> Ratio:
    """Return a ratio that cannot be corrected."""
    return Ratio(observed.count, observed.of, reason=reason)


def _corrected(observed: Ratio, share: float, ends: tuple[float, float]) -> Ratio:
    """Return the observed counts with the corrected share."""
    low, high = ends
    ci95 = (1000 * low, 1000 * high)
    return Ratio(
        observed.count, observed.of, ci95, METHOD, None, 1000 * share, observed.effective_of
    )
