"""The arithmetic on bags of stems, compiled: seeds, passages, qualities.

Sums run plainly from left to right in doubles, in the order in which a sentence first has its
stems, since the published overlap rule has ties that hang on the last bit.
"""

import math

import numpy as np
from numba import njit

from permille.align.arrays import Flags, Floats, Ints


@njit(cache=True, nogil=True)
def similar_sets(
    size: int,
    left_offsets: Ints,
    left_entries: Ints,
    right_offsets: Ints,
    right_entries: Ints,
    matched: Ints,
    least_dice: float,
    skipped: Flags,
    most_per_sentence: int,
    most: int,
) -> Ints:
    """List the sentence pairs whose Dice coefficient is greater than `least_dice`.

    Args:
        size: How many distinct stems the left text has.
        left_offsets: Where each left sentence's entries begin, shape (S + 1,).
        left_entries: Index of each left entry's stem, shape (E,).
        right_offsets: The same of the right text, shape (T + 1,).
        right_entries: The same of the right text, shape (F,).
        matched: Left index of each right stem or -1, shape (V,).
        least_dice: The threshold.
        skipped: The left sentences to leave out, shape (S,).
        most_per_sentence: After how many pairs to go on to the next left sentence.
        most: One pair more is listed, and then no other.

    Returns:
        Pairs in order of the left, then the right sentence, shape (P, 2).
    """
    pairs = np.empty((16, 2), np.int32)
    # an array that grew where it is written would make every step some thirty times slower
    while True:
        stamps = np.full(size, -1, np.int32)
        found = 0
        for i in range(len(left_offsets) - 1):
            if skipped[i]:
                continue
            until = min(found + most_per_sentence, most + 1)
            for e in range(left_offsets[i], left_offsets[i + 1]):
                stamps[left_entries[e]] = i
            left_size = left_offsets[i + 1] - left_offsets[i]
            for j in range(len(right_offsets) - 1):
                if found == until:
                    break
                own = right_entries[right_offsets[j] : right_offsets[j + 1]]
                common = _count_stamped(own, matched, stamps, i)
                if 2 * common / (left_size + len(own)) > least_dice:
                    if found < len(pairs):
                        pairs[found, 0] = i
                        pairs[found, 1] = j
                    found += 1
        if found <= len(pairs):
            return pairs[:found]
        pairs = np.empty((found, 2), np.int32)


@njit(cache=True, nogil=True)
def _count_stamped(entries: Ints, matched: Ints, stamps: Ints, stamp: int) -> int:
    """Count the entries, shape (F,), whose left stem, matched (V,), has a stamp, stamps (U,)."""
    count = 0
    for entry in entries:
        k = matched[entry]
        if k >= 0 and stamps[k] == stamp:
            count += 1
    return count


@njit(cache=True, nogil=True)
def weigh_both(
    left_df: Ints,
    left_entries: Ints,
    left_counts: Floats,
    right_df: Ints,
    right_entries: Ints,
    right_counts: Floats,
    matched: Ints,
    idf: Floats,
) -> tuple[Floats, Floats]:
    """Multiply the counts of all entries by the idf that their stems have in both texts together.

    Args:
        left_df: How many sentences hold each left stem, shape (U,).
        left_entries: Index of each left entry's stem, shape (E,).
        left_counts: Its count, shape (E,).
        right_df: The same of the right text, shape (V,).
        right_entries: The same of the right text, shape (F,).
        right_counts: The same of the right text, shape (F,).
        matched: Left index of each right stem or -1, shape (V,).
        idf: Of every df, shape (S + T + 1,).

    Returns:
        The left weights (E,) and the right ones (F,).
    """
    df = left_df.copy()
    for j in range(len(matched)):
        if matched[j] >= 0:
            df[matched[j]] += right_df[j]
    left = np.empty(len(left_entries), np.float64)
    for e in range(len(left_entries)):
        left[e] = left_counts[e] * idf[df[left_entries[e]]]
    right = np.empty(len(right_entries), np.float64)
    for e in range(len(right_entries)):
        stem = right_entries[e]
        k = matched[stem]
        right[e] = right_counts[e] * idf[df[k] if k >= 0 else right_df[stem]]
    return left, right


@njit(cache=True, nogil=True)
def passage_vector(
    size: int, offsets: Ints, entries: Ints, weights: Floats, first: int, last: int
) -> tuple[Floats, Ints]:
    """Sum the vectors of the sentences from first to last.

    Args:
        size: How many distinct stems the text has.
        offsets: Where each sentence's entries begin, shape (S + 1,).
        entries: Index of each entry's stem, shape (E,).
        weights: Weight of each entry, shape (E,).
        first: The first sentence.
        last: The last sentence, included.

    Returns:
        The sums (U,), and the stems that occur, in order of occurrence (K,).
    """
    total = np.zeros(size, np.float64)
    seen = np.zeros(size, np.bool_)
    order = np.empty(size, np.int32)
    count = 0
    for e in range(offsets[first], offsets[last + 1]):
        stem = entries[e]
        total[stem] += weights[e]
        if not seen[stem]:
            seen[stem] = True
            order[count] = stem
            count += 1
    return total, order[:count]


@njit(cache=True, nogil=True)
def vector_cosine(
    left_total: Floats, left_order: Ints, right_total: Floats, right_order: Ints, matched: Ints
) -> float:
    """Cosine of two summed vectors, shapes (U,), (K,), (V,), (L,), matched (V,); 0 without norm."""
    left_squares = 0.0
    right_squares = 0.0
    for stem in left_order:
        left_squares += left_total[stem] * left_total[stem]
    other = np.zeros(len(left_total), np.float64)
    shared = np.zeros(len(left_total), np.bool_)
    for stem in right_order:
        right_squares += right_total[stem] * right_total[stem]
        k = matched[stem]
        if k >= 0:
            other[k] = right_total[stem]
            shared[k] = True
    norms = math.sqrt(left_squares) * math.sqrt(right_squares)
    if norms == 0.0:
        return 0.0
    dot = 0.0
    for stem in left_order:
        if shared[stem]:
            dot += left_total[stem] * other[stem]
    return dot / norms


@njit(cache=True, nogil=True)
def range_cosine(
    left_offsets: Ints,
    left_entries: Ints,
    left_weights: Floats,
    right_offsets: Ints,
    right_entries: Ints,
    right_weights: Floats,
    matched: Ints,
    size: int,
    box: tuple[int, int, int, int],
) -> float:
    """Cosine of the passages from sentence box[0] to box[1] and from box[2] to box[3].

    Offsets are of shape (S + 1,) and (T + 1,), entries and weights (E,) and (F,), matched (V,).
    """
    left_total, left_order = passage_vector(
        size, left_offsets, left_entries, left_weights, box[0], box[1]
    )
    right_total, right_order = passage_vector(
        len(matched), right_offsets, right_entries, right_weights, box[2], box[3]
    )
    return vector_cosine(left_total, left_order, right_total, right_order, matched)


@njit(cache=True, nogil=True)
def similar_vectors(
    pairs: Ints,
    left_offsets: Ints,
    left_entries: Ints,
    left_weights: Floats,
    right_offsets: Ints,
    right_entries: Ints,
    right_weights: Floats,
    matched: Ints,
    size: int,
    least_cosine: float,
) -> Ints:
    """Keep the sentence pairs (P, 2) whose cosine is greater than `least_cosine`.

    The other arguments are those of `range_cosine`.
    """
    kept = np.empty_like(pairs)
    count = 0
    for p in range(len(pairs)):
        i, j = pairs[p, 0], pairs[p, 1]
        cosine = range_cosine(
            left_offsets,
            left_entries,
            left_weights,
            right_offsets,
            right_entries,
            right_weights,
            matched,
            size,
            (i, i, j, j),
        )
        if cosine > least_cosine:
            kept[count] = pairs[p]
            count += 1
    return kept[:count]


@njit(cache=True, nogil=True)
def similar_sentences(
    left_offsets: Ints,
    left_entries: Ints,
    left_counts: Floats,
    left_df: Ints,
    right_offsets: Ints,
    right_entries: Ints,
    right_counts: Floats,
    right_df: Ints,
    matched: Ints,
    idf: Floats,
    least_dice: float,
    least_cosine: float,
    skipped: Flags,
    most_per_sentence: int,
    most: int,
) -> tuple[Ints, Floats, Floats]:
    """List the sentence pairs above both thresholds, (P, 2), and both texts' weights, (E,), (F,).

    Arguments as above. Where more than `most` pairs have sets alike, those pairs and no weights.
    """
    pairs = similar_sets(
        len(left_df),
        left_offsets,
        left_entries,
        right_offsets,
        right_entries,
        matched,
        least_dice,
        skipped,
        most_per_sentence,
        most,
    )
    if not 0 < len(pairs) <= most:
        return pairs, left_counts[:0], right_counts[:0]
    left_weights, right_weights = weigh_both(
        left_df, left_entries, left_counts, right_df, right_entries, right_counts, matched, idf
    )
    kept = similar_vectors(
        pairs,
        left_offsets,
        left_entries,
        left_weights,
        right_offsets,
        right_entries,
        right_weights,
        matched,
        len(left_df),
        least_cosine,
    )
    return kept, left_weights, right_weights
