"""Copied passages character by character: maximal common runs of two sequences.

One side is hashed in blocks that follow each other without gap, the other at every position. A
common run of twice the block's length less one holds a whole block, so none that long is missed.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numba import njit
from numpy.typing import NDArray

from permille.align.arrays import Flags, Longs
from permille.align.folding import BLANK, Codes, Positions, fold

Hashes = NDArray[np.uint64]
Quad = tuple[int, int, int, int]
"""Suspicious start and end, source start and end, in characters."""

BLOCK = 12
_MOST_BLOCKS_ALIKE = 64
_SIEVE_PLACES = 64
"""Places of the sieve for each block: most windows end there, without a search for their hash."""
_BASE = 1_099_511_628_211


@njit(cache=True, nogil=True)
def window_hash(codes: Codes, start: int, width: int) -> np.uint64:
    """Hash the `width` codes (F,) from a start on."""
    value = np.uint64(0)
    for at in range(start, start + width):
        value = value * np.uint64(_BASE) + np.uint64(codes[at] + np.uint32(1))
    return value


@njit(cache=True, nogil=True)
def sorted_blocks(codes: Codes, width: int) -> tuple[Hashes, Longs]:
    """Hash the blocks of `width` codes (F,) that follow each other; hashes and starts, (K,)."""
    hashes = np.empty(len(codes) // width, np.uint64)
    for block in range(len(hashes)):
        hashes[block] = window_hash(codes, block * width, width)
    order = np.argsort(hashes, kind="mergesort")
    return hashes[order], order * width


@njit(cache=True, nogil=True)
def common_stretches(
    left: Codes,
    right: Codes,
    block_hashes: Hashes,
    block_starts: Longs,
    width: int,
    least: int,
) -> Longs:
    """List the maximal common stretches of at least `least` codes.

    Those inside a longer one are left out, and of many equal blocks only the first are looked at,
    so that repetition costs no more than a constant times the length.

    Args:
        left: Codes of the left sequence, shape (F,).
        right: Codes of the right sequence, shape (G,).
        block_hashes: Hashes of the right sequence's blocks, ascending, shape (K,).
        block_starts: Where they begin, shape (K,).
        width: Length of a window and of a block.
        least: Fewest codes of a stretch.

    Returns:
        Left start, right start and length of each, shape (R, 3).
    """
    found = np.empty((8, 3), np.int64)
    seen = _sieve(block_hashes)
    # an array that grew where it is written would make every step some thirty times slower
    while True:
        count = i = 0
        while True:
            i, value = _next_marked(left, i, width, seen)
            if i == len(left):
                break
            reach = i
            first = int(np.searchsorted(block_hashes, value))
            for block in range(first, min(first + _MOST_BLOCKS_ALIKE, len(block_hashes))):
                if block_hashes[block] != value:
                    break
                j = block_starts[block]
                before, after = _extent(left, right, i, j)
                if before + after >= least and after >= width:
                    reach = max(reach, i + after)
                    if count < len(found):
                        found[count, 0] = i - before
                        found[count, 1] = j - before
                        found[count, 2] = before + after
                    count += 1
            # what lies inside a stretch is not looked up again, only what may lead out of it
            i = max(i + 1, reach - 2 * width)
        if count <= len(found):
            return found[:count]
        found = np.empty((count, 3), np.int64)


@njit(cache=True, nogil=True)
def _next_marked(codes: Codes, start: int, width: int, marked: Flags) -> tuple[int, np.uint64]:
    """Return the first window of codes (F,) from a start on whose hash is marked, and its hash.

    Where there is none, F and anything.
    """
    mask = np.uint64(len(marked) - 1)
    lead = np.uint64(1)
    for _ in range(width - 1):
        lead *= np.uint64(_BASE)
    value = window_hash(codes, start, min(width, len(codes) - start))
    while start + width <= len(codes):
        if marked[value & mask]:
            return start, value
        if start + width < len(codes):
            value -= lead * np.uint64(codes[start] + np.uint32(1))
            value *= np.uint64(_BASE)
            value += np.uint64(codes[start + width] + np.uint32(1))
        start += 1
    return len(codes), value


@njit(cache=True, nogil=True)
def _sieve(hashes: Hashes) -> Flags:
    """Mark the last bits of hashes (K,); shape (a power of two,), of which few are marked."""
    size = 64
    while size < _SIEVE_PLACES * len(hashes):
        size *= 2
    marked = np.zeros(size, np.bool_)
    mask = np.uint64(size - 1)
    for value in hashes:
        marked[value & mask] = True
    return marked


@njit(cache=True, nogil=True)
def _extent(left: Codes, right: Codes, i: int, j: int) -> tuple[int, int]:
    """Count the equal codes before and from a position of each sequence, shapes (F,), (G,)."""
    before = 0
    while i > before and j > before and left[i - before - 1] == right[j - before - 1]:
        before += 1
    after = 0
    while i + after < len(left) and j + after < len(right):
        if left[i + after] != right[j + after]:
            break
        after += 1
    return before, after


class Copyable:
    """A text that may share stretches with others.

    Only its folded codes are kept; its blocks once it was searched in, and the places of the codes
    once it had a stretch, which few texts ever have.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.codes = fold(text).codes

    @cached_property
    def blocks(self) -> tuple[Hashes, Longs]:
        """The hashes of its blocks, ascending, and where they begin, both (K,)."""
        hashes, starts = sorted_blocks(self.codes, BLOCK)
        return hashes, starts

    @cached_property
    def positions(self) -> Positions:
        """Where each code stands in the text, (F,)."""
        return fold(self.text).positions


def common_spans(suspicious: Copyable, source: Copyable) -> list[Quad]:
    """List the stretches of some words that two texts have in common, as long as they go.

    Case, white space and punctuation do not matter. At either end a stretch takes over the
    punctuation that both texts have there.
    """
    codes = suspicious.codes
    stretches = common_stretches(codes, source.codes, *source.blocks, BLOCK, 2 * BLOCK - 1)
    if not len(stretches):
        return []
    left, right = suspicious.positions, source.positions
    spans = set()
    for i, j, size in stretches.tolist():
        # a blank stands for marks that may differ: what is equal of them is taken over below
        before, after = int(codes[i] == BLANK), int(codes[i + size - 1] == BLANK)
        i, j, size = i + before, j + before, size - before - after
        first, last = left[[i, i + size - 1]].tolist()
        other_first, other_last = right[[j, j + size - 1]].tolist()
        span = (first, last + 1, other_first, other_last + 1)
        spans.add(_widen(span, suspicious.text, source.text))
    return sorted(spans)


def copied_spans(common: list[Quad], least_chars: int) -> list[Quad]:
    """Keep the stretches longer than `least_chars` in the suspicious text: the runs.

    A passage is given once, with its longest counterpart.
    """
    return _written_once([span for span in common if span[1] - span[0] > least_chars])


def overlap(span: Quad, other: Quad) -> bool:
    """Tell whether two share characters on both sides."""
    return min(span[1], other[1]) > max(span[0], other[0]) and min(span[3], other[3]) > max(
        span[2], other[2]
    )


def lies_mostly_in(span: Quad, other: Quad, side: int) -> bool:
    """Tell whether most of a span lies in another one, on one side: 0 suspicious, 1 source."""
    start, end = span[2 * side : 2 * side + 2]
    return 2 * (min(end, other[2 * side + 1]) - max(start, other[2 * side])) > end - start


def min_chars(span: Quad) -> int:
    """Return the characters of the shorter side."""
    return min(span[1] - span[0], span[3] - span[2])


def mostly_inside(spans: Sequence[tuple[int, int]], runs: Sequence[Quad]) -> set[int]:
    """List the spans of the suspicious text, by number, of which more than half lies in runs.

    What stands in several runs counts once.
    """
    if not runs or not spans:
        return set()
    changes = np.zeros(max(run[1] for run in runs) + 1, np.int64)
    for start, end, *_ in runs:
        changes[start] += 1
        changes[end] -= 1
    # before each character, all that stands in runs: to compare all pairs would take the square
    inside = np.concatenate(([0], (changes.cumsum() > 0).cumsum()))
    ends = np.array(spans, np.int64)
    before = inside[np.minimum(ends, len(inside) - 1)]
    covered = 2 * (before[:, 1] - before[:, 0]) > ends[:, 1] - ends[:, 0]
    return set(np.flatnonzero(covered).tolist())


def _widen(run: Quad, left: str, right: str) -> Quad:
    """Take over equal characters at both ends, white space only at the ends of both texts."""
    start, end, other_start, other_end = run
    while start and other_start and left[start - 1] == right[other_start - 1]:
        start, other_start = start - 1, other_start - 1
    while end < len(left) and other_end < len(right) and left[end] == right[other_end]:
        end, other_end = end + 1, other_end + 1
    if start or other_start:
        blanks = end - start - len(left[start:end].lstrip())
        start, other_start = start + blanks, other_start + blanks
    if end < len(left) or other_end < len(right):
        blanks = end - start - len(left[start:end].rstrip())
        end, other_end = end - blanks, other_end - blanks
    return start, end, other_start, other_end


def _written_once(runs: list[Quad]) -> list[Quad]:
    """Keep, longest first, the runs that are not for the most part inside kept ones."""
    if not runs:
        return []
    kept: list[Quad] = []
    # of each character, in how many kept runs it stands: to compare all pairs would take the square
    times = np.zeros(max(run[1] for run in runs), np.int32)
    for run in sorted(runs, key=lambda run: (run[0] - run[1], run[0], run[2])):
        own = times[run[0] : run[1]]
        if 2 * int(own.sum()) <= len(own):
            kept.append(run)
            own += 1
    return sorted(kept)
