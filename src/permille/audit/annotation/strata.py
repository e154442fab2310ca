"""Precision, recall and corrected ratios from labels of a stratified sample of pairs.

Strata are what the program says of a pair; rare kinds are labeled more often than they come. Of
stratum h with N_h pairs a share p_h is of a kind, as people see it. Precision is the mean of p_h
over the strata that the program claims to be of the kind, weighted by N_h; recall is the sum of
N_h p_h over these strata by the sum over all. Each generation has one pair, that which decides its
kind, so all of these are shares of generations.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from permille.audit.annotation.pairs import Pair
from permille.core.records import Kind
from permille.measure.intervals import wilson_interval
from permille.measure.ratio import Ratio

ANY = "any"
NUM_DRAWS = 20_000
METHOD = "wilson at the effective size of the strata"


@dataclass(frozen=True, slots=True)
class Stratum:
    """Pairs of which the program says the same: how many there are, and what a person says."""

    name: str
    program: Kind
    num_pairs: int
    labels: tuple[Kind, ...]

    def claims(self, kind: str) -> bool:
        """Tell whether the program says that these pairs are of a kind, or of any."""
        return is_of(self.program, kind)

    def num_true(self, kind: str) -> int:
        """Return how many labeled pairs are of a kind, or of any."""
        return sum(is_of(label, kind) for label in self.labels)

    def share(self, kind: str) -> float:
        """Return the share of labeled pairs that are of a kind."""
        return self.num_true(kind) / len(self.labels)

    def smoothed(self, kind: str) -> float:
        """Return that share with half a pair added on either side, so that it is never sure."""
        return (self.num_true(kind) + 0.5) / (len(self.labels) + 1)


def is_of(label: Kind, kind: str) -> bool:
    """Tell whether a label is of a kind, or of any."""
    return label is not Kind.NONE if kind == ANY else label == kind


def strata_of(pairs: Sequence[Pair], labels: Mapping[str, Kind]) -> list[Stratum]:
    """Return the strata of pairs, one a generation, with the labels of some by the pair's id."""
    members: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        members[pair.stratum].append(pair)
    return [
        Stratum(
            name,
            found[0].kind,
            len(found),
            tuple(labels[pair.id] for pair in found if pair.id in labels),
        )
        for name, found in sorted(members.items())
    ]


def precision(strata: Sequence[Stratum], kind: str) -> Ratio:
    """Return the share of pairs that the program says to be of a kind which people see as such."""
    claimed = [one for one in strata if one.claims(kind)]
    if not claimed:
        return Ratio(0, 0, reason="the program names it in no pair")
    if reason := _unlabeled(claimed):
        return Ratio(0, 0, reason=reason)
    total = sum(one.num_pairs for one in claimed)
    share = sum(one.num_pairs * one.share(kind) for one in claimed) / total
    variance = sum(_variance(one, kind) for one in claimed) / total**2
    smoothed = sum(one.num_pairs * one.smoothed(kind) for one in claimed) / total
    counts = [(one.num_true(kind), len(one.labels)) for one in claimed]
    return _ratio(counts, share, smoothed * (1 - smoothed) / variance)


def recall(strata: Sequence[Stratum], kind: str) -> Ratio:
    """Return the share of pairs that people see as of a kind which the program says to be so."""
    if reason := _unlabeled(strata):
        return Ratio(0, 0, reason=reason)
    true = [one.num_pairs * one.share(kind) for one in strata]
    if not sum(true):
        return Ratio(0, 0, reason="no person names it in any labeled pair")
    claims = [one.claims(kind) for one in strata]
    share = sum(count for count, is_claimed in zip(true, claims, strict=True) if is_claimed)
    smooth = [one.num_pairs * one.smoothed(kind) for one in strata]
    found = sum(count for count, is_claimed in zip(smooth, claims, strict=True) if is_claimed)
    smoothed = found / sum(smooth)
    # linearized: a pair moves the quotient by (1 - recall) where it was found, else by -recall
    variance = sum(
        _variance(one, kind) * ((1 - smoothed) if is_claimed else smoothed) ** 2
        for one, is_claimed in zip(strata, claims, strict=True)
    )
    variance /= sum(smooth) ** 2
    counts = [(one.num_true(kind) * one.claims(kind), one.num_true(kind)) for one in strata]
    size = smoothed * (1 - smoothed) / variance if 0 < smoothed < 1 else 1.0
    return _ratio(counts, share / sum(true), size)


def corrected_by_labels(observed: Ratio, strata: Sequence[Stratum], kind: str) -> Ratio:
    """Return the ratio that people would have counted: ratio x precision / recall, at most 1.

    This is the ratio times the true pairs by the claimed ones. The interval has the middle 95 % of
    draws of the ratio and of each stratum's share from Beta distributions, with half a case added
    on either side; where the ratio comes out above 1, of draws that are scaled to 1, so that it
    never shrinks to a point.
    """
    claimed = sum(one.num_pairs for one in strata if one.claims(kind))
    reason = observed.reason or _unlabeled(strata)
    if not claimed:
        reason = reason or "the program names it in no pair"
    if reason:
        return Ratio(observed.count, observed.of, reason=reason)
    rng = np.random.default_rng(0)
    share = observed.count / observed.of
    hits, misses = observed.size * share, observed.size * (1 - share)
    drawn = rng.beta(hits + 0.5, misses + 0.5, NUM_DRAWS)
    true = np.zeros(NUM_DRAWS)
    for one in strata:
        seen = one.num_true(kind)
        true += one.num_pairs * rng.beta(seen + 0.5, len(one.labels) - seen + 0.5, NUM_DRAWS)
    unclipped = share * sum(one.num_pairs * one.share(kind) for one in strata) / claimed
    estimate = min(1.0, unclipped)
    scaled = drawn * true / claimed / max(1.0, unclipped)
    low, high = np.quantile(np.minimum(1, scaled), (0.025, 0.975))
    ends = (1000 * min(estimate, float(low)), 1000 * max(estimate, float(high)))
    method = "ratio x precision / recall, draws of the ratio and the strata"
    return Ratio(observed.count, observed.of, ends, method, None, 1000 * estimate)


def _unlabeled(strata: Sequence[Stratum]) -> str | None:
    """Return which strata have no label, None where all have."""
    names = [one.name for one in strata if not one.labels]
    return f"no labeled pair is of {', '.join(names)}" if names else None


def _variance(stratum: Stratum, kind: str) -> float:
    """Return the variance of the estimated number of a stratum's pairs that are of a kind."""
    share = stratum.smoothed(kind)
    return stratum.num_pairs**2 * share * (1 - share) / len(stratum.labels)


def _ratio(counts: Sequence[tuple[int, int]], share: float, size: float) -> Ratio:
    """Return a share with Wilson's interval at an effective size."""
    low, high = wilson_interval(share * size, size)
    hits, of = (sum(part) for part in zip(*counts, strict=True))
    return Ratio(hits, of, (1000 * low, 1000 * high), METHOD, None, 1000 * share)
