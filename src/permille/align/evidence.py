"""What the words of a case speak for, compiled: the codes of a side, its best ends, its support."""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from permille.align.arrays import Bytes, Floats, Ints
from permille.align.coding import BESIDE, best_stretch, code_words, count_rare
from permille.align.rarity import RARE

Block = tuple[int, int, int, int]
"""First suspicious word and the one after the last, first source word and the one after."""

DEGREES = (0.3, 0.5, 0.7)
"""Where the share of rare words that match passes from one table of weights to the next."""

SUPPORT_NAMES = (
    *("evidence", "evidence_of_stems", "evidence_per_word"),
    *("rare_share", "beside_share", "words"),
)
"""Of one side of a case: `support_of` gives these of the suspicious, then of the source side."""


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
        opening = np.empty(size + 1, np.float64)
        closing = np.empty(size + 1, np.float64)
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
