"""Hashes of words and runs."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from permille.audit import word_hashes
from permille.audit.word_hashes import Wanted, WordHasher, batches

words = st.lists(st.sampled_from(["a", "b", "c"]), max_size=40)


def test_case_and_punctuation_make_no_difference():
    hasher = WordHasher()
    assert np.array_equal(hasher.words("It is, SO it is!"), hasher.words("it is so it is"))
    assert len(hasher.words("...")) == 0


def test_hashes_are_the_same_in_every_process():
    assert WordHasher().words("word").tolist() == [0x4AA4CF27D7C78E95]


@given(text=words, size=st.integers(1, 6))
def test_runs_are_equal_just_where_their_words_are(text, size):
    hasher = WordHasher()
    hashes = hasher.runs(hasher.words(" ".join(text)), size)
    runs = [tuple(text[i : i + size]) for i in range(len(text) - size + 1)]
    assert len(hashes) == len(runs)
    by_hash = dict(zip(hashes.tolist(), runs, strict=True))
    assert len(by_hash) == len(set(runs))
    assert all(by_hash[h] == run for h, run in zip(hashes.tolist(), runs, strict=True))


@given(text=words.filter(bool), before=words)
def test_a_run_has_the_same_hash_wherever_it_stands(text, before):
    hasher = WordHasher()
    alone = hasher.runs(hasher.words(" ".join(text)), len(text))
    later = hasher.runs(hasher.words(" ".join(before + text)), len(text))
    assert alone[0] == later[-1]


@pytest.mark.parametrize("size", [3, 1000])
def test_too_few_words_have_no_run(size):
    hasher = WordHasher()
    assert hasher.runs(hasher.words("one two"), size).shape == (0,)


def test_known_words_are_forgotten_before_they_are_too_many(monkeypatch):
    monkeypatch.setattr(word_hashes, "MAX_KNOWN_WORDS", 2)
    hasher = WordHasher()
    first = hasher.words("a b c d")
    assert np.array_equal(hasher.words("a b c d"), first)


def test_documents_come_together_until_they_are_words_enough(monkeypatch):
    monkeypatch.setattr(word_hashes, "BATCH_WORDS", 4)
    hasher = WordHasher()
    texts = ["a b c", "", "d", "e"]
    found = list(batches((hasher.words(text), f"of {text}") for text in texts))
    assert [batch.ends.tolist() for batch in found] == [[3, 3, 4], [1]]
    assert [batch.examples for batch in found] == [["of a b c", "of ", "of d"], ["of e"]]
    assert np.array_equal(found[0].words, hasher.words("a b c d"))


def test_no_documents_come_not_at_all():
    assert list(batches([])) == []


HASHES = st.integers(0, 3_000) | st.integers(0, 2**64 - 1) | st.just(1 << 60)


@given(wanted=st.sets(HASHES, max_size=30), others=st.lists(HASHES, max_size=30))
@example(wanted={0}, others=[1 << 60, 0])
def test_wanted_hashes_are_found_wherever_they_stand(wanted, others):
    known = sorted(wanted)
    others = [*others, *known]
    at, which = Wanted(np.array(known, np.uint64)).among(np.array(others, np.uint64))
    assert at.tolist() == [i for i, one in enumerate(others) if one in wanted]
    assert [known[i] for i in which.tolist()] == [one for one in others if one in wanted]
