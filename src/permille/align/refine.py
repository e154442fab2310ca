"""Boundaries of a case word by word: what a word's presence in the other passage speaks for.

Each word near a case is coded by the other passage. Its weight is the log ratio of how often words
of that code, as rare, were seen inside of cases and beside them. The case becomes the stretch with
the greatest sum, gaps between words counting for or against an end.
"""

from dataclasses import dataclass
from functools import cached_property

from permille.align.arrays import Bytes, Floats, Ints
from permille.align.counting import count_in_order
from permille.align.evidence import (
    CODES,
    DEGREES,
    Block,
    Side,
    Sides,
    code_side,
    code_words,
    move_ends,
    support_of,
)
from permille.align.matching import match_both
from permille.align.rarity import LEVELS
from permille.align.wording import BREAKS, Wording

SUSPICIOUS, SOURCE = range(2)
MARGIN_WORDS = 130
ROUNDS = 2
MOST_IN_ORDER = 600

TABLE_SHAPE = (2, len(DEGREES) + 1, LEVELS, CODES)
BREAKS_SHAPE = (2, 2, BREAKS)


@dataclass(frozen=True)
class Evidence:
    """Log ratios `table` (sides, degrees, levels, codes), `breaks` (sides, first or last, gaps)."""

    table: Floats
    breaks: Floats


@dataclass(frozen=True)
class WordedPair:
    """Two texts word by word, and for the stems of each their index in the other, or -1."""

    texts: tuple[Wording, Wording]
    matched: tuple[Ints, Ints]

    @classmethod
    def of(cls, suspicious: Wording, source: Wording) -> "WordedPair":
        """Match the stems of two texts."""
        return cls((suspicious, source), match_both(suspicious.stems, source.stems))

    @cached_property
    def sides(self) -> Sides:
        """Both texts as compiled code takes them."""
        left, right = (
            Side(own.index, matched, own.level, own.breaks, own.offsets, own.places)
            for own, matched in zip(self.texts, self.matched, strict=True)
        )
        return left, right

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
    """Words around one side of a case: their codes and levels (N,), and which weights they take."""

    first: int
    codes: Bytes
    levels: Bytes
    degree: int


def view(pair: WordedPair, side: int, block: Block) -> View:
    """Code one side of a case and the words around it by the other side."""
    first, codes, _, degree = code_side(pair.sides, side, block, MARGIN_WORDS)
    return View(first, codes, pair.texts[side].level[first : first + len(codes)], degree)


def refine(pair: WordedPair, block: Block, evidence: Evidence) -> Block:
    """Move the ends of a case to where the words speak for them, on one side after the other."""
    moved: Block = move_ends(
        pair.sides, block, evidence.table, evidence.breaks, MARGIN_WORDS, ROUNDS
    )
    return moved


def support(pair: WordedPair, block: Block, evidence: Evidence) -> list[float]:
    """Measure how the words of a case speak for it: `SUPPORT_NAMES` of either side."""
    values: list[float] = support_of(pair.sides, block, evidence.table).tolist()
    return values
