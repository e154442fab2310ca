"""Copying that is planted."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.audit.planting import (
    beginning,
    digest,
    excerpt,
    inserted,
    passage_of_kind,
    plant_all,
    rewritten,
)
from permille.core.records import KINDS_BY_STRENGTH, Document, Kind


def longest_common(one, other):
    """The longest text that stands in both, by trying."""
    best = ""
    for start in range(len(one)):
        while one[start : start + len(best) + 1] in other and start + len(best) < len(one):
            best = one[start : start + len(best) + 1]
    return best


@given(seed=st.integers(0, 200))
def test_an_excerpt_stands_in_its_text_with_the_wanted_length(new_writer, seed):
    text = new_writer(seed).text(6)
    passage = excerpt(text, (80, 200), Random(seed))
    assert passage in text
    assert 80 <= len(passage) <= 200


def test_a_text_that_is_too_short_has_no_excerpt():
    assert excerpt("just a few words", (80, 200), Random(0)) is None
    assert excerpt("", (80, 200), Random(0)) is None


@given(seed=st.integers(0, 50))
def test_rewriting_keeps_most_words_and_leaves_no_long_run(new_writer, seed):
    text = new_writer(seed).text(3)
    found = rewritten(text, Random(seed))
    words, kept = text.split(), found.split()
    assert set(kept) <= set(words)
    assert len(kept) == len(words) - len(words) // 10
    assert len(longest_common(text, found)) <= 50


def test_a_digest_is_at_most_a_quarter_of_its_text(new_writer):
    text = new_writer(1).text(24)
    found = digest(text, Random(0))
    assert 120 <= len(found) <= len(text) / 4
    assert digest(new_writer(1).text(3), Random(0)) is None


@given(seed=st.integers(0, 50))
def test_what_is_inserted_stands_whole_among_the_sentences_of_its_host(new_writer, seed):
    host = new_writer(seed).text(3)
    found = inserted("The plant.", host, Random(seed))
    assert found.replace(" The plant.", "").replace("The plant. ", "") == host


def test_a_host_is_cut_at_a_word():
    assert beginning("word " * 100) == ("word " * 39).strip()
    assert beginning("short") == "short"


def test_every_long_document_is_planted_in_a_host(new_writer):
    writer = new_writer(3)
    documents = [Document(f"d{i}", writer.text(20)) for i in range(5)] + [Document("s", "short")]
    hosts = [Document(f"h{i}", writer.text(3)) for i in range(2)]
    for kind in KINDS_BY_STRENGTH:
        plants = plant_all(kind, documents, hosts, Random(0))
        assert [plant.document_id for plant in plants] == [f"d{i}" for i in range(5)]
        assert {plant.kind for plant in plants} == {kind}
        assert all(len(plant.text) > len(beginning(hosts[0].text)) for plant in plants)


def test_nothing_is_planted_as_no_kind():
    assert passage_of_kind(Kind.NONE, "text " * 100, Random(0)) is None


@pytest.mark.parametrize("kind", KINDS_BY_STRENGTH)
def test_planting_hangs_on_its_random_numbers_only(new_writer, kind):
    text = new_writer(5).text(20)
    first, second = (passage_of_kind(kind, text, Random(7)) for _ in range(2))
    assert first == second
    assert first != passage_of_kind(kind, text, Random(8))
