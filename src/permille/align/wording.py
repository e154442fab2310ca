"""A text word by word: stems, how rare they are, where they stand, and what is between them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from permille.align.arrays import Bytes, Ints, Longs
from permille.align.rarity import Rarity
from permille.align.words import Memo

WORD = re.compile(r"([^\W_]+)")

BREAKS = 6
"""Kinds of gaps between words: none or a blank, other marks, a line's end, a sentence's end, both,
and an end of the text."""
_BLANK, _MARK, _LINE, _SENTENCE, _PARAGRAPH, _EDGE = range(BREAKS)
_SENTENCE_MARKS = frozenset(".!?…。！？｡")


@dataclass(frozen=True, slots=True)
class Wording:
    """W words of a text, with U distinct stems.

    `stems` (U,) ascends. Word w has the stem `index[w]`, its `level` of rarity, the half-open span
    `starts[w]:ends[w]`, all (W,), and before it a gap of the kind `breaks[w]`, (W + 1,), the last
    one being after the last word. Stem u stands at `places[offsets[u]:offsets[u + 1]]`, ascending;
    shapes (W,) and (U + 1,).
    """

    stems: Longs
    index: Ints
    level: Bytes
    starts: Ints
    ends: Ints
    breaks: Bytes
    offsets: Ints
    places: Ints

    def __len__(self) -> int:
        return len(self.index)

    def words_in(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open range of the words that begin in a span of characters."""
        first, last = np.searchsorted(self.starts, (start, end))
        return int(first), int(last)

    def chars(self, first: int, last: int, text: str) -> tuple[int, int]:
        """Return the span of the words from first to before last, with the marks that adjoin."""
        start, end = int(self.starts[first]), int(self.ends[last - 1])
        least = int(self.ends[first - 1]) if first else 0
        most = int(self.starts[last]) if last < len(self) else len(text)
        while start > least and not text[start - 1].isspace():
            start -= 1
        while end < most and not text[end].isspace():
            end += 1
        return start, end


def word_by_word(text: str, stems_of: Mapping[str, int], rarity: Rarity) -> Wording:
    """Cut a text into words.

    Args:
        text: Any text.
        stems_of: Gives the identity of the stem of any word as it is written.
        rarity: Says how rare stems are.
    """
    # compiled, so imported only where it is used
    from permille.align.numbering import number_stems

    # a gap, a word, a gap, and so on to the last gap
    parts = WORD.split(text)
    reached = np.fromiter(accumulate(map(len, parts)), np.int32, len(parts))
    words, inner = parts[1::2], parts[2:-1:2]
    breaks = [_EDGE, *map(_GAPS.__getitem__, inner), _EDGE] if words else [_EDGE]
    ids = np.fromiter(map(stems_of.__getitem__, words), np.int64, len(words))
    stems, index, offsets, places = number_stems(ids)
    return Wording(
        stems=stems,
        index=index,
        level=rarity.of(stems)[index],
        starts=reached[:-1:2].copy(),
        ends=reached[1::2].copy(),
        breaks=np.array(breaks, np.int8),
        offsets=offsets,
        places=places,
    )


def _kind_of_gap(gap: str) -> int:
    """Say what kind of gap a stretch between two words is."""
    ends_line, ends_sentence = "\n" in gap, not _SENTENCE_MARKS.isdisjoint(gap)
    if ends_sentence and (gap[-1:].isspace() or not gap.isascii()):
        return _PARAGRAPH if ends_line else _SENTENCE
    if ends_line:
        return _LINE
    return _BLANK if not gap.strip() else _MARK


_GAPS: Memo[int] = Memo(_kind_of_gap)
