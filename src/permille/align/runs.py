"""Common runs of words: maximal diagonals of equal words in two passages.

Texts that repeat themselves have as many diagonals as the product of their lengths. No more than
one a source word outlasts the published rule that drops the others, so no more are remembered.
"""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
from numba import njit

from permille.align.arrays import Ints, Longs
from permille.align.prepare import Words
from permille.core.errors import RepetitionError

Run = tuple[int, int, int, int]
"""Suspicious start and end, source start and end, in characters."""

MOST_EQUAL_WORDS = 2_000_000_000
"""Pairs of equal words that are visited for one pair of texts, some seconds' work."""


@njit(cache=True, nogil=True)
def longest_diagonals(
    left: Longs,
    left_starts: Ints,
    left_ends: Ints,
    right: Longs,
    right_ends: Ints,
    least_chars: int,
) -> Ints:
    """Give for each right word the run of equal words from it on that ends last.

    Runs are maximal and longer than `least_chars` on the left side.

    Args:
        left: Identities of the left words, shape (W,).
        left_starts: Where they begin, shape (W,).
        left_ends: Where they end, shape (W,).
        right: Identities of the right words, shape (V,).
        right_ends: Where they end, shape (V,).
        least_chars: The length to exceed.

    Returns:
        First left word, number of words, and how many runs end there, 0 without one; shape (V, 3).
    """
    # only positions of equal words are visited
    order = np.argsort(right, kind="mergesort")
    ascending = right[order]
    longest = np.zeros((len(right), 3), np.int32)
    for i in range(len(left)):
        at = np.searchsorted(ascending, left[i])
        while at < len(ascending) and ascending[at] == left[i]:
            j = order[at]
            at += 1
            if i > 0 and j > 0 and left[i - 1] == right[j - 1]:
                continue
            size = _count_equal_from(left, i, right, j)
            if left_ends[i + size - 1] - left_starts[i] <= least_chars:
                continue
            end = right_ends[j + size - 1]
            before = right_ends[j + longest[j, 1] - 1]
            if longest[j, 2] == 0 or end > before:
                longest[j] = (i, size, 1)
            elif end == before:
                longest[j, 2] += 1
    return longest


@njit(cache=True, nogil=True)
def _count_equal_from(left: Longs, i: int, right: Longs, j: int) -> int:
    """Count the equal words from two places on, shapes (W,) and (V,)."""
    size = 0
    while i + size < len(left) and j + size < len(right):
        if left[i + size] != right[j + size]:
            break
        size += 1
    return size


def outermost_runs(suspicious: Words, source: Words, least_chars: int) -> list[Run]:
    """List the maximal common runs of two passages that no other one holds.

    A run is dropped whose source span lies inside, or equals, that of another run. The order is
    that of the suspicious, then of the source words.
    """
    if not len(suspicious) or not len(source):
        return []
    longest = longest_diagonals(
        suspicious.ids,
        suspicious.starts,
        suspicious.ends,
        source.ids,
        source.ends,
        least_chars,
    )
    firsts = np.flatnonzero(longest[:, 2])
    if not len(firsts):
        return []
    found = []
    for j, (i, size, times) in zip(firsts.tolist(), longest[firsts].tolist(), strict=True):
        span = int(source.starts[j]), int(source.ends[j + size - 1])
        found.append((span, times, (i, j, size)))
    return [
        (
            int(suspicious.starts[i]),
            int(suspicious.ends[i + size - 1]),
            int(source.starts[j]),
            int(source.ends[j + size - 1]),
        )
        for i, j, size in sorted(_outermost(found))
    ]


def _outermost(
    found: list[tuple[tuple[int, int], int, tuple[int, int, int]]],
) -> list[tuple[int, int, int]]:
    """Keep what has its span, given with how often it occurs, once and inside of no other span."""
    kept = []
    furthest: int | None = None
    found.sort(key=lambda each: (each[0][0], -each[0][1]))
    for (_, end), equal in groupby(found, key=lambda each: each[0]):
        same = list(equal)
        if furthest is None or end > furthest:
            furthest = end
            if sum(times for _, times, _ in same) == 1:
                kept.append(same[0][2])
    return kept


def check_equal_words(passages: Sequence[tuple[Words, Words]]) -> None:
    """Refuse passages of a pair of texts whose common runs would take minutes to find.

    Raises:
        RepetitionError: If they have more than `MOST_EQUAL_WORDS` pairs of equal words.
    """
    # no pair of words is counted where even all of them are few
    if sum(len(left) * len(right) for left, right in passages) <= MOST_EQUAL_WORDS:
        return
    equal = sum(count_equal(left.ids, right.ids) for left, right in passages)
    if equal > MOST_EQUAL_WORDS:
        sizes = [sum(map(len, side)) for side in zip(*passages, strict=True)]
        raise RepetitionError(
            f"passages of {sizes[0]:,} and {sizes[1]:,} words repeat themselves too much to align:"
            f" {equal:,} pairs of equal words, at most {MOST_EQUAL_WORDS:,}; cut one of them into"
            " parts, or use align=default"
        )


def count_equal(left: Longs, right: Longs) -> int:
    """Count the pairs of equal identities; shapes (W,) and (V,)."""
    values, counts = np.unique(left, return_counts=True)
    others, other_counts = np.unique(right, return_counts=True)
    _, at, other_at = np.intersect1d(values, others, assume_unique=True, return_indices=True)
    return int(counts[at] @ other_counts[other_at])
