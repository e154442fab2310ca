"""The compiled part of the corpus-wide search: hashes of blocks, look-up, extension."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from permille.align.folding import Codes

Hashes = NDArray[np.uint64]
Longs = NDArray[np.int64]

_BASE = 0x9E3779B97F4A7C15
_FILTER_BITS_A_BLOCK = 32
_MOST_BLOCKS_ALIKE = 64
"""Of a block that repeats within one text, only so many are looked up."""
_MOST_STEPS = 200_000_000
"""Comparisons of characters in one document; only endless repetition needs as many."""


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
def _hash_blocks(
    codes: Codes, starts: Longs, ends: Longs, block: int, stride: int
) -> tuple[Hashes, Longs]:
    """Hash the texts' blocks; hashes and where they begin, both (B,), in order of the texts."""
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


def block_table(
    codes: Codes, starts: Longs, ends: Longs, block: int, stride: int
) -> tuple[Hashes, Longs, Hashes, np.uint64]:
    """Index the blocks of texts.

    Args:
        codes: Codes of all texts, shape (F,).
        starts: Where each text begins, shape (N,).
        ends: Where it ends, shape (N,).
        block: Codes of a block.
        stride: Codes from a block to the next.

    Returns:
        The hashes, ascending (B,), where the blocks begin (B,), a filter that most other hashes do
        not pass (W,), and the shift from a hash to its word of the filter.
    """
    hashes, where = _hash_blocks(codes, starts, ends, block, stride)
    order = np.argsort(hashes, kind="stable")
    hashes, where = hashes[order], where[order]
    size = max(6, int(len(hashes) * _FILTER_BITS_A_BLOCK // 64).bit_length())
    shift = np.uint64(64 - size)
    return hashes, where, _fill(hashes, 1 << size, shift), shift


@njit(cache=True, nogil=True)
def known_blocks(
    codes: Codes,
    starts: Longs,
    ends: Longs,
    hashes: Hashes,
    filled: Hashes,
    shift: np.uint64,
    block: int,
) -> Longs:
    """List the places of documents where a block of the texts stands, by its hash.

    Args:
        codes: Codes of the documents, shape (G,).
        starts: Where each document begins, shape (D,).
        ends: Where it ends, shape (D,).
        hashes: As `block_table` gives them, shape (B,).
        filled: Likewise (W,).
        shift: Likewise.
        block: Codes of a block.

    Returns:
        The document, the place and the first of the equal hashes, shape (H, 3).
    """
    hits = np.empty((64, 3), np.int64)
    found = 0
    lead = np.uint64(1)
    for _ in range(block - 1):
        lead *= np.uint64(_BASE)
    for d in range(len(starts)):
        value = _hash(codes, starts[d], min(block - 1, ends[d] - starts[d]))
        for i in range(starts[d], ends[d] - block + 1):
            value = value * np.uint64(_BASE) + np.uint64(codes[i + block - 1]) + np.uint64(1)
            word, bit = _place(value, shift)
            if filled[word] & bit:
                at = np.searchsorted(hashes, value)
                if at < len(hashes) and hashes[at] == value:
                    hits = _with_room(hits, found)
                    hits[found] = (d, i, at)
                    found += 1
            value -= lead * (np.uint64(codes[i]) + np.uint64(1))
    return hits[:found]


@njit(cache=True, nogil=True)
def runs_at(
    hits: Longs,
    first: int,
    codes: Codes,
    starts: Longs,
    ends: Longs,
    text_codes: Codes,
    text_starts: Longs,
    text_ends: Longs,
    hashes: Hashes,
    where: Longs,
    stride: int,
    block: int,
    least: int,
    most_rows: int,
) -> tuple[Longs, int, int]:
    """List the maximal runs around blocks, each at the first of its blocks.

    Args:
        hits: As `known_blocks` gives them, shape (H, 3).
        first: The hit to begin with.
        codes: Codes of the documents, shape (G,).
        starts: Where each document begins, shape (D,).
        ends: Where it ends, shape (D,).
        text_codes: Codes of the texts, shape (F,).
        text_starts: Where each text begins, shape (N,).
        text_ends: Where it ends, shape (N,).
        hashes: As `block_table` gives them, shape (B,).
        where: Likewise (B,).
        stride: Codes from a block of a text to the next.
        block: Codes of a block.
        least: Fewest codes of a run.
        most_rows: After about so many the rest is left for another call.

    Returns:
        First code of the texts, the one after the last, and the document, shape (R, 3); the hit
        to go on with; and how many documents were not searched to the end.
    """
    rows = np.empty((64, 3), np.int64)
    found = cut_short = steps = 0
    document = -1
    for hit in range(first, len(hits)):
        if found >= most_rows:
            return rows[:found], hit, cut_short
        d, i, at = hits[hit]
        if d != document:
            document, steps = d, 0
        if steps > _MOST_STEPS:
            continue
        owner, alike = -1, 0
        while at < len(hashes) and hashes[at] == hashes[hits[hit, 2]]:
            p = where[at]
            at += 1
            text = np.searchsorted(text_starts, p, side="right") - 1
            alike = alike + 1 if text == owner else 0
            owner = text
            if alike >= _MOST_BLOCKS_ALIKE:
                continue
            before, after = _extent(
                codes[starts[d] : ends[d]],
                i - starts[d],
                text_codes[text_starts[text] : text_ends[text]],
                p - text_starts[text],
                stride,
            )
            steps += before + after + 1
            if after >= block and before + after >= least:
                rows = _with_room(rows, found)
                rows[found] = (p - before, p + after, d)
                found += 1
        if steps > _MOST_STEPS:
            cut_short += 1
    return rows[:found], len(hits), cut_short


@njit(cache=True, nogil=True)
def _with_room(rows: Longs, used: int) -> Longs:
    """Return rows (R, 3) with room for one more, of twice the size where all are used."""
    if used < len(rows):
        return rows
    wider = np.empty((2 * used, 3), np.int64)
    wider[:used] = rows
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
