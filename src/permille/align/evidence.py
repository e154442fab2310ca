"""What the words of a case speak for, compiled: the codes of a side, its best ends, its support.

Each word is coded by what it has in the other passage. What compiled code calls or reads stands in
its own file, since numba renews what it keeps on disk only when that file changes.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from permille.align.arrays import Bytes, Floats, Ints

Block = tuple[int, int, int, int]
"""First suspicious word and the one after the last, first source word and the one after."""

CODES = 4
"""Absent; present, its occurrences being used up; present; present beside another that is."""
ABSENT, USED, PRESENT, BESIDE = range(CODES)

RARE = 5
"""The level from which on a word counts as rare: at most one document in 20 holds it."""

DEGREES = (0.3, 0.5, 0.7)
"""Where the share of rare words that match passes from one table of weights to the next."""

SUPPORT_NAMES = (
    *("evidence", "evidence_of_stems", "evidence_per_word"),
    *("rare_share", "beside_share", "words"),
)
"""Of one side of a case: `support_of` gives these of the suspicious, then of the source side."""

_REACH = 2
_OTHER_REACH = 3
_MOST_PLACES = 64


class Side(NamedTuple):
    """One text of a pair: `matched` (U,) is each stem's index in the other; the rest as `Wording`.

    `numbers` (the words' stems), `level`, `places` are (W,), `breaks` (W + 1,), `offsets` (U + 1,).
    """

    numbers: Ints
    matched: Ints
    level: Bytes
    breaks: Bytes
    offsets: Ints
    places: Ints


Sides = tuple[Side, Side]


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
def count_rare(codes: Bytes, level: Bytes, start: int, end: int, rare: int) -> tuple[int, int]:
    """Count the words from start to before end of a level from `rare` on: that match, and all."""
    matching = found = 0
    for w in range(start, end):
        if level[w] >= rare:
            found += 1
            matching += codes[w] > USED
    return matching, found


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


@njit(cache=True, nogil=True)
def code_side(
    sides: Sides, side: int, block: Block, margin_words: int
) -> tuple[int, Bytes, float, int]:
    """Code one side of a case and the words around it by the other side.

    Args:
        sides: The suspicious and the source text.
        side: 0 for the suspicious, 1 for the source one.
        block: The case.
        margin_words: Words on either side of the case that are coded too.

    Returns:
        The first word that is coded; the codes, shape (N,); the share of the case's rare words
        that match, between 0 and 1 and a half where none is rare; which table of weights it takes.
    """
    own, other = sides[side], sides[1 - side]
    first, last = block[2 * side], block[2 * side + 1]
    begin, end = max(0, first - margin_words), min(len(own.numbers), last + margin_words)
    codes = code_words(
        own.numbers,
        own.matched,
        other.numbers,
        other.offsets,
        other.places,
        (begin, end),
        (first + last) // 2,
        (block[2 - 2 * side], block[3 - 2 * side]),
    )
    matching, rare = count_rare(codes, own.level[begin:end], first - begin, last - begin, RARE)
    share = (matching + 1) / (rare + 2)
    degree = 0
    for least in DEGREES:
        degree += share > least
    return begin, codes, share, degree


@njit(cache=True, nogil=True)
def move_ends(
    sides: Sides, block: Block, table: Floats, breaks: Floats, margin_words: int, rounds: int
) -> Block:
    """Move the ends of a case to where the words speak for them, on one side after the other.

    Args:
        sides: The suspicious and the source text.
        block: The case.
        table: Log ratios of words, shape (sides, degrees, levels, codes).
        breaks: Log ratios of gaps, shape (sides, first or last, kinds).
        margin_words: How far an end moves in one round.
        rounds: How often each side is moved.
    """
    for turn in range(2 * rounds):
        side = turn % 2
        own = sides[side]
        begin, codes, _, degree = code_side(sides, side, block, margin_words)
        size = len(codes)
        weights = np.empty(size, np.float64)
        for i in range(size):
            weights[i] = table[side, degree, own.level[begin + i], codes[i]]
        opening, closing = np.empty(size + 1, np.float64), np.empty(size + 1, np.float64)
        for i in range(size + 1):
            kind = own.breaks[begin + i]
            opening[i] = breaks[side, 0, kind]
            closing[i] = breaks[side, 1, kind]
        start, stop = best_stretch(weights, opening, closing, 1, size)
        if stop > start:
            ends = begin + start, begin + stop
            block = (
                (ends[0], ends[1], block[2], block[3])
                if side == 0
                else (block[0], block[1], ends[0], ends[1])
            )
    return block


@njit(cache=True, nogil=True)
def support_of(sides: Sides, block: Block, table: Floats) -> Floats:
    """Measure how the words of a case speak for it.

    A name that both sides repeat is one coincidence: the evidence of stems counts each stem once.

    Args:
        sides: The suspicious and the source text.
        block: The case, of at least a word on each side.
        table: Log ratios of words, shape (sides, degrees, levels, codes).

    Returns:
        `SUPPORT_NAMES` of the suspicious, then of the source side, shape (12,).
    """
    values = np.empty(2 * len(SUPPORT_NAMES), np.float64)
    for side in range(2):
        own = sides[side]
        begin, codes, share, degree = code_side(sides, side, block, 0)
        total = of_stems = 0.0
        beside = 0
        seen = np.zeros(len(own.matched), np.bool_)
        for i in range(len(codes)):
            weight = table[side, degree, own.level[begin + i], codes[i]]
            total += weight
            beside += codes[i] == BESIDE
            stem = own.numbers[begin + i]
            if not seen[stem]:
                seen[stem] = True
                of_stems += weight
        at = side * len(SUPPORT_NAMES)
        values[at] = math.log1p(max(0.0, total))
        values[at + 1] = math.log1p(max(0.0, of_stems))
        values[at + 2] = total / len(codes)
        values[at + 3] = share
        values[at + 4] = beside / len(codes)
        values[at + 5] = math.log(len(codes))
    return values
