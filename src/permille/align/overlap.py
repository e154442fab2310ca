"""Of cases that share suspicious sentences, the better one; after the published walk."""

import math

import numpy as np
from numba import njit

from permille.align.arrays import Floats, Ints, Longs
from permille.align.pair import Box, Weighted
from permille.core.errors import RepetitionError

_PERFECT = 0.99
MOST_COMPARED = 2_000_000_000
"""Suspicious sentences of cases that are compared, in all comparisons of a pair of texts."""


def resolve_overlap(boxes: list[Box], weighted: Weighted) -> list[Box]:
    """Walk over the cases from the left and keep the better of those that overlap.

    What no longer overlaps the best is counted from the last compared case on; where nothing
    follows, that last case is skipped.

    Raises:
        RepetitionError: If so many overlap that it would take minutes.
    """
    if len(boxes) < 2:
        return boxes
    boxes = sorted(boxes, key=lambda box: box[0])
    qualities = _Qualities(weighted)
    kept: list[Box] = []
    at, current = 0, boxes[0]
    while at < len(boxes):
        after = at + 1
        while after < len(boxes) and boxes[after][0] <= current[1]:
            after += 1
        if after > at + 1:
            current = qualities.best(current, boxes[at + 1 : after])
        if after == len(boxes) or after == at + 1:
            kept.append(current)
            at = after
            current = boxes[min(at, len(boxes) - 1)]
        else:
            at = after - 1
    return kept


class _Qualities:
    """Compares cases, remembering the best cosines of the sentences of one after the other."""

    def __init__(self, weighted: Weighted) -> None:
        self._weighted = weighted
        self._steps = 0

    def best(self, current: Box, others: list[Box]) -> Box:
        """Compare the current case with each of the others, one after the other."""
        self._count(current, others)
        winner, score = current, 0.0
        own = best_cosines(self._weighted, current)
        for other in others:
            mine = match_quality(own, current, other)
            theirs = match_quality(best_cosines(self._weighted, other), other, current)
            taken, quality = self._choose(current, other, mine, theirs, score)
            if taken:
                winner, score = taken, quality
        return winner

    @staticmethod
    def _choose(
        current: Box, other: Box, mine: float, theirs: float, score: float
    ) -> tuple[Box | None, float]:
        """Return the case to note, or None where neither is, and its quality."""
        if mine > _PERFECT and theirs > _PERFECT:
            if other[1] - other[0] > current[1] - current[0]:
                return (other, theirs) if theirs > score else (None, 0.0)
            return (current, mine) if mine > score else (None, 0.0)
        if theirs <= mine:
            return None, 0.0
        if theirs > score:
            return other, theirs
        return (current, mine) if mine > score else (None, 0.0)

    def _count(self, current: Box, others: list[Box]) -> None:
        """Refuse what would take minutes.

        Raises:
            RepetitionError: If more sentences are compared than `MOST_COMPARED`.
        """
        sizes = [box[1] - box[0] + 1 for box in (current, *others)]
        self._steps += len(others) * sizes[0] + sum(sizes)
        if self._steps > MOST_COMPARED:
            texts = self._weighted.suspicious, self._weighted.source
            raise RepetitionError(
                f"a pair of texts with {len(texts[0]):,} and {len(texts[1]):,} sentences repeats"
                f" itself too much to align: {self._steps:,} sentences of cases that overlap, at"
                f" most {MOST_COMPARED:,}; cut one of them into parts"
            )


@njit(cache=True, nogil=True)
def match_quality(best: Floats, box: Box, other: Box) -> float:
    """Return how well a case's sentences match its own source, the shared ones first.

    Args:
        best: The greatest cosine of each of the case's suspicious sentences, shape (N,).
        box: The case.
        other: One that shares suspicious sentences with it.
    """
    shared, count_shared, rest, count_rest = 0.0, 0, 0.0, 0
    for i in range(box[0], box[1] + 1):
        if other[0] <= i <= other[1]:
            shared, count_shared = shared + best[i - box[0]], count_shared + 1
        else:
            rest, count_rest = rest + best[i - box[0]], count_rest + 1
    mean = shared / count_shared
    return mean + (1 - mean) * (rest / count_rest) if count_rest else mean


def best_cosines(weighted: Weighted, box: Box) -> Floats:
    """Return the greatest cosine of each suspicious sentence with the case's source sentences."""
    best: Floats = greatest_cosines(
        weighted.suspicious.offsets,
        weighted.suspicious.entry_stems,
        weighted.suspicious_weights,
        weighted.source.offsets,
        weighted.source.entry_stems,
        weighted.source_weights,
        weighted.matched,
        len(weighted.suspicious.stems),
        box,
    )
    return best


@njit(cache=True, nogil=True)
def greatest_cosines(
    left_offsets: Ints,
    left_entries: Ints,
    left_weights: Floats,
    right_offsets: Ints,
    right_entries: Ints,
    right_weights: Floats,
    matched: Ints,
    size: int,
    box: Box,
) -> Floats:
    """Give for each sentence from box[0] to box[1] its greatest cosine with box[2] to box[3].

    The arguments are those of `range_cosine`, and so is the order of every sum. Shape (N,).
    """
    norms = np.empty(box[3] - box[2] + 1, np.float64)
    for j in range(box[2], box[3] + 1):
        norms[j - box[2]] = _norm(right_weights, right_offsets[j], right_offsets[j + 1])
    best = np.zeros(box[1] - box[0] + 1, np.float64)
    of_left = np.full(size, -1, np.int64)
    of_both = np.full(size, -1, np.int64)
    other = np.empty(size, np.float64)
    stamp = 0
    for i in range(box[0], box[1] + 1):
        begin, end = left_offsets[i], left_offsets[i + 1]
        norm = _norm(left_weights, begin, end)
        for e in range(begin, end):
            of_left[left_entries[e]] = i
        for j in range(box[2], box[3] + 1):
            stamp += 1
            is_apart = True
            for e in range(right_offsets[j], right_offsets[j + 1]):
                k = matched[right_entries[e]]
                if k >= 0 and of_left[k] == i:
                    other[k], of_both[k] = right_weights[e], stamp
                    is_apart = False
            norms_ij = norm * norms[j - box[2]]
            if is_apart or norms_ij == 0.0:
                continue
            own = slice(begin, end)
            dot = _dot(left_entries[own], left_weights[own], other, of_both, stamp)
            best[i - box[0]] = max(best[i - box[0]], dot / norms_ij)
    return best


@njit(cache=True, nogil=True)
def _dot(entries: Ints, weights: Floats, other: Floats, stamps: Longs, stamp: int) -> float:
    """Multiply a sentence's weights (E,) with the other's (U,) of the stems that have the stamp."""
    dot = 0.0
    for e in range(len(entries)):
        if stamps[entries[e]] == stamp:
            dot += weights[e] * other[entries[e]]
    return dot


@njit(cache=True, nogil=True)
def _norm(weights: Floats, begin: int, end: int) -> float:
    """Return the length of a sentence's vector, weights (E,)."""
    squares = 0.0
    for e in range(begin, end):
        squares += weights[e] * weights[e]
    return math.sqrt(squares)
