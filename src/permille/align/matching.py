"""Stems that two texts have in common, compiled: the place of each in the other text."""

import numpy as np
from numba import njit

from permille.align.arrays import Ints, Longs


@njit(cache=True, nogil=True)
def match_stems(left_S: Longs, right_S: Longs) -> Ints:
    """Give for each right stem its index among the left ones, or -1; both ascend, shape (S,)."""
    index = np.full(len(right_S), -1, np.int32)
    i = 0
    for j in range(len(right_S)):
        while i < len(left_S) and left_S[i] < right_S[j]:
            i += 1
        if i < len(left_S) and left_S[i] == right_S[j]:
            index[j] = i
    return index


@njit(cache=True, nogil=True)
def match_both(left_S: Longs, right_S: Longs) -> tuple[Ints, Ints]:
    """Give for each left stem its index among the right ones, or -1, and the other way round."""
    to_left = match_stems(left_S, right_S)
    to_right = np.full(len(left_S), -1, np.int32)
    for j in range(len(to_left)):
        if to_left[j] >= 0:
            to_right[to_left[j]] = j
    return to_right, to_left
