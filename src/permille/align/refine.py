"""Boundaries of a case word by word: what a word's presence in the other passage speaks for.

Each word near a case is coded by the other passage. Its weight is the log ratio of how often words
of that code, as rare, were seen inside of cases and beside them. The case becomes the stretch with
the greatest sum, gaps between words counting for or against an end.
"""

from dataclasses import dataclass

import numpy as np

from permille.align.arrays import Bytes, Floats, Ints
from permille.align.coding import (
    BESIDE,
    CODES,
    best_stretch,
    code_words,
    count_in_order,
    count_rare,
)
from permille.align.kernels import match_both
from permille.align.rarity import LEVELS, RARE
from permille.align.wording import BREAKS, Wording

Block = tuple[int, int, int, int]
"""First suspicious word and the one after the last, first source word and the one after."""

SUSPICIOUS, SOURCE = range(2)
MARGIN_WORDS = 130
ROUNDS = 2
MOST_IN_ORDER = 600

DEGREES = (0.3, 0.5, 0.7)
"""Where the share of rare words that match passes from one table of weights to the next."""

TABLE_SHAPE = (2, len(DEGREES) + 1, LEVELS, CODES)
BREAKS_SHAPE = (2, 2, BREAKS)


@dataclass(frozen=True)
class Evidence:
    """Log ratios `table` (sides, degrees, levels, codes), `breaks` (sides, first or last, gaps)."""

    table: Floats
    breaks: Floats


@dataclass(frozen=True, slots=True)
class WordedPair:
    """Two texts word by word, and for the stems of each their index in the other, or -1."""

    texts: tuple[Wording, Wording]
    matched: tuple[Ints, Ints]

    @classmethod
    def of(cls, suspicious: Wording, source: Wording) -> "WordedPair":
        """Match the stems of two texts."""
        return cls((suspicious, source), match_both(suspicious.stems, source.stems))

    def codes(
        self, side: int, window: tuple[int, int], center: int, passage: tuple[int, int]
    ) -> Bytes:
        """Code the words of a window on one side by a passage of the other, shape (N,)."""
        own, other = self.texts[side], self.texts[1 - side]
        return code_words(
            own.index,
            self.matched[side],
            other.index,
            other.offsets,
            other.places,
            window,
            center,
            passage,
        )

    def in_order(self, block: Block) -> int:
        """Count the words that the two sides of a case have in common in one order.

        Of a side of more than `MOST_IN_ORDER` words only so many are looked at.
        """
        left, right = self.texts
        own = left.index[block[0] : min(block[1], block[0] + MOST_IN_ORDER)]
        other = right.index[block[2] : min(block[3], block[2] + MOST_IN_ORDER)]
        return count_in_order(self.matched[SUSPICIOUS][own], other)


@dataclass(frozen=True, slots=True)
class View:
    """Words around one side of a case: their codes and levels (N,), and which are in it."""

    first: int
    core: tuple[int, int]
    codes: Bytes
    levels: Bytes

    @property
    def rare_share(self) -> float:
        """Share of the case's rare words that match, between 0 and 1; a half where none is rare."""
        matching, rare = count_rare(self.codes, self.levels, *self.core, RARE)
        return (matching + 1) / (rare + 2)

    @property
    def degree(self) -> int:
        """Which table of weights the case takes."""
        return int(np.searchsorted(DEGREES, self.rare_share))


def view(pair: WordedPair, side: int, block: Block, margin_words: int = MARGIN_WORDS) -> View:
    """Code one side of a case and the words around it by the other side."""
    first, last = block[2 * side : 2 * side + 2]
    passage = block[2 - 2 * side : 4 - 2 * side]
    begin = max(0, first - margin_words)
    window = (begin, min(len(pair.texts[side]), last + margin_words))
    codes = pair.codes(side, window, (first + last) // 2, (passage[0], passage[1]))
    return View(begin, (first - begin, last - begin), codes, pair.texts[side].level[slice(*window)])


def refine(pair: WordedPair, block: Block, evidence: Evidence) -> Block:
    """Move the ends of a case to where the words speak for them, on one side after the other."""
    for side in (SUSPICIOUS, SOURCE) * ROUNDS:
        seen = view(pair, side, block)
        weights = evidence.table[side, seen.degree, seen.levels, seen.codes]
        end = seen.first + len(weights)
        kinds = pair.texts[side].breaks[seen.first : end + 1]
        opening, closing = evidence.breaks[side][:, kinds]
        start, stop = best_stretch(weights, opening, closing, 1, len(weights))
        if stop > start:
            ends = (seen.first + start, seen.first + stop)
            block = (*ends, *block[2:]) if side == SUSPICIOUS else (*block[:2], *ends)
    return block


SUPPORT_NAMES = (
    *("evidence", "evidence_of_stems", "evidence_per_word"),
    *("rare_share", "beside_share", "words"),
)
"""Of one side of a case: `support` gives these values of the suspicious, then the source side."""


def support(pair: WordedPair, block: Block, evidence: Evidence) -> list[float]:
    """Measure how the words of a case speak for it.

    A name that both sides repeat is one coincidence: the evidence of stems counts each stem once.
    """
    values: list[float] = []
    for side in (SUSPICIOUS, SOURCE):
        seen = view(pair, side, block, 0)
        weights = evidence.table[side, seen.degree, seen.levels, seen.codes]
        total, num_words = float(weights.sum()), len(weights)
        stems = pair.texts[side].index[seen.first : seen.first + num_words]
        first_places = np.unique(stems, return_index=True)[1]
        values += [
            float(np.log1p(max(0.0, total))),
            float(np.log1p(max(0.0, float(weights[first_places].sum())))),
            total / num_words,
            seen.rare_share,
            np.count_nonzero(seen.codes == BESIDE) / num_words,
            float(np.log(num_words)),
        ]
    return values
