"""Pairs drawn by kind and score."""

from collections import Counter
from itertools import pairwise

import pytest

from permille.audit.annotation.pairs import (
    UNCONFIRMED,
    Pair,
    bands_of,
    deciding_pairs,
    draw_pairs,
    pair_of_line,
)
from permille.core.records import Kind


def pairs_of(kind, count, stratum=None):
    return [
        Pair(
            f"{stratum or kind} {i}",
            f"{stratum or kind} {i}",
            kind,
            stratum or str(kind),
            score=float(i),
        )
        for i in range(count)
    ]


PAIRS = [
    *pairs_of(Kind.NONE, 300),
    *pairs_of(Kind.VERBATIM, 30),
    *pairs_of(Kind.IDEA, 2),
    *pairs_of(Kind.NONE, 9, UNCONFIRMED),
]


def test_every_stratum_has_as_many_pairs_as_it_can():
    drawn = draw_pairs(PAIRS, 61, seed=0)
    assert len({pair.id for pair in drawn}) == 61
    counts = Counter(pair.stratum for pair in drawn)
    assert (counts["idea"], counts[UNCONFIRMED]) == (2, 9)
    assert abs(counts["none"] - counts["verbatim"]) <= 3


def test_low_and_high_scores_come_alike():
    drawn = draw_pairs(pairs_of(Kind.NONE, 300), 30, seed=0)
    assert [sum(low <= one.score < low + 100 for one in drawn) for low in (0, 100, 200)] == [10] * 3


def test_the_order_says_nothing_of_the_kind():
    drawn = draw_pairs(PAIRS, 60, seed=0)
    kinds = [pair.kind for pair in drawn]
    changes = sum(one is not other for one, other in pairwise(kinds))
    assert changes > 15
    assert drawn != draw_pairs(PAIRS, 60, seed=1)
    assert drawn == draw_pairs(list(reversed(PAIRS)), 60, seed=0)


def test_all_pairs_come_where_there_are_fewer():
    assert len(draw_pairs(PAIRS, 1000, seed=0)) == len(PAIRS)
    assert draw_pairs([], 10, seed=0) == []


def test_of_each_generation_the_pair_that_decides_its_kind_is_drawn():
    pairs = [
        Pair("g", "a", Kind.NONE, "none", 9.0),
        Pair("g", "b", Kind.IDEA, "idea", 8.0),
        Pair("g", "c", Kind.VERBATIM, "verbatim", 3.0),
        Pair("g", "d", Kind.VERBATIM, "verbatim", 5.0),
        Pair("h", "a", Kind.NONE, "none", 9.0),
        Pair("h", "b", Kind.NONE, UNCONFIRMED, 2.0),
        Pair("i", "a", Kind.NONE, "none", 1.0),
        Pair("i", "b", Kind.NONE, "none", 2.0),
    ]
    chosen = {(one.generation_id, one.document_id) for one in deciding_pairs(pairs)}
    assert chosen == {("g", "d"), ("h", "b"), ("i", "b")}
    assert {one.id for one in draw_pairs(pairs, 10, seed=0)} == {
        one.id for one in deciding_pairs(pairs)
    }


def test_a_stratum_has_bands_of_equal_sizes():
    bands = bands_of(PAIRS)
    assert [len(bands["none", band]) for band in range(3)] == [100] * 3
    assert [band for stratum, band in bands if stratum == "idea"] == [1, 2]


@pytest.mark.parametrize(
    ("kind", "confirmed", "expected", "stratum"),
    [
        ("verbatim", None, Kind.VERBATIM, "verbatim"),
        ("paraphrase", True, Kind.PARAPHRASE, "paraphrase"),
        ("paraphrase", None, Kind.PARAPHRASE, "paraphrase"),
        ("paraphrase", False, Kind.NONE, UNCONFIRMED),
    ],
)
def test_a_paraphrase_that_is_not_confirmed_is_none_to_the_program(
    kind, confirmed, expected, stratum
):
    line = {
        "generation_id": "g",
        "document_id": "d",
        "kind": kind,
        "confirmed": confirmed,
        "score": 3.5,
    }
    assert pair_of_line(line) == Pair("g", "d", expected, stratum, 3.5)
