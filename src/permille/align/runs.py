"""Common runs of words: maximal diagonals of equal words in two passages."""

import numpy as np
from numba import njit

from permille.align.arrays import Ints, Longs
from permille.align.prepare import Words

Run = tuple[int, int, int, int]
"""Suspicious start and end, source start and end, in characters."""


@njit(cache=True, nogil=True)
def diagonals(
    left: Longs, left_starts: Ints, left_ends: Ints, right: Longs, least_chars: int
) -> Ints:
    """List the maximal runs of equal words longer than `least_chars` on the left side.

    Only positions of equal words are visited: `heads` chains those of each right word.

    Args:
        left: Identities of the left words, shape (W,).
        left_starts: Where they begin, shape (W,).
        left_ends: Where they end, shape (W,).
        right: Identities of the right words, shape (V,).
        least_chars: The length to exceed.

    Returns:
        First left word, first right word and number of words of each run, shape (R, 3).
    """
    order = np.argsort(right, kind="mergesort")
    ascending = right[order]
    runs = np.empty((4, 3), np.int32)
    # an array that grew where it is written would make every step some thirty times slower
    while True:
        found = 0
        for i in range(len(left)):
            at = np.searchsorted(ascending, left[i])
            while at < len(ascending) and ascending[at] == left[i]:
                j = order[at]
                at += 1
                if i > 0 and j > 0 and left[i - 1] == right[j - 1]:
                    continue
                size = 1
                while i + size < len(left) and j + size < len(right):
                    if left[i + size] != right[j + size]:
                        break
                    size += 1
                if left_ends[i + size - 1] - left_starts[i] > least_chars:
                    if found < len(runs):
                        runs[found, 0] = i
                        runs[found, 1] = j
                        runs[found, 2] = size
                    found += 1
        if found <= len(runs):
            return runs[:found]
        runs = np.empty((found, 3), np.int32)


def common_runs(suspicious: Words, source: Words, least_chars: int) -> list[Run]:
    """List the maximal common runs of two passages, in order of the suspicious, then the source."""
    if not len(suspicious) or not len(source):
        return []
    found = diagonals(
        suspicious.ids, suspicious.starts, suspicious.ends, source.ids, least_chars
    ).tolist()
    return [
        (
            int(suspicious.starts[i]),
            int(suspicious.ends[i + size - 1]),
            int(source.starts[j]),
            int(source.ends[j + size - 1]),
        )
        for i, j, size in found
    ]


def drop_inside_source(runs: list[Run]) -> list[Run]:
    """Drop each run whose source span lies inside, or equals, that of another run."""
    return [
        run
        for k, run in enumerate(runs)
        if not any(
            m != k and other[2] <= run[2] and run[3] <= other[3] for m, other in enumerate(runs)
        )
    ]
