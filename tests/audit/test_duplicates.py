"""Which examples hold the same document."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.audit.duplicates import DuplicateFinder
from permille.audit.word_hashes import WordHasher


def groups_of(documents):
    hasher = WordHasher()
    finder = DuplicateFinder(hasher)
    for example, text in documents:
        finder.add(hasher.words(text), example)
    return finder.groups()


def test_equal_documents_tie_their_examples(new_writer):
    writer = new_writer(0)
    same, other = writer.text(), writer.text()
    groups = groups_of([("a", same), ("b", same.upper()), ("c", other)])
    assert groups == {"a": ("a", 2), "b": ("a", 2), "c": ("c", 1)}


def test_nearly_equal_documents_tie_their_examples(new_writer):
    writer = new_writer(1)
    words = writer.text(12).split()
    changed = [*words[:60], "other", *words[61:]]
    groups = groups_of([("a", " ".join(words)), ("b", " ".join(changed))])
    assert groups["b"] == ("a", 2)


def test_documents_that_share_half_are_not_nearly_equal(new_writer):
    writer = new_writer(2)
    half = writer.text(6)
    groups = groups_of([("a", f"{half} {writer.text(6)}"), ("b", f"{half} {writer.text(6)}")])
    assert groups == {"a": ("a", 1), "b": ("b", 1)}


@pytest.mark.parametrize(
    ("num_shared", "num_own", "similarity", "chance"),
    [(80, 10, 0.8, 0.44), (102, 9, 0.85, 0.82), (90, 5, 0.9, 0.98)],
)
def test_documents_are_tied_with_the_chance_that_the_docs_name(
    num_shared, num_own, similarity, chance
):
    random = np.random.default_rng(0)
    num_pairs, tied = 300, 0
    for _ in range(num_pairs):
        # four words more than runs of five; the own ones begin in the last shared words
        words = random.integers(0, 1 << 64, num_shared + 4 + 2 * num_own, dtype=np.uint64)
        shared, own, other = np.split(words, [num_shared + 4, num_shared + 4 + num_own])
        finder = DuplicateFinder(WordHasher())
        finder.add(np.concatenate([shared, own]), "a")
        finder.add(np.concatenate([shared, other]), "b")
        tied += finder.groups()["a"][1] == 2
    assert num_shared / (num_shared + 2 * num_own) == pytest.approx(similarity)
    assert tied / num_pairs == pytest.approx(chance, abs=0.09)


def test_ties_go_through_others(new_writer):
    writer = new_writer(3)
    one, two = writer.text(), writer.text()
    groups = groups_of([("a", one), ("b", one), ("b", two), ("c", two), ("d", writer.text())])
    assert {groups[name] for name in "abc"} == {("a", 3)}
    assert groups["d"] == ("d", 1)


@settings(max_examples=30)
@given(sizes=st.lists(st.integers(1, 4), min_size=1, max_size=6), seed=st.integers(0, 99))
def test_a_group_is_as_large_as_the_examples_that_hold_its_text(new_writer, sizes, seed):
    writer = new_writer(seed)
    texts = [writer.text(3) for _ in sizes]
    documents = [
        (f"{i}-{k}", text)
        for i, (text, size) in enumerate(zip(texts, sizes, strict=True))
        for k in range(size)
    ]
    writer.rng.shuffle(documents)
    found = groups_of(documents)
    assert all(found[name][1] == sizes[int(name.split("-")[0])] for name, _ in documents)


def test_no_documents_have_no_groups():
    assert groups_of([]) == {}
