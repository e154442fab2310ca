"""Each word of a passage coded by what it has in another passage, and the best stretch of codes."""

import numpy as np
from numba import njit

from permille.align.arrays import Bytes, Floats, Ints

CODES = 4
"""Absent; present, its occurrences being used up; present; present beside another that is."""
ABSENT, USED, PRESENT, BESIDE = range(CODES)

_REACH = 2
_OTHER_REACH = 3
_MOST_PLACES = 64


@njit(cache=True, nogil=True)
def code_words(
    index: Ints,
    matched: Ints,
    other_index: Ints,
    other_offsets: Ints,
    other_places: Ints,
    window: tuple[int, int],
    center: int,
    passage: tuple[int, int],
) -> Bytes:
    """Code the words of a window by a passage of the other text.

    Args:
        index: Stem of each word of the one text, shape (W,).
        matched: Index that each of its stems has in the other text, or -1, shape (U,).
        other_index: Stem of each word of the other text, shape (V,).
        other_offsets: Where the places of the other text's stems begin, shape (X + 1,).
        other_places: Words that have each stem, ascending, shape (V,).
        window: First word and the one after the last.
        center: From where occurrences are counted.
        passage: The other text's first word and the one after the last.

    Returns:
        A code for each word of the window.
    """
    first, last = window
    codes = np.zeros(last - first, np.int8)
    used = np.zeros(len(other_offsets) - 1, np.int32)
    left, right = center - 1, center
    while left >= first or right < last:
        for i in (right, left):
            if i < first or i >= last:
                continue
            stem = matched[index[i]]
            if stem < 0:
                continue
            begin, end = other_offsets[stem], other_offsets[stem + 1]
            begin += np.searchsorted(other_places[begin:end], passage[0])
            end = begin + np.searchsorted(other_places[begin:end], passage[1])
            if begin == end:
                continue
            used[stem] += 1
            if used[stem] > end - begin:
                codes[i - first] = USED
            elif _has_neighbor(
                i, index, matched, other_index, other_places[begin:end], window, passage
            ):
                codes[i - first] = BESIDE
            else:
                codes[i - first] = PRESENT
        left -= 1
        right += 1
    return codes


@njit(cache=True, nogil=True)
def _has_neighbor(
    i: int,
    index: Ints,
    matched: Ints,
    other_index: Ints,
    places: Ints,
    window: tuple[int, int],
    passage: tuple[int, int],
) -> bool:
    """Tell whether a word near word i stands near it in the other passage too.

    Shapes as above; places (P,) are those of the word in the passage.
    """
    for at in range(min(len(places), _MOST_PLACES)):
        place = places[at]
        for k in range(max(window[0], i - _REACH), min(window[1], i + _REACH + 1)):
            stem = matched[index[k]]
            if k == i or stem < 0:
                continue
            begin = max(passage[0], place - _OTHER_REACH)
            for other in range(begin, min(passage[1], place + _OTHER_REACH + 1)):
                if other != place and other_index[other] == stem:
                    return True
    return False


@njit(cache=True, nogil=True)
def count_rare_matches(index: Ints, level: Bytes, matched: Ints, rare: int) -> int:
    """Count the words, shapes (W,), of a level from `rare` on whose stem matches, shape (U,)."""
    count = 0
    for w in range(len(index)):
        if level[w] >= rare and matched[index[w]] >= 0:
            count += 1
    return count


@njit(cache=True, nogil=True)
def count_rare(codes: Bytes, level: Bytes, start: int, end: int, rare: int) -> tuple[int, int]:
    """Count the words from start to before end of a level from `rare` on: that match, and all."""
    matching = found = 0
    for w in range(start, end):
        if level[w] >= rare:
            found += 1
            matching += codes[w] > USED
    return matching, found


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


@njit(cache=True, nogil=True)
def best_stretch(
    weights: Floats, opening: Floats, closing: Floats, least: int, most: int
) -> tuple[int, int]:
    """Find the stretch with the greatest sum of weights and of the gaps at its two ends.

    Args:
        weights: Of each word, shape (N,).
        opening: Of a stretch that begins after each gap, shape (N + 1,).
        closing: Of a stretch that ends before each gap, shape (N + 1,).
        least: Fewest words.
        most: Most words.

    Returns:
        The first word and the one after the last; nothing where there are fewer than `least`.
    """
    sums = np.zeros(len(weights) + 1, np.float64)
    for i in range(len(weights)):
        sums[i + 1] = sums[i] + weights[i]
    waiting = np.empty(len(weights) + 1, np.int64)
    head = tail = 0
    best, start, end = -np.inf, 0, 0
    for e in range(least, len(weights) + 1):
        s = e - least
        value = opening[s] - sums[s]
        while tail > head and opening[waiting[tail - 1]] - sums[waiting[tail - 1]] < value:
            tail -= 1
        waiting[tail] = s
        tail += 1
        while waiting[head] < e - most:
            head += 1
        s = waiting[head]
        value = sums[e] - sums[s] + opening[s] + closing[e]
        if value > best:
            best, start, end = value, s, e
    return start, end
