"""Texts that repeat themselves: fast paths beside plain ones, and where too much is refused."""

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.align import AlignConfig, overlap, pair, runs
from permille.align.extension import extend
from permille.align.overlap import best_cosines
from permille.align.pair import find_seeds, published_idf
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


PHRASES = st.sampled_from(
    [
        "The yellow boats lay in the harbor.",
        "Yellow boats and a frozen canal.",
        "A violinist rehearsed beside the frozen canal.",
        "Every violinist lay in the harbor.",
        "Nothing else happened that winter.",
        "Engineers replaced a broken turbine.",
    ]
)
REPETITIVE = st.lists(PHRASES, min_size=1, max_size=20).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(REPETITIVE, REPETITIVE)
def test_best_cosines_of_a_case_are_those_of_its_pairs_of_sentences(paper, left, right):
    config = AlignConfig.paper()
    bags = paper.prepare(left).sentences.bags, paper.prepare(right).sentences.bags
    found = find_seeds(*bags, config, published_idf)
    if found is None:
        return
    weighted, seeds = found
    for box in extend(seeds, weighted, (1, 1), config):
        assert best_cosines(weighted, box).tolist() == [
            max(weighted.cosine((i, i, j, j)) for j in range(box[2], box[3] + 1))
            for i in range(box[0], box[1] + 1)
        ]


@settings(max_examples=100, deadline=None)
@given(REPETITIVE, REPETITIVE)
def test_repetitive_pairs_give_what_the_plain_detector_gives(oracle, paper, left, right):
    kind, cases = oracle.align(left, right)
    found = paper.align(left, right)
    spans = [
        (
            (case.suspicious.start_char, case.suspicious.end_char),
            (case.source.start_char, case.source.end_char),
        )
        for case in found.cases
    ]
    assert (str(found.kind), spans) == (kind, cases)


@settings(max_examples=60, deadline=None)
@given(REPETITIVE, REPETITIVE, st.integers(1, 60))
def test_like_sentences_looked_for_a_few_at_a_time_are_the_same(paper, left, right, most):
    config = AlignConfig.paper()
    bags = paper.prepare(left).sentences.bags, paper.prepare(right).sentences.bags
    stems = [
        [set(side.stems[side.entry_stems[a:b]].tolist()) for a, b in pairwise(side.offsets)]
        for side in bags
    ]
    like = sum(
        2 * len(one & other) / (len(one) + len(other)) > config.th2
        for one in stems[0]
        for other in stems[1]
    )
    found = find_seeds(*bags, config, published_idf)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pair, "MOST_PAIRS", most)
        if like <= most:
            again = find_seeds(*bags, config, published_idf)
            assert (again and again[1]) == (found and found[1])
        else:
            with pytest.raises(DataError, match=f"at most {most}; cut one of them into parts"):
                find_seeds(*bags, config, published_idf)


def test_overlapping_cases_beyond_the_bound_are_refused(paper, monkeypatch):
    refrain = "The yellow boats lay all night in the harbor of the old town."
    filler = [f"Day{k} brought{k} nothing{k} worthy{k} of{k} note{k}." for k in range(40)]
    left = f"{refrain} Something else entirely was said."
    right = " ".join(f"{refrain} {' '.join(filler[k : k + 7])}" for k in range(0, 35, 7))
    assert paper.align(left, right).kind != "none"
    monkeypatch.setattr(overlap, "MOST_COMPARED", 5)
    expected = "2 and 40 sentences repeats itself too much to align: .* at most 5; cut one of them"
    with pytest.raises(DataError, match=expected):
        paper.align(left, right)
