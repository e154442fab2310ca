"""Weights of two texts and the seeds between them, against looking at every pair of sentences."""

import math
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.align import AlignConfig, pair
from permille.align.matching import match_stems
from permille.align.pair import find_seeds, mended_idf, published_idf
from permille.align.prepare import Bags
from permille.core.errors import DataError, RepetitionError

from .made_pairs import REPETITIVE, weigh_pair


@settings(max_examples=60, deadline=None)
@given(REPETITIVE, REPETITIVE, st.integers(1, 60))
def test_no_more_like_sentences_than_are_allowed_give_seeds(paper, left, right, most):
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
            with pytest.raises(DataError, match=f"more than {most} pairs .*; cut one of them"):
                find_seeds(*bags, config, published_idf)


def test_published_weights_are_logarithms_without_any_for_what_all_hold():
    assert published_idf(4).tolist() == [0, math.log(4), math.log(2), math.log(4 / 3), 0]
    assert published_idf(0).tolist() == [0]


def test_mended_weights_are_never_nothing():
    assert mended_idf(3).tolist() == [0, math.log(4), math.log(2), math.log(4 / 3)]


@pytest.mark.parametrize("sentences", [511, 512, 513, 2_000])
def test_weights_of_any_number_of_sentences_are_the_same_logarithms(sentences):
    logs = [math.log(sentences / df) for df in range(1, sentences + 1)]
    assert published_idf(sentences).tolist() == [0, *logs]


def test_two_texts_are_weighed_by_the_sentences_of_both():
    # of 3 sentences one holds each stem, but two hold stem 2
    left, right = Bags.of([{1: 1, 2: 2}, {3: 1}]), Bags.of([{2: 3, 4: 1}])
    weighted = weigh_pair(left, right, match_stems(left.stems, right.stems), published_idf)
    one, two = math.log(3), math.log(3 / 2)
    assert weighted.suspicious_weights.tolist() == [one, 2 * two, one]
    assert weighted.source_weights.tolist() == [3 * two, one]
    lengths = math.hypot(one, 2 * two), math.hypot(3 * two, one)
    assert weighted.cosine((0, 0, 0, 0)) == pytest.approx(6 * two**2 / math.prod(lengths))
    assert weighted.cosine((1, 1, 0, 0)) == 0
    # the passage of both sentences is longer by stem 3
    lengths = math.hypot(one, 2 * two, one), lengths[1]
    assert weighted.cosine((0, 1, 0, 0)) == pytest.approx(6 * two**2 / math.prod(lengths))


BAGS = st.lists(
    st.dictionaries(st.integers(0, 6), st.integers(1, 2), min_size=1, max_size=4), max_size=6
)


def plain_seeds(left, right, config, skipped, most) -> list[tuple[int, int]]:
    """Look at every pair of sentences: at their stems first, and of so many at their weights."""
    sentences = len(left) + len(right) + 1
    df = Counter(stem for bag in left + right for stem in bag)

    def weights(bag: dict) -> dict:
        return {stem: count * math.log(sentences / df[stem]) for stem, count in bag.items()}

    def cosine(one: dict, other: dict) -> float:
        dot = sum(weight * other.get(stem, 0) for stem, weight in one.items())
        return dot / math.hypot(*one.values()) / math.hypot(*other.values())

    seeds = []
    for i, one in enumerate(left):
        like = [
            j
            for j, other in enumerate(right)
            if 2 * len(one.keys() & other.keys()) / (len(one) + len(other)) > config.th2
        ]
        seeds += [
            (i, j)
            for j in like[:most]
            if i not in skipped and cosine(weights(one), weights(right[j])) > config.th1
        ]
    return seeds


@given(
    BAGS, BAGS, st.sets(st.integers(0, 5)), st.integers(1, 7), st.floats(0, 0.9), st.floats(0, 0.9)
)
def test_seeds_are_the_pairs_above_both_thresholds(left, right, skipped, most, th1, th2):
    # irrational thresholds, which no drawn cosine or coefficient can only reach
    config = AlignConfig(th1=th1 / math.sqrt(2), th2=th2 / math.sqrt(2))
    known = {i for i in skipped if i < len(left)}
    one, other = Bags.of(left), Bags.of(right)
    found = find_seeds(one, other, config, mended_idf, skipped=known, most_per_sentence=most)
    assert (found[1] if found else []) == plain_seeds(left, right, config, known, most)
    matched = match_stems(one.stems, other.stems)
    again = find_seeds(one, other, config, mended_idf, known, most, matched)
    assert (again and again[1]) == (found and found[1])
    if found:
        weighted = weigh_pair(one, other, matched, mended_idf)
        assert found[0].suspicious_weights.tolist() == weighted.suspicious_weights.tolist()
        assert found[0].source_weights.tolist() == weighted.source_weights.tolist()


def test_two_texts_that_are_too_large_are_refused_with_what_to_do(monkeypatch):
    left, right = Bags.of([{1: 1}] * 3), Bags.of([{2: 1, 3: 1}] * 2)
    monkeypatch.setattr(pair, "MOST_STEPS", 12)
    assert find_seeds(left, right, AlignConfig(), mended_idf) is None
    monkeypatch.setattr(pair, "MOST_STEPS", 11)
    expected = (
        "a pair of texts with 3 and 2 sentences is too large to align: 12 steps, at most 11; "
        "cut one of them into parts"
    )
    with pytest.raises(RepetitionError, match=expected):
        find_seeds(left, right, AlignConfig(), mended_idf)


@pytest.mark.parametrize(
    ("config", "advice"),
    [(AlignConfig(), "$"), (AlignConfig.paper(), ", or use align=default$")],
    ids=["mended", "published"],
)
def test_too_many_like_sentences_are_refused_after_the_first_few(monkeypatch, config, advice):
    bags = Bags.of([{1: 1}] * 5)
    monkeypatch.setattr(pair, "MOST_PAIRS", 11)
    expected = (
        "a pair of texts with 5 and 5 sentences repeats itself too much to align: more than 11"
        " pairs of like sentences in the first 3; cut one of them into parts"
    )
    with pytest.raises(RepetitionError, match=expected + advice):
        find_seeds(bags, bags, config, published_idf)
    found = find_seeds(bags, bags, AlignConfig(), mended_idf, most_per_sentence=2)
    assert found
    assert found[1] == [(i, j) for i in range(5) for j in range(2)]


def test_sentences_to_leave_out_are_so_wherever_they_stand():
    left, right = Bags.of([{1: 1}] * 5), Bags.of([{1: 1}] * 2)
    for skipped in range(5):
        found = find_seeds(left, right, AlignConfig(), mended_idf, {skipped}, most_per_sentence=1)
        assert found
        assert found[1] == [(i, 0) for i in range(5) if i != skipped]
