"""Of cases that overlap the better ones stay, as the plain detector keeps them, ties included."""

import math
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.align import AlignConfig, overlap
from permille.align.extension import extend
from permille.align.overlap import best_cosines, match_quality
from permille.align.pair import find_seeds, published_idf
from permille.core.errors import DataError

from .made_pairs import FILLER, HALF, MOST, OTHER, REPETITIVE, SENTENCES, WHOLE, weighed


def test_the_quality_of_a_case_is_that_of_shared_sentences_raised_by_the_others():
    best = np.array([0.5, 0.7, 0.9, 0.1])
    case = (3, 6, 0, 9)
    assert match_quality(best, case, (5, 8, 0, 0)) == pytest.approx(0.5 + 0.5 * 0.6)
    assert match_quality(best, case, (4, 4, 0, 0)) == pytest.approx(0.7 + 0.3 * 0.5)
    # all are shared: there is nothing that could raise it
    assert match_quality(best, case, (0, 6, 0, 0)) == pytest.approx(0.55)


def test_cases_that_share_no_suspicious_sentence_all_stay_from_left_to_right(oracle):
    weighted, _ = weighed(oracle, f"{WHOLE} {OTHER}", f"{WHOLE} {OTHER}")
    boxes = [(1, 1, 0, 1), (0, 0, 0, 1)]
    assert overlap.resolve_overlap(boxes, weighted) == boxes[::-1]
    assert overlap.resolve_overlap(boxes[:1], weighted) == boxes[:1]
    assert overlap.resolve_overlap([], weighted) == []


@contextmanager
def perfect_above(oracle, value: float):
    """Let both detectors take matches above another value than 0.99 as perfect."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(oracle, "PERFECT", value)
        patch.setattr(overlap, "_PERFECT", value)
        yield


def winners(oracle, boxes, weighted, vectors, perfect: float = 0.99) -> list:
    """Return the cases that stay, which must be those of the plain detector."""
    with perfect_above(oracle, perfect):
        expected = oracle.resolve_overlap(boxes, *vectors)
        assert overlap.resolve_overlap(boxes, weighted) == expected
    return expected


def test_a_case_that_only_reaches_a_perfect_match_is_not_a_perfect_one(oracle):
    assert (oracle.PERFECT, overlap._PERFECT) == (0.99, 0.99)
    weighted, vectors = weighed(oracle, f"{WHOLE} {OTHER}", f"{MOST} {FILLER} {WHOLE} {HALF}")
    last = len(vectors[1]) - 2
    poorer, better = (0, 0, 0, 0), (0, 0, last, last)
    mine = oracle.quality(poorer, better, *vectors)
    assert 0 < mine < oracle.quality(better, poorer, *vectors)
    # of two perfect cases of one length the first stays, else the better one does
    assert winners(oracle, [poorer, better], weighted, vectors, mine) == [better]
    assert winners(oracle, [poorer, better], weighted, vectors, math.nextafter(mine, 0)) == [poorer]
    # the other case, which is longer, is the one that only reaches it
    longer = (0, 1, 0, 0)
    theirs = oracle.quality(longer, better, *vectors)
    assert 0 < theirs < oracle.quality(better, longer, *vectors)
    assert winners(oracle, [better, longer], weighted, vectors, theirs) == [better]
    assert winners(oracle, [better, longer], weighted, vectors, math.nextafter(theirs, 0)) == [
        longer
    ]


def test_of_two_perfect_cases_of_one_length_the_first_stays(oracle):
    weighted, vectors = weighed(oracle, f"{WHOLE} {OTHER}", f"{WHOLE} {FILLER} {WHOLE} {HALF}")
    last = len(vectors[1]) - 2
    boxes = [(0, 0, 0, 0), (0, 0, last, last)]
    assert oracle.quality(boxes[0], boxes[1], *vectors) > oracle.PERFECT
    assert winners(oracle, boxes, weighted, vectors) == boxes[:1]
    assert winners(oracle, boxes[::-1], weighted, vectors) == boxes[1:]


def test_of_two_perfect_cases_that_are_as_much_longer_the_first_is_taken(oracle):
    passage = f"{WHOLE} {OTHER}"
    weighted, vectors = weighed(oracle, passage, f"{passage} {FILLER} {passage} {HALF}")
    last = len(vectors[1]) - 2
    short, first, second = (0, 0, 0, 0), (0, 1, 0, 1), (0, 1, last - 1, last)
    assert oracle.quality(first, short, *vectors) == oracle.quality(second, short, *vectors) > 0.99
    assert winners(oracle, [short, first, second], weighted, vectors) == [first]
    assert winners(oracle, [short, second, first], weighted, vectors) == [second]


def test_of_cases_that_match_equally_well_the_first_stays(oracle):
    weighted, vectors = weighed(oracle, f"{WHOLE} {OTHER}", f"{HALF} {MOST} {FILLER} {MOST}")
    last = len(vectors[1]) - 1
    half, first, second = ((0, 0, at, at) for at in (0, 1, last))
    assert oracle.quality(first, second, *vectors) == oracle.quality(second, first, *vectors)
    assert oracle.quality(half, first, *vectors) < oracle.quality(first, half, *vectors) < 0.99
    assert winners(oracle, [first, second], weighted, vectors) == [first]
    assert winners(oracle, [second, first], weighted, vectors) == [second]
    # of two that are as much better than a third, the first takes its place
    assert winners(oracle, [half, first, second], weighted, vectors) == [first]
    assert winners(oracle, [half, second, first], weighted, vectors) == [second]


@st.composite
def cases_in(draw, num_suspicious: int, num_source: int):
    def ends(count: int) -> tuple[int, int]:
        first = draw(st.integers(0, count - 1))
        return first, draw(st.integers(first, count - 1))

    return [(*ends(num_suspicious), *ends(num_source)) for _ in range(draw(st.integers(2, 5)))]


@settings(max_examples=150)
@given(data=st.data())
def test_cases_of_few_qualities_are_resolved_as_by_the_plain_detector(oracle, data):
    suspicious, source = data.draw(SENTENCES), data.draw(SENTENCES)
    weighted, vectors = weighed(oracle, " ".join(suspicious), " ".join(source))
    boxes = data.draw(cases_in(len(suspicious), len(source)))
    qualities = {
        oracle.quality(box, other, *vectors)
        for box in boxes
        for other in boxes
        if box[0] <= other[1] and other[0] <= box[1]
    }
    for perfect in sorted(qualities):
        winners(oracle, boxes, weighted, vectors, perfect)
        winners(oracle, boxes, weighted, vectors, math.nextafter(perfect, 0))


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
