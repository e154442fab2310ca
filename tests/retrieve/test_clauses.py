"""Queries of more terms than a server allows keep their meaning as far as can be."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.retrieve.clauses import Shortened, clause_limit, match_query, shortened

TERMS = st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=40)


def weights(short: Shortened) -> dict[str, int]:
    clauses = [clause["match"]["text"] for clause in short.query["bool"]["should"]]
    return {clause["query"]: clause["boost"] for clause in clauses}


def test_a_query_is_all_its_terms_repeats_included() -> None:
    assert match_query(["red", "hill", "red"]) == {"match": {"text": "red hill red"}}


@given(TERMS)
def test_with_room_for_every_different_term_nothing_is_left_out(terms: list[str]) -> None:
    short = shortened(terms, limit=10)
    assert weights(short) == Counter(terms)
    assert short.num_left_out == 0


@given(TERMS, st.integers(1, 9))
def test_there_are_never_more_clauses_than_allowed(terms: list[str], limit: int) -> None:
    short = shortened(terms, limit)
    assert len(weights(short)) <= limit
    assert sum(weights(short).values()) + short.num_left_out == len(terms)


def test_the_first_terms_are_kept() -> None:
    assert weights(shortened(["c", "a", "c", "b"], limit=2)) == {"c": 2, "a": 1}
    assert shortened(["c", "a", "c", "b"], limit=2).num_left_out == 1


@pytest.mark.parametrize(
    ("reason", "limit"),
    [
        ("failed to create query: maxClauseCount is set to 8192", 8192),
        ("Query contains too many nested clauses; maxClauseCount is set to 1024", 1024),
        ("too_many_clauses: MaxClauseCount is set to 4096", 4096),
        ("all shards failed", None),
    ],
)
def test_the_limit_is_read_from_the_refusal(reason: str, limit: int | None) -> None:
    assert clause_limit(reason) == limit
