"""Stored arrays read back, compiled: numbers of one to eight bytes, and what follows of them."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from permille.align.arrays import Bytes, Floats, Ints, Longs

Record = NDArray[np.uint8]

HEADER_BYTES = 4
"""Of a stored array: its length and, in the last bits, the kind of its numbers."""
CODE_BITS = 2
"""Bits of the kind; the kinds have 1, 2, 4 and 8 bytes a number."""


@njit(cache=True, nogil=True)
def read_array(record: Record, at: int) -> tuple[Longs, int]:
    """Read one array of a record.

    Args:
        record: Bytes, shape (B,).
        at: Where the array's header begins.

    Returns:
        The numbers, shape (N,), and where the next header begins.
    """
    header = 0
    for place in range(HEADER_BYTES):
        header |= int(record[at + place]) << (8 * place)
    at += HEADER_BYTES
    size = 1 << (header & ((1 << CODE_BITS) - 1))
    values = np.empty(header >> CODE_BITS, np.int64)
    for i in range(len(values)):
        value = 0
        for place in range(size):
            value |= int(record[at + place]) << (8 * place)
        values[i] = value
        at += size
    return values, at


@njit(cache=True, nogil=True)
def summed(steps: Longs) -> Ints:
    """Add numbers up from the left; shape (N,) stays."""
    sums = np.empty(len(steps), np.int32)
    total = 0
    for i in range(len(steps)):
        total += steps[i]
        sums[i] = total
    return sums


@njit(cache=True, nogil=True)
def places_of(index: Ints, num_stems: int) -> tuple[Ints, Ints]:
    """Return `offsets` (U + 1,) and `places` (W,) of the words with these stems, (W,)."""
    offsets = np.zeros(num_stems + 1, np.int32)
    for stem in index:
        offsets[stem + 1] += 1
    for stem in range(num_stems):
        offsets[stem + 1] += offsets[stem]
    free = offsets[:num_stems].copy()
    places = np.empty(len(index), np.int32)
    for word in range(len(index)):
        stem = index[word]
        places[free[stem]] = word
        free[stem] += 1
    return offsets, places


@njit(cache=True, nogil=True)
def read_sentences(record: Record) -> tuple[Longs, Longs, Ints, Ints, Ints, Floats, int]:
    """Read what a record (B,) has of sentences.

    Returns:
        The distinct stems, shape (U,); starts and ends of the sentences in turn, (2 S,); how many
        sentences hold a stem, (U,); where the entries of each begin, (S + 1,); the entries' stems
        and counts, (E,); where the rest of the record begins.
    """
    stems, at = read_array(record, 0)
    spans, at = read_array(record, at)
    sizes, at = read_array(record, at)
    entry_stems, at = read_array(record, at)
    counts, at = read_array(record, at)
    df = np.zeros(len(stems), np.int32)
    for stem in entry_stems:
        df[stem] += 1
    entries, floats = entry_stems.astype(np.int32), counts.astype(np.float64)
    return stems, spans, df, summed(sizes), entries, floats, at


@njit(cache=True, nogil=True)
def read_wording(
    record: Record, at: int, num_stems: int
) -> tuple[Ints, Bytes, Ints, Ints, Bytes, Ints, Ints]:
    """Read what a record (B,) has of words, from a place on.

    Returns:
        As `Wording` has them behind its stems: index, level, starts, ends, all (W,); breaks,
        (W + 1,); offsets, (U + 1,); places, (W,).
    """
    index, at = read_array(record, at)
    level, at = read_array(record, at)
    begins, at = read_array(record, at)
    lengths, at = read_array(record, at)
    breaks, at = read_array(record, at)
    starts, numbers = summed(begins), index.astype(np.int32)
    ends = starts + lengths.astype(np.int32)
    offsets, places = places_of(numbers, num_stems)
    return numbers, level.astype(np.int8), starts, ends, breaks.astype(np.int8), offsets, places
