"""In how many examples a passage stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.audit.passages import PassageCounter, passage_of
from permille.audit.word_hashes import WordHasher

texts = st.lists(st.sampled_from("ab"), min_size=1, max_size=25).map(" ".join)


@given(passage=texts, documents=st.lists(texts, max_size=8))
def test_a_passage_is_counted_where_its_words_stand_in_a_row(passage, documents):
    hasher = WordHasher()
    wanted = passage_of(passage, hasher)
    counter = PassageCounter({wanted}, hasher)
    for i, document in enumerate(documents):
        counter.add(hasher.words(document), f"e{i}")
    expected = sum(f" {passage} " in f" {document} " for document in documents)
    assert counter.num_examples(wanted) == expected


def test_an_example_counts_once_however_often_the_passage_stands_in_it():
    hasher = WordHasher()
    wanted = passage_of("take two pills", hasher)
    counter = PassageCounter({wanted}, hasher)
    for example in ("e", "e", "f"):
        counter.add(hasher.words("Take two pills; take two pills!"), example)
    assert counter.num_examples(wanted) == 2


def test_passages_with_one_beginning_are_told_apart():
    hasher = WordHasher()
    start = "one two three four five six seven eight"
    both = [passage_of(f"{start} {end}", hasher) for end in ("nine", "ten")]
    counter = PassageCounter(set(both), hasher)
    counter.add(hasher.words(f"{start} nine"), "e")
    assert [counter.num_examples(passage) for passage in both] == [1, 0]


def test_no_word_is_no_passage():
    assert passage_of("?!", WordHasher()) is None


@pytest.mark.parametrize(("num_words", "anchor"), [(3, 3), (8, 8), (20, 8)])
def test_at_most_eight_words_are_looked_for_first(num_words, anchor):
    passage = passage_of("word " * num_words, WordHasher())
    assert (passage.num_words, passage.num_anchor_words) == (num_words, anchor)


def test_no_passages_are_counted_in_no_time():
    hasher = WordHasher()
    counter = PassageCounter(set(), hasher)
    counter.add(hasher.words("anything"), "e")
