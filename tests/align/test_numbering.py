"""Words numbered by their stems and counted by sentences, against plain lists."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from permille.align.numbering import count_by_sentence, join_sentences, number_stems

IDS = st.lists(st.integers(-3, 3) | st.sampled_from([-(2**63), 2**63 - 1]), max_size=20)


@given(IDS)
def test_stems_ascend_and_every_word_stands_under_its_own(ids):
    stems, index, offsets, places = (
        found.tolist() for found in number_stems(np.array(ids, np.int64))
    )
    assert stems == sorted(set(ids))
    assert [stems[number] for number in index] == ids
    assert len(offsets) == len(stems) + 1
    for number, stem in enumerate(stems):
        found = places[offsets[number] : offsets[number + 1]]
        assert found == [at for at, own in enumerate(ids) if own == stem]


def joined(sizes: list[int], least: int) -> tuple[list[tuple[int, int]], list[int]]:
    """Join sentences of words of ten characters, each of a number of words that count."""
    spans = [(100 * s, 100 * s + 10 * max(1, size)) for s, size in enumerate(sizes)]
    starts = [spans[s][0] + 10 * w for s, size in enumerate(sizes) for w in range(size)]
    found, own = join_sentences(
        np.array(starts, np.int32),
        np.array(starts, np.int32) + 9,
        np.array(spans, np.int64).reshape(-1, 2),
        least,
        3,
    )
    return [(start // 100, end // 100) for start, end in found.tolist()], own.tolist()


def test_a_sentence_with_too_few_words_joins_the_next() -> None:
    assert joined([2, 1, 3], 2) == ([(0, 0), (1, 2)], [0, 0, 1, 1, 1, 1])
    assert joined([1, 0, 1, 2], 2) == ([(0, 2), (3, 3)], [0, 0, 1, 1])


def test_of_sentences_that_adjoin_each_word_counts_in_its_own() -> None:
    starts = np.array([0, 5, 10], np.int32)
    spans = np.array([(0, 5), (5, 10), (10, 15)], np.int64)
    found, own = join_sentences(starts, starts + 5, spans, 1, 3)
    assert (found.tolist(), own.tolist()) == (spans.tolist(), [0, 1, 2])


def test_a_last_sentence_with_too_few_words_joins_the_one_before() -> None:
    assert joined([2, 3, 1], 2) == ([(0, 0), (1, 2)], [0, 0, 1, 1, 1, 1])


def test_a_single_sentence_may_be_short_but_not_without_words() -> None:
    assert joined([1], 2) == ([(0, 0)], [0])
    assert joined([0], 2) == joined([0, 0], 2) == joined([], 2) == ([], [])


def test_words_that_are_too_short_do_not_count() -> None:
    starts = np.array([0, 4, 8], np.int32)
    ends = np.array([2, 7, 10], np.int32)
    spans = np.array([(0, 7), (8, 10)], np.int64)
    found, own = join_sentences(starts, ends, spans, 1, 3)
    assert (found.tolist(), own.tolist()) == ([[0, 10]], [-1, 0, -1])


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 4)), max_size=25))
def test_stems_are_counted_by_sentence(words):
    own, index = (np.array([word[k] for word in words], np.int32) for k in (0, 1))
    df, offsets, entry_stems, entry_counts = count_by_sentence(own, index, 4, 5)
    bags = [Counter(stem for at, stem in words if at == sentence) for sentence in range(4)]
    assert df.tolist() == [sum(stem in bag for bag in bags) for stem in range(5)]
    for sentence, bag in enumerate(bags):
        entries = slice(offsets[sentence], offsets[sentence + 1])
        found = list(
            zip(entry_stems[entries].tolist(), entry_counts[entries].tolist(), strict=True)
        )
        assert found == sorted(bag.items())
