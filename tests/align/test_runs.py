"""Common runs of words beside a search at every pair of places, and where too much is refused."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.align import runs
from permille.align.prepare import Words
from permille.align.runs import Run, check_equal_words, count_equal, outermost_runs
from permille.core.errors import DataError


def all_runs(left: Words, right: Words, least_chars: int) -> list[Run]:
    """List every maximal run of equal words, looked for at every pair of places."""
    found = []
    for i in range(len(left)):
        for j in range(len(right)):
            if i and j and left.ids[i - 1] == right.ids[j - 1]:
                continue
            size = 0
            while (
                i + size < len(left)
                and j + size < len(right)
                and left.ids[i + size] == right.ids[j + size]
            ):
                size += 1
            if size and left.ends[i + size - 1] - left.starts[i] > least_chars:
                at = (left.starts[i], left.ends[i + size - 1])
                found.append((*at, right.starts[j], right.ends[j + size - 1]))
    return found


def plain_outermost(left: Words, right: Words, least_chars: int) -> list[Run]:
    """Compare each run with every other one, as the published rule is written."""
    found = all_runs(left, right, least_chars)
    return [
        tuple(map(int, run))
        for k, run in enumerate(found)
        if not any(
            m != k and other[2] <= run[2] and run[3] <= other[3] for m, other in enumerate(found)
        )
    ]


@st.composite
def passages(draw) -> Words:
    """Draw words of a small vocabulary; their spans may drift, as those of long lower case do."""
    ids = draw(st.lists(st.integers(0, 2), max_size=24))
    steps = draw(st.lists(st.integers(-2, 6), min_size=len(ids), max_size=len(ids)))
    sizes = draw(st.lists(st.integers(-1, 8), min_size=len(ids), max_size=len(ids)))
    starts = np.cumsum([0, *steps])[: len(ids)].astype(np.int32)
    ends = (starts + np.array(sizes, np.int32)).astype(np.int32)
    return Words(np.array(ids, np.int64), starts, ends)


@settings(max_examples=400, deadline=None)
@given(passages(), passages(), st.integers(0, 12))
def test_the_runs_kept_are_those_that_the_plain_comparison_keeps(left, right, least_chars):
    assert outermost_runs(left, right, least_chars) == plain_outermost(left, right, least_chars)


def words_of(text: str) -> Words:
    """Give words with spans as they stand in a text."""
    names, ids, at = {}, [], 0
    spans = []
    for word in text.split():
        ids.append(names.setdefault(word, len(names)))
        spans.append((text.index(word, at), text.index(word, at) + len(word)))
        at = spans[-1][1]
    starts, ends = zip(*spans, strict=True)
    return Words(np.array(ids, np.int64), np.array(starts, np.int32), np.array(ends, np.int32))


@pytest.mark.parametrize("phrase", ["word", "one two", "one two three one four"])
def test_a_phrase_over_and_over_has_the_runs_of_the_plain_comparison(phrase):
    left, right = words_of(f"{phrase} " * 9), words_of(f"five {phrase} " + f"{phrase} " * 7)
    assert outermost_runs(left, right, 11) == plain_outermost(left, right, 11)


@given(st.lists(st.integers(0, 5)), st.lists(st.integers(0, 5)))
def test_equal_words_are_counted_in_pairs(left, right):
    arrays = np.array(left, np.int64), np.array(right, np.int64)
    assert count_equal(*arrays) == sum(one == other for one in left for other in right)


def test_passages_with_too_many_equal_words_are_refused_before_they_are_looked_at(monkeypatch):
    once, twice = words_of("word " * 10), words_of("word other " * 10)
    monkeypatch.setattr(runs, "MOST_EQUAL_WORDS", 200)
    check_equal_words([(once, twice), (once, twice)])
    expected = (
        "passages of 30 and 60 words repeat themselves too much to align: 300 pairs of equal "
        "words, at most 200; cut one of them into parts, or use align=default"
    )
    with pytest.raises(DataError, match=expected):
        check_equal_words([(once, twice)] * 3)


def test_of_shuffled_sentences_fewer_runs_are_kept_than_there_are_words(paper):
    rng = random.Random(0)
    sentences = [
        "The harbor master counted forty yellow boats before the storm.",
        "A violinist rehearsed every morning beside the frozen canal!",
        "Engineers replace the broken turbine with another one in winter.",
    ]
    left, right = (" ".join(rng.choices(sentences, k=400)) for _ in range(2))
    found = paper.align(left, right)
    assert found.kind == "verbatim"
    assert 0 < len(found.cases) < len(right.split())
