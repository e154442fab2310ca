"""The words of a text numbered by their stems and counted by sentences, compiled."""

import numpy as np
from numba import njit

from permille.align.arrays import Floats, Ints, Longs


@njit(cache=True, nogil=True)
def number_stems(ids: Longs) -> tuple[Longs, Ints, Ints, Ints]:
    """Number the distinct stems of words (W,) from the least on.

    Returns:
        As `Wording` has them: stems (U,), index (W,), offsets (U + 1,), places (W,).
    """
    places = np.argsort(ids, kind="mergesort")
    stems = np.empty(len(ids), np.int64)
    index = np.empty(len(ids), np.int32)
    offsets = np.zeros(len(ids) + 1, np.int32)
    count = 0
    for at in range(len(places)):
        stem = ids[places[at]]
        if count == 0 or stems[count - 1] != stem:
            stems[count] = stem
            count += 1
        index[places[at]] = count - 1
        offsets[count] = at + 1
    return stems[:count].copy(), index, offsets[: count + 1].copy(), places.astype(np.int32)


@njit(cache=True, nogil=True)
def join_sentences(
    starts: Ints, ends: Ints, spans: Longs, least_words: int, least_chars: int
) -> tuple[Longs, Ints]:
    """Join a sentence with too few of the longer words to the next, and a last one to that before.

    A single sentence without any longer word is left out.

    Args:
        starts: Where each word begins, shape (W,).
        ends: Where it ends, shape (W,).
        spans: Sentences, shape (N, 2).
        least_words: Words that are not too few.
        least_chars: Characters of a word that counts.

    Returns:
        The spans of the joined sentences, shape (S, 2), and in which of them each word counts, -1
        where it is too short, shape (W,).
    """
    joined = np.empty_like(spans)
    own = np.full(len(starts), -1, np.int32)
    count = size = w = 0
    for s in range(len(spans)):
        if count == 0 or size >= least_words:
            joined[count, 0] = spans[s, 0]
            size = 0
            count += 1
        joined[count - 1, 1] = spans[s, 1]
        while w < len(starts) and starts[w] < spans[s, 1]:
            if ends[w] - starts[w] >= least_chars:
                own[w] = count - 1
                size += 1
            w += 1
    if count > 1 and size < least_words:
        joined[count - 2, 1] = joined[count - 1, 1]
        count -= 1
        own = np.minimum(own, np.int32(count - 1))
    elif count == 1 and size == 0:
        count = 0
    return joined[:count].copy(), own


@njit(cache=True, nogil=True)
def count_by_sentence(
    own: Ints, index: Ints, num_sentences: int, num_stems: int
) -> tuple[Ints, Ints, Ints, Floats]:
    """Count the stems of each sentence.

    Args:
        own: The sentence of each word, or -1 where it does not count, shape (W,).
        index: Its stem, shape (W,).
        num_sentences: How many sentences there are.
        num_stems: How many distinct stems there are.

    Returns:
        As `Bags` has them: df (U,), offsets (S + 1,), entry_stems and entry_counts (E,).
    """
    keys = np.sort(own.astype(np.int64) * num_stems + index)
    df = np.zeros(num_stems, np.int32)
    offsets = np.zeros(num_sentences + 1, np.int32)
    entry_stems = np.empty(len(keys), np.int32)
    entry_counts = np.zeros(len(keys), np.float64)
    found = 0
    before = np.int64(-1)
    for key in keys:
        if key < 0:
            continue
        if key != before:
            entry_stems[found] = key % num_stems
            df[key % num_stems] += 1
            found += 1
            offsets[key // num_stems + 1] += 1
            before = key
        entry_counts[found - 1] += 1
    for s in range(num_sentences):
        offsets[s + 1] += offsets[s]
    return df, offsets, entry_stems[:found].copy(), entry_counts[:found].copy()
