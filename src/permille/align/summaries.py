"""Passages that condense the whole other text: found word by word, told apart by how they spread.

A summary shares rare words with all parts of the other text, where a rewritten passage shares them
with one part. Every word is coded by the whole other text; the passage is the stretch whose words
speak most for it.
"""

import math
from dataclasses import dataclass

import numpy as np

from permille.align.arrays import Bytes, Floats, Ints
from permille.align.counting import count_fullest, count_rare_matches, places_in_common
from permille.align.evidence import CODES, PRESENT, RARE, USED, Block, best_stretch
from permille.align.rarity import LEVELS
from permille.align.refine import SUSPICIOUS, WordedPair
from permille.align.wording import BREAKS

SIZES = (400, 800, 1500)
"""Where the words of the text that may be condensed pass from one table of weights to the next."""

SUMMARY_TABLE_SHAPE = (len(SIZES) + 1, LEVELS, CODES)
SUMMARY_BREAKS_SHAPE = (2, BREAKS)
MOST_WORDS = 2_500
"""Longer texts are not looked at as what may have been condensed."""

_FEWEST_WORDS = 60
_FEWEST_RARE = 6
_FEWEST_PLACES = 3
_STRETCH_WORDS = (10, 260)
_WIDER = 1.5

SUMMARY_MEASURES = (
    "fullest_part_share",
    "fullest_part_stems",
    "second_evidence",
    "part_of_text",
    "evidence",
    "evidence_per_word",
    "rare_share",
    "spread",
    "evidence_elsewhere",
    "text_words",
    "times_longer",
    "long_run",
)
"""What is measured of a stretch."""


@dataclass(frozen=True)
class SummaryEvidence:
    """Log ratios: `table` (sizes, levels, codes), `breaks` (begin or end, kinds of gaps)."""

    table: Floats
    breaks: Floats


@dataclass(frozen=True, slots=True)
class Condensing:
    """The words of a text that may condense the other: codes (W,), and the other's size."""

    side: int
    codes: Bytes
    size: int


def condensing(pair: WordedPair, side: int) -> Condensing | None:
    """Code a text by the whole other one; None where there is too little to tell."""
    own, other = pair.texts[side], pair.texts[1 - side]
    num_words, num_others = len(own), len(other)
    if not _FEWEST_WORDS <= num_others <= MOST_WORDS or num_words < _STRETCH_WORDS[0]:
        return None
    if count_rare_matches(own.index, own.level, pair.matched[side], RARE) < _FEWEST_RARE:
        return None
    codes = pair.codes(side, (0, num_words), num_words // 2, (0, num_others))
    codes[codes == USED] = PRESENT
    return Condensing(side, codes, int(np.searchsorted(SIZES, num_others)))


def find_summary(
    pair: WordedPair, found: Condensing, has_long_run: bool, evidence: SummaryEvidence
) -> tuple[Block, Floats] | None:
    """Return the stretch that speaks most for a summary, and its measures."""
    own, other = pair.texts[found.side], pair.texts[1 - found.side]
    weights = evidence.table[found.size, own.level, found.codes]
    opening, closing = evidence.breaks[:, own.breaks]
    start, end = best_stretch(weights, opening, closing, *_STRETCH_WORDS)
    if end <= start:
        return None
    rare = own.level[start:end] >= RARE
    matching = rare & (found.codes[start:end] >= PRESENT)
    places, owners = places_in_common(
        own.index[start:end], matching, pair.matched[found.side], other.offsets, other.places
    )
    if len(places) < _FEWEST_PLACES:
        return None
    num_stems, part = len(set(owners.tolist())), int(_WIDER * (end - start)) + 1
    fullest = count_fullest(places, owners, part)
    total = float(weights[start:end].sum())
    low, high = _quantile(places, 0.1), _quantile(places, 0.9)
    values = np.array(
        [
            fullest / num_stems,
            fullest,
            _log(_second(weights, opening, closing, start, end)),
            min(1.0, part / len(other)),
            _log(total),
            total / (end - start),
            (np.count_nonzero(matching) + 1) / (np.count_nonzero(rare) + 2),
            (high - low) / len(other),
            (float(weights.sum()) - total) / max(1, len(own) - (end - start)),
            math.log(len(other)),
            math.log(len(own) / (end - start)),
            float(has_long_run),
        ]
    )
    side = (int(places[0]), int(places[-1]) + 1)
    block = (start, end, *side) if found.side == SUSPICIOUS else (*side, start, end)
    return block, values


def _second(weights: Floats, opening: Floats, closing: Floats, start: int, end: int) -> float:
    """Return the evidence of the best stretch (N,) that keeps away from the first one."""
    away = weights.copy()
    away[max(0, start - _KEPT_AWAY) : end + _KEPT_AWAY] = _FORBIDDEN
    first, last = best_stretch(away, opening, closing, *_STRETCH_WORDS)
    return float(away[first:last].sum())


_KEPT_AWAY = 5
_FORBIDDEN = -9.0


def _quantile(places: Ints, share: float) -> float:
    """Return the linear quantile of places (P,), ascending; numpy's takes fifty times as long."""
    at = share * (len(places) - 1)
    below = int(at)
    part = at - below
    first, second = int(places[below]), int(places[min(below + 1, len(places) - 1)])
    # as numpy does, from the nearer of both
    step = second - first
    return first + step * part if part < 0.5 else second - step * (1 - part)


def _log(value: float) -> float:
    return math.log1p(max(0.0, value))
