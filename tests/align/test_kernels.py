"""The compiled arithmetic on bags of stems, against the same on plain dictionaries.

Sums must agree to the last bit: ties of the published overlap rule hang on it.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.align.kernels import (
    passage_vector,
    range_cosine,
    similar_sets,
    similar_vectors,
    vector_cosine,
    weigh_both,
)
from permille.align.matching import match_stems
from permille.align.prepare import Bag, Bags

STEMS = st.integers(-4, 7)
SENTENCES = st.lists(
    st.dictionaries(STEMS, st.integers(1, 3), min_size=1, max_size=5), min_size=1, max_size=6
)


def plain_idf(sentences: int) -> list[float]:
    """Give any weights that are all different; the greatest df has none, as published."""
    return [0.0, *(math.log(sentences / df) for df in range(1, sentences + 1))]


def plain_weights(own: list[Bag], other: list[Bag]) -> list[dict[int, float]]:
    """Weigh the counts of one text by the idf over both."""
    idf = plain_idf(len(own) + len(other))
    df = {stem: sum(stem in bag for bag in own + other) for bag in own for stem in bag}
    return [{stem: count * idf[df[stem]] for stem, count in bag.items()} for bag in own]


def plain_passage(vectors: list[dict[int, float]], first: int, last: int) -> dict[int, float]:
    total: dict[int, float] = {}
    for vector in vectors[first : last + 1]:
        for stem, weight in vector.items():
            total[stem] = total.get(stem, 0.0) + weight
    return total


def plain_cosine(left: dict[int, float], right: dict[int, float]) -> float:
    squares = [0.0, 0.0]
    for side, vector in enumerate((left, right)):
        for weight in vector.values():
            squares[side] += weight * weight
    dot = 0.0
    for stem, weight in left.items():
        dot += weight * right.get(stem, 0.0)
    norms = math.sqrt(squares[0]) * math.sqrt(squares[1])
    return dot / norms if norms else 0.0


def plain_dice(left: Bag, right: Bag) -> float:
    return 2 * len(left.keys() & right.keys()) / (len(left) + len(right))


def weigh(left: Bags, right: Bags) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the matched stems and the weights of both texts."""
    matched = match_stems(left.stems, right.stems)
    sides = [(bags.df, bags.entry_stems, bags.entry_counts) for bags in (left, right)]
    idf = np.array(plain_idf(len(left) + len(right)))
    return matched, *weigh_both(*sides[0], *sides[1], matched, idf)


def entries(bags: Bags, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return bags.offsets, bags.entry_stems, weights


def sets_alike(
    left: list[Bag],
    right: list[Bag],
    least: float,
    skipped: list[bool],
    most: int,
    in_all: int = 1_000,
) -> list[tuple[int, int]]:
    one, other = Bags.of(left), Bags.of(right)
    found = similar_sets(
        len(one.stems),
        *entries(one, one.entry_counts)[:2],
        *entries(other, other.entry_counts)[:2],
        match_stems(one.stems, other.stems),
        least,
        np.array(skipped, np.bool_),
        most,
        in_all,
    )
    return [(i, j) for i, j in found.tolist()]


@given(SENTENCES, SENTENCES, st.sampled_from([0.0, 0.33, 0.4, 0.5, 2 / 3, 0.99]), st.data())
def test_like_sets_are_those_of_a_greater_dice_coefficient(left, right, least, data) -> None:
    skipped = data.draw(st.lists(st.booleans(), min_size=len(left), max_size=len(left)))
    most, in_all = data.draw(st.integers(1, 4)), data.draw(st.integers(0, 9))
    expected = []
    for i, one in enumerate(left):
        like = [(i, j) for j, other in enumerate(right) if plain_dice(one, other) > least]
        expected += [] if skipped[i] else like[:most]
    assert sets_alike(left, right, least, skipped, most, in_all) == expected[: in_all + 1]


def test_a_dice_coefficient_that_only_reaches_the_threshold_is_not_enough() -> None:
    # 2 * 1 / (2 + 2)
    left, right = [{1: 1, 2: 1}], [{2: 5, 3: 1}]
    assert sets_alike(left, right, 0.5, [False], 9) == []
    assert sets_alike(left, right, math.nextafter(0.5, 0), [False], 9) == [(0, 0)]


def test_more_like_sets_than_there_was_room_for_are_all_listed() -> None:
    same = [{1: 1}] * 9
    pairs = [(i, j) for i in range(9) for j in range(9)]
    assert sets_alike(same, same, 0.5, [False] * 9, 100) == pairs


@given(SENTENCES, SENTENCES)
def test_weights_are_counts_by_the_idf_over_both_texts(left, right) -> None:
    _, *weights = weigh(Bags.of(left), Bags.of(right))
    sides = zip(weights, (plain_weights(left, right), plain_weights(right, left)), strict=True)
    for found, vectors in sides:
        assert found.tolist() == [weight for vector in vectors for weight in vector.values()]


@st.composite
def boxes(draw, num_left: int, num_right: int) -> tuple[int, int, int, int]:
    ends = []
    for count in (num_left, num_right):
        ends.append(draw(st.integers(0, count - 1)))
        ends.append(draw(st.integers(ends[-1], count - 1)))
    return tuple(ends)


@given(SENTENCES, SENTENCES, st.data())
def test_cosines_of_passages_are_those_of_plain_sums(left, right, data) -> None:
    box = data.draw(boxes(len(left), len(right)))
    one, other = Bags.of(left), Bags.of(right)
    matched, weights, other_weights = weigh(one, other)
    passages = (
        plain_passage(plain_weights(left, right), *box[:2]),
        plain_passage(plain_weights(right, left), *box[2:]),
    )
    sides = entries(one, weights), entries(other, other_weights)
    found = range_cosine(*sides[0], *sides[1], matched, len(one.stems), box)
    assert found == plain_cosine(*passages)
    total, order = passage_vector(len(one.stems), *sides[0], *box[:2])
    assert one.stems[order].tolist() == list(passages[0])
    assert total[order].tolist() == list(passages[0].values())
    assert np.count_nonzero(total) <= len(order)


@given(SENTENCES, SENTENCES, st.data())
def test_pairs_are_kept_whose_cosine_exceeds_the_threshold(left, right, data) -> None:
    one, other = Bags.of(left), Bags.of(right)
    matched, weights, other_weights = weigh(one, other)
    vectors = plain_weights(left, right), plain_weights(right, left)
    cosines = {
        (i, j): plain_cosine(vectors[0][i], vectors[1][j])
        for i in range(len(left))
        for j in range(len(right))
    }
    # a threshold that one of the pairs only reaches
    least = data.draw(st.sampled_from(sorted(cosines.values())))
    found = similar_vectors(
        np.array(list(cosines), np.int32),
        *entries(one, weights),
        *entries(other, other_weights),
        matched,
        len(one.stems),
        least,
    )
    assert list(map(tuple, found.tolist())) == [
        pair for pair, cosine in cosines.items() if cosine > least
    ]


def test_the_cosine_of_two_vectors_is_their_product_by_both_lengths() -> None:
    # (3, 4) and (4, 0, 3), whose first stems are the same: 3 * 4 / (5 * 5)
    order, other_order = np.array([0, 1], np.int32), np.array([0, 2], np.int32)
    matched = np.array([0, 1, -1], np.int32)
    found = vector_cosine(
        np.array([3.0, 4.0]), order, np.array([4.0, 0.0, 3.0]), other_order, matched
    )
    assert found == pytest.approx(0.48)


def test_a_vector_without_length_is_like_nothing() -> None:
    order = np.array([0], np.int32)
    assert vector_cosine(np.zeros(1), order, np.ones(1), order, order) == 0.0
