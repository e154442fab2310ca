"""The compiled part of what a run has of its own: not in the prompt, and not in other examples."""

import sys
from functools import cache

import numpy as np
from numba import njit

from permille.align.arrays import Flags, Longs


@cache
def word_table() -> Flags:
    """Tell of every character whether it is a letter or digit, (1114112,)."""
    return np.array([chr(code).isalnum() for code in range(sys.maxunicode + 1)])


@njit(cache=True, nogil=True)
def own_parts(
    spans: Longs,
    longest: Longs,
    held: Longs,
    examples: Longs,
    copied: Longs,
    is_word: Flags,
    least: int,
    most: int,
    reach: Longs,
) -> Longs:
    """Measure the longest runs of one text.

    A code of a run stands in an example where some `least` codes of the run around it do. It is
    copied where as many around it stand in the prompt.

    Args:
        spans: Every run of the text with some document, ascending, shape (R, 2).
        longest: Which of them lie in no other, (M,).
        held: First and last + 1 of `examples` that each run has, (R, 2).
        examples: Numbers of examples, (H,).
        copied: What the text shares with its prompt, ascending, (C, 2).
        is_word: Which codes are letters or digits, from the first run's first one on, (F,).
        least: Fewest codes of a run.
        most: Examples are counted up to here.
        reach: Working space, an item an example, (E,).

    Returns:
        A row a longest run, (M, 4): codes of the longest stretch that is not copied; letters and
        digits that are not copied; the `least`-th smallest number of examples of its codes that are
        not copied, 0 where there are fewer; codes of the longest stretch that is not copied and
        that no more examples hold than the whole run.
    """
    found = np.zeros((len(longest), 4), np.int64)
    origin = spans[0, 0]
    for m in range(len(longest)):
        k = longest[m]
        start, end = spans[k]
        counts = np.minimum(_num_examples(spans, k, held, examples, least, reach), most)
        is_own = np.ones(end - start, np.bool_)
        for c in range(len(copied)):
            begin, stop = max(copied[c, 0], start), min(copied[c, 1], end)
            if stop - begin >= least:
                is_own[begin - start : stop - start] = False
        whole = held[k, 1] - held[k, 0]
        stretch = alone = 0
        for i in range(end - start):
            stretch = stretch + 1 if is_own[i] else 0
            alone = alone + 1 if is_own[i] and counts[i] <= whole else 0
            found[m, 0] = max(found[m, 0], stretch)
            found[m, 1] += is_own[i] and is_word[start - origin + i]
            found[m, 3] = max(found[m, 3], alone)
        rarest = np.sort(counts[is_own])
        if len(rarest) >= least:
            found[m, 2] = rarest[least - 1]
    return found


@njit(cache=True, nogil=True)
def _num_examples(
    spans: Longs, k: int, held: Longs, examples: Longs, least: int, reach: Longs
) -> Longs:
    """Count for each code of run k the examples that hold `least` codes of it around, (F,)."""
    start, end = spans[k]
    counts = np.zeros(end - start + 1, np.int64)
    reach[:] = start
    for j in range(len(spans)):
        begin, stop = max(spans[j, 0], start), min(spans[j, 1], end)
        if stop - begin < least:
            continue
        for at in range(held[j, 0], held[j, 1]):
            # spans ascend, so what an example holds already ends at its reach
            new = max(begin, reach[examples[at]])
            if stop > new:
                counts[new - start] += 1
                counts[stop - start] -= 1
                reach[examples[at]] = stop
    return np.cumsum(counts)[:-1]
