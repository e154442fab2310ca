"""Which passages are made of phrases of many examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.audit import boilerplate
from permille.audit.boilerplate import PHRASE_WORDS, BoilerplateFinder, words_within
from permille.audit.word_hashes import WordHasher, batches
from permille.core.records import Span

MAX_EXAMPLES = 2
LEAST_CHARS = 5
texts = st.lists(st.sampled_from("ab"), max_size=22).map(" ".join)


def found_in(passages, documents):
    """Which passages the finder finds; documents are pairs of text and example."""
    hasher = WordHasher()
    finder = BoilerplateFinder(hasher, LEAST_CHARS, MAX_EXAMPLES)
    for number, passage in enumerate(passages):
        finder.note(number, words_within(passage, Span(0, len(passage)), hasher))
    for batch in batches((hasher.words(text), example) for text, example in documents):
        finder.count(batch)
    return finder.found()


def is_boilerplate(passage, documents):
    """The same, said plainly."""
    words = passage.split()
    is_held = [False] * len(words)
    for start in range(len(words) - PHRASE_WORDS + 1):
        phrase = " ".join(words[start : start + PHRASE_WORDS])
        holders = {example for text, example in documents if f" {phrase} " in f" {text} "}
        if len(holders) > MAX_EXAMPLES:
            is_held[start : start + PHRASE_WORDS] = [True] * PHRASE_WORDS
    left = "".join("x " if held else "w " for held in is_held).split("x ")
    return any(is_held) and all(len(stretch.strip()) < LEAST_CHARS for stretch in left)


@pytest.mark.parametrize("num_waiting", [1, 1_000_000])
@given(
    passages=st.lists(texts, max_size=4),
    documents=st.lists(st.tuples(texts, st.sampled_from("stuvw")), max_size=12),
)
def test_the_finder_finds_what_a_plain_search_finds(num_waiting, passages, documents):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boilerplate, "WAITING_PAIRS", num_waiting)
        patch.setattr("permille.audit.word_hashes.BATCH_WORDS", 20)
        found = found_in(passages, documents)
    expected = {i for i, passage in enumerate(passages) if is_boilerplate(passage, documents)}
    assert found == expected


def test_a_phrase_counts_an_example_once_however_often_it_stands_there():
    phrase = "we hope that you get better"
    assert found_in([phrase], [(phrase, "e"), (f"{phrase}, {phrase}", "e"), (phrase, "f")]) == set()
    assert found_in([phrase], [(phrase, example) for example in "efg"]) == {0}


def test_a_phrase_does_not_reach_into_the_next_document():
    phrase = "we hope that you get better"
    documents = [
        (part, example) for example in "efg" for part in ("we hope that", "you get better")
    ]
    assert found_in([phrase], documents) == set()


def test_phrases_that_follow_each_other_are_taken_out_together():
    first, second = "we hope that you get better", "please do write to us again"
    documents = [(phrase, f"{phrase} {i}") for phrase in (first, second) for i in range(3)]
    assert found_in([f"{first}. {second}", first, f"{first} aaaaa"], documents) == {0, 1}


def test_nothing_is_boilerplate_where_no_document_was_looked_at():
    assert found_in(["we hope that you get better"], []) == set()


@pytest.mark.parametrize(
    ("span", "extents", "whole"),
    [
        pytest.param(Span(0, 17), [(0, 3), (5, 8), (11, 16)], "one two three", id="whole"),
        pytest.param(Span(1, 17), [(1, 3), (5, 8), (11, 16)], "two three", id="first cut"),
        pytest.param(Span(0, 15), [(0, 3), (5, 8), (11, 15)], "one two", id="last cut"),
        pytest.param(Span(3, 5), [], "", id="no word"),
        pytest.param(Span(1, 2), [(1, 2)], "", id="cut on both sides"),
        pytest.param(Span(11, 23), [(11, 16), (18, 22)], "three four", id="to the end"),
    ],
)
def test_words_that_a_span_cuts_belong_to_it_but_to_no_phrase(span, extents, whole):
    hasher = WordHasher()
    words = words_within("one, two. (three) four!", span, hasher)
    assert words.extents == extents
    assert words.hashes.tolist() == hasher.words(whole).tolist()
    assert extents[words.first : words.first + len(words.hashes)] == [
        extent for extent in extents if "one, two. (three) four!"[slice(*extent)] in whole.split()
    ]


def test_a_word_that_is_two_in_lower_case_keeps_its_place():
    hasher = WordHasher()
    text = "in İzmir now"
    words = words_within(text, Span(0, len(text)), hasher)
    assert len(words.hashes) == len(words.extents) == 4
    assert words.extents == [(0, 2), (3, 8), (3, 8), (9, 12)]
