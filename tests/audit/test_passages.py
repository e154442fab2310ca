"""In how many examples a passage stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.audit.passages import PassageCounter, passage_of
from permille.audit.word_hashes import WordHasher, batches


def counted(passages, documents):
    """The counter of passages after some documents, each with its example."""
    hasher = WordHasher()
    wanted = [passage_of(hasher.words(passage), hasher) for passage in passages]
    counter = PassageCounter(set(wanted), hasher)
    for batch in batches((hasher.words(text), example) for text, example in documents):
        counter.count(batch)
    return [counter.num_examples(passage) for passage in wanted]


texts = st.lists(st.sampled_from("ab"), min_size=1, max_size=25).map(" ".join)


@given(passage=texts, documents=st.lists(texts, max_size=8))
def test_a_passage_is_counted_where_its_words_stand_in_a_row(passage, documents):
    expected = sum(f" {passage} " in f" {document} " for document in documents)
    assert counted([passage], [(text, f"e{i}") for i, text in enumerate(documents)]) == [expected]


def test_an_example_counts_once_however_often_the_passage_stands_in_it():
    document = "Take two pills; take two pills!"
    assert counted(["take two pills"], [(document, example) for example in "eef"]) == [2]


def test_passages_with_one_beginning_are_told_apart():
    start = "one two three four five six seven eight"
    both = [f"{start} {end}" for end in ("nine", "ten")]
    assert counted(both, [(both[0], "e")]) == [1, 0]


def test_no_word_is_no_passage():
    hasher = WordHasher()
    assert passage_of(hasher.words("?!"), hasher) is None


@pytest.mark.parametrize(("num_words", "anchor"), [(3, 3), (8, 8), (20, 8)])
def test_at_most_eight_words_are_looked_for_first(num_words, anchor):
    hasher = WordHasher()
    passage = passage_of(hasher.words("word " * num_words), hasher)
    assert (passage.num_words, passage.num_anchor_words) == (num_words, anchor)
