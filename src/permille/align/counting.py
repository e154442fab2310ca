"""Counts of the words that two texts have in common, compiled."""

import numpy as np
from numba import njit

from permille.align.arrays import Bytes, Ints


@njit(cache=True, nogil=True)
def count_rare_matches(index: Ints, level: Bytes, matched: Ints, rare: int) -> int:
    """Count the words, shapes (W,), of a level from `rare` on whose stem matches, shape (U,)."""
    count = 0
    for w in range(len(index)):
        if level[w] >= rare and matched[index[w]] >= 0:
            count += 1
    return count


@njit(cache=True, nogil=True)
def count_in_order(left: Ints, right: Ints) -> int:
    """Count the words that two passages have in common in one order: their longest subsequence.

    Args:
        left: Of each word of the one passage its stem as the other text numbers it, or -1; (N,).
        right: Stem of each word of the other passage, shape (M,).
    """
    row = np.zeros(len(right) + 1, np.int32)
    for stem in left:
        if stem < 0:
            continue
        diagonal = 0
        for j in range(len(right)):
            above = row[j + 1]
            row[j + 1] = diagonal + 1 if right[j] == stem else max(above, row[j])
            diagonal = above
    return int(row[-1])
