"""English and its made-up German."""

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.data.builtin.lexicon import words
from permille.data.builtin.translation import Clause, english, foreign, german
from permille.data.builtin.writer import Writer

CLAUSE = Clause(
    subject=("old", "lantern"),
    verb="carry",
    object=("green", "apple"),
    preposition="behind",
    place=("quiet", "harbor"),
    adverb="slowly",
)


def test_a_clause_is_said_in_english() -> None:
    assert english([CLAUSE]) == (
        "The old lantern slowly carried the green apple behind the quiet harbor."
    )


def test_a_clause_is_said_in_german_with_the_participle_at_the_end() -> None:
    text = german([CLAUSE])
    assert re.fullmatch(
        r"D(er|ie|as) \w+ [A-Z]\w+ hat (den|die|das) \w+ [A-Z]\w+ hinter (dem|der) \w+en"
        r" [A-Z]\w+ \w+ ge\w+t\.",
        text,
    )


def test_two_clauses_are_one_sentence() -> None:
    assert english([CLAUSE, CLAUSE]).count(", and the ") == 1
    assert german([CLAUSE, CLAUSE]).count(", und d") == 1


@given(st.integers(0, 10**6))
def test_a_translation_follows_from_its_words_alone(seed: int) -> None:
    clauses = [Clause.draw(Writer(Random(seed)))]
    assert german(clauses) == german(list(clauses))
    assert len(german(clauses).split()) == len(english(clauses).split()) + 1


@pytest.mark.parametrize("kind", ["noun", "adjective", "verb"])
def test_words_have_stems_of_their_own(kind: str) -> None:
    long = [word for word in words()[kind] if len(word) >= 5]
    assert len({foreign(word) for word in long}) >= 0.98 * len(long)


def test_a_noun_has_one_gender() -> None:
    articles = {german([CLAUSE]).split()[0] for _ in range(3)}
    assert len(articles) == 1
