"""Counts of the words that two texts have in common, compiled."""

import numpy as np
from numba import njit

from permille.align.arrays import Bytes, Flags, Ints


@njit(cache=True, nogil=True)
def count_rare_matches(index: Ints, level: Bytes, matched: Ints, rare: int) -> int:
    """Count the words, shapes (W,), of a level from `rare` on whose stem matches, shape (U,)."""
    count = 0
    for w in range(len(index)):
        if level[w] >= rare and matched[index[w]] >= 0:
            count += 1
    return count


@njit(cache=True, nogil=True)
def places_in_common(
    stems: Ints, is_held: Flags, matched: Ints, offsets: Ints, places: Ints
) -> tuple[Ints, Ints]:
    """List where the other text has the stems of some words.

    Args:
        stems: Stem of each word, shape (W,).
        is_held: Which words count; the other text has the stem of each, shape (W,).
        matched: Index that each stem has in the other text, or -1, shape (U,).
        offsets: Where the places of each of the other text's stems begin, shape (V + 1,).
        places: Words of the other text that have each stem, ascending, shape (X,).

    Returns:
        The places, ascending, and the stem at each, both (P,).
    """
    wanted = np.zeros(len(offsets) - 1, np.bool_)
    count = 0
    for w in range(len(stems)):
        stem = matched[stems[w]]
        if is_held[w] and not wanted[stem]:
            wanted[stem] = True
            count += offsets[stem + 1] - offsets[stem]
    found, owners = np.empty(count, np.int32), np.empty(count, np.int32)
    count = 0
    for stem in range(len(wanted)):
        if wanted[stem]:
            for at in range(offsets[stem], offsets[stem + 1]):
                found[count], owners[count] = places[at], stem
                count += 1
    order = np.argsort(found, kind="mergesort")
    return found[order], owners[order]


@njit(cache=True, nogil=True)
def count_fullest(places: Ints, owners: Ints, part: int) -> int:
    """Count the distinct stems of the fullest part of so many words.

    Args:
        places: Words, ascending, shape (P,).
        owners: The stem of each, shape (P,).
        part: Words of a part.
    """
    times = np.zeros(owners.max() + 1 if len(owners) else 0, np.int32)
    most = distinct = head = 0
    for at in range(len(places)):
        distinct += times[owners[at]] == 0
        times[owners[at]] += 1
        while places[head] <= places[at] - part:
            times[owners[head]] -= 1
            distinct -= times[owners[head]] == 0
            head += 1
        most = max(most, distinct)
    return most


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
