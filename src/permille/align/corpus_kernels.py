"""The compiled part of the corpus-wide search: hashes of blocks, look-up, extension.

Arrays grow only around the loops that write into them: one that is bound anew within a loop makes
every step of it some thirty times slower.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from permille.align.arrays import Flags, Longs
from permille.align.folding import Codes

Hashes = NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_FILTER_BITS_A_BLOCK = 32
_MOST_BLOCKS_ALIKE = 64
"""Of a block that repeats within one text, only so many are looked up."""
_MOST_STEPS = 200_000_000
"""Comparisons of characters in one document; only endless repetition needs as many."""
_FIRST_ROWS = 4_096


class Sequences(NamedTuple):
    """N sequences one after the other: `codes` (F,); k has `codes[starts[k]:ends[k]]`, (N,)."""

    codes: Codes
    starts: Longs
    ends: Longs


class BlockTable(NamedTuple):
    """The blocks of texts: `hashes`, ascending, and `where` they begin, both (B,).

    Most other hashes do not pass the filter `filled` (W,); `shift` leads from a hash to its word.
    """

    hashes: Hashes
    where: Longs
    filled: Hashes
    shift: np.uint64


@njit(cache=True, nogil=True)
def prefix_hashes(codes: Codes) -> tuple[Hashes, Hashes]:
    """Return the hashes of the first 0 to F codes and the powers of the base, both (F + 1,)."""
    base = np.uint64(_BASE)
    prefixes = np.zeros(len(codes) + 1, np.uint64)
    powers = np.ones(len(codes) + 1, np.uint64)
    for i in range(len(codes)):
        prefixes[i + 1] = prefixes[i] * base + np.uint64(codes[i]) + np.uint64(1)
        powers[i + 1] = powers[i] * base
    return prefixes, powers


@njit(cache=True, nogil=True)
def _hash(codes: Codes, start: int, size: int) -> np.uint64:
    """Hash `size` codes of a sequence (F,) from `start` on."""
    value = np.uint64(0)
    for i in range(start, start + size):
        value = value * np.uint64(_BASE) + np.uint64(codes[i]) + np.uint64(1)
    return value


@njit(cache=True, nogil=True)
def _place(value: np.uint64, shift: np.uint64) -> tuple[np.int64, np.uint64]:
    """Return the word of the filter that a hash belongs to, and its bit."""
    mixed = (value ^ (value >> np.uint64(29))) * np.uint64(_BASE)
    return np.int64(mixed >> shift), np.uint64(1) << ((mixed >> np.uint64(20)) & np.uint64(63))


@njit(cache=True, nogil=True)
def _hash_blocks(texts: Sequences, block: int, stride: int) -> tuple[Hashes, Longs]:
    """Hash the texts' blocks; hashes and where they begin, both (B,), in order of the texts."""
    codes, starts, ends = texts
    count = 0
    for t in range(len(starts)):
        count += max(0, (ends[t] - starts[t] - block) // stride + 1)
    hashes, where = np.empty(count, np.uint64), np.empty(count, np.int64)
    at = 0
    for t in range(len(starts)):
        for p in range(starts[t], ends[t] - block + 1, stride):
            hashes[at] = _hash(codes, p, block)
            where[at] = p
            at += 1
    return hashes[:at], where[:at]


@njit(cache=True, nogil=True)
def _fill(hashes: Hashes, words: int, shift: np.uint64) -> Hashes:
    """Make the filter (words,) that has the bit of every hash (B,)."""
    filled = np.zeros(words, np.uint64)
    for value in hashes:
        word, bit = _place(value, shift)
        filled[word] |= bit
    return filled


def block_table(texts: Sequences, block: int, stride: int) -> tuple[BlockTable, Flags]:
    """Index the blocks of texts.

    Args:
        texts: The texts.
        block: Codes of a block.
        stride: Codes from a block to the next.

    Returns:
        The table, and of which texts blocks were left out, since they repeat too often, (N,).
    """
    hashes, where = _hash_blocks(texts, block, stride)
    order = np.argsort(hashes, kind="stable")
    hashes, where = hashes[order], where[order]
    owners = np.searchsorted(texts.starts, where, side="right") - 1
    kept = _first_alike(hashes, owners)
    is_cut_short = np.zeros(len(texts.starts), np.bool_)
    is_cut_short[owners[~kept]] = True
    hashes, where = hashes[kept], where[kept]
    size = max(6, int(len(hashes) * _FILTER_BITS_A_BLOCK // 64).bit_length())
    shift = np.uint64(64 - size)
    return BlockTable(hashes, where, _fill(hashes, 1 << size, shift), shift), is_cut_short


def _first_alike(hashes: Hashes, owners: Longs) -> Flags:
    """Tell which blocks (B,), sorted by hash and then text, are among the first alike of a text."""
    is_first = np.ones(len(hashes), np.bool_)
    is_first[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    at = np.arange(len(hashes))
    before: Longs = at - np.maximum.accumulate(np.where(is_first, at, 0))
    return before < _MOST_BLOCKS_ALIKE


@njit(cache=True, nogil=True)
def known_blocks(documents: Sequences, table: BlockTable, block: int) -> Longs:
    """List the places of documents where a block of the texts stands, by its hash.

    Args:
        documents: The documents.
        table: The blocks of the texts.
        block: Codes of a block.

    Returns:
        The document, the place and the first of the equal hashes, shape (H, 3).
    """
    hits = np.empty((_FIRST_ROWS, 3), np.int64)
    found = d = 0
    while d < len(documents.starts):
        count = _known_in(hits[found:], d, documents, table, block)
        if found + count > len(hits):
            hits = _with_room(hits, found, count)
        else:
            found, d = found + count, d + 1
    return hits[:found]


@njit(cache=True, nogil=True)
def _known_in(hits: Longs, d: int, documents: Sequences, table: BlockTable, block: int) -> int:
    """Write the hits of a document into rows (R, 3), as many as fit, and count them all."""
    codes, start, end = documents.codes, documents.starts[d], documents.ends[d]
    hashes, filled, shift = table.hashes, table.filled, table.shift
    lead = np.uint64(1)
    for _ in range(block - 1):
        lead *= np.uint64(_BASE)
    value = _hash(codes, start, min(block - 1, end - start))
    found = 0
    for i in range(start, end - block + 1):
        value = value * np.uint64(_BASE) + np.uint64(codes[i + block - 1]) + np.uint64(1)
        word, bit = _place(value, shift)
        if filled[word] & bit:
            at = np.searchsorted(hashes, value)
            if at < len(hashes) and hashes[at] == value:
                if found < len(hits):
                    hits[found] = (d, i, at)
                found += 1
        value -= lead * (np.uint64(codes[i]) + np.uint64(1))
    return found


@njit(cache=True, nogil=True)
def runs_at(
    hits: Longs,
    first: int,
    documents: Sequences,
    texts: Sequences,
    table: BlockTable,
    stride: int,
    block: int,
    least: int,
    most_rows: int,
) -> tuple[Longs, int, int]:
    """List the maximal runs around blocks, each at the first of its blocks.

    Args:
        hits: As `known_blocks` gives them, shape (H, 3).
        first: The hit to begin with.
        documents: The documents.
        texts: The texts.
        table: The blocks of the texts.
        stride: Codes from a block of a text to the next.
        block: Codes of a block.
        least: Fewest codes of a run.
        most_rows: After about so many the rest is left for another call.

    Returns:
        First code of the texts, the one after the last, and the document, shape (R, 3); the hit
        to go on with; and how many documents were not searched to the end.
    """
    rows = np.empty((_FIRST_ROWS, 3), np.int64)
    found = cut_short = steps = 0
    document, hit = -1, first
    while hit < len(hits):
        if hits[hit, 0] != document:
            document, steps = hits[hit, 0], 0
        if steps > _MOST_STEPS:
            hit += 1
            continue
        # a document that was given up is passed over first, so that it is not taken up again
        if found >= most_rows:
            break
        count, compared = _runs_at_hit(
            rows[found:], hits[hit], documents, texts, table, stride, block, least
        )
        if found + count > len(rows):
            rows = _with_room(rows, found, count)
            continue
        found += count
        steps += compared
        cut_short += steps > _MOST_STEPS
        hit += 1
    return rows[:found], hit, cut_short


@njit(cache=True, nogil=True)
def _runs_at_hit(
    rows: Longs,
    hit: Longs,
    documents: Sequences,
    texts: Sequences,
    table: BlockTable,
    stride: int,
    block: int,
    least: int,
) -> tuple[int, int]:
    """Write the runs at a hit (3,) into rows (R, 3), as many as fit.

    Returns:
        How many runs there are in all, and how many codes were compared.
    """
    d, i, at = hit
    start, value = documents.starts[d], table.hashes[at]
    document = documents.codes[start : documents.ends[d]]
    found = steps = 0
    while at < len(table.hashes) and table.hashes[at] == value:
        p = table.where[at]
        at += 1
        owner = np.searchsorted(texts.starts, p, side="right") - 1
        begin = texts.starts[owner]
        text = texts.codes[begin : texts.ends[owner]]
        before, after = _extent(document, i - start, text, p - begin, stride)
        steps += before + after + 1
        if after >= block and before + after >= least:
            if found < len(rows):
                rows[found, 0] = p - before
                rows[found, 1] = p + after
                rows[found, 2] = d
            found += 1
    return found, steps


@njit(cache=True, nogil=True)
def _with_room(rows: Longs, used: int, more: int) -> Longs:
    """Return rows (R, 3), of which some are used, with room for more, of twice the size or so."""
    wider = np.empty((max(2 * len(rows), used + more), 3), np.int64)
    wider[:used] = rows[:used]
    return wider


@njit(cache=True, nogil=True)
def _extent(document: Codes, i: int, text: Codes, p: int, stride: int) -> tuple[int, int]:
    """Count the equal codes before and from a place of a document (G,) and of a text (F,).

    Where a whole stride before is equal, the run has its place at the block before; then (0, 0).
    """
    before = 0
    while before < stride and i > before and p > before:
        if document[i - before - 1] != text[p - before - 1]:
            break
        before += 1
    if before == stride:
        return 0, 0
    after = 0
    while i + after < len(document) and p + after < len(text):
        if document[i + after] != text[p + after]:
            break
        after += 1
    return before, after
