"""Texts prepared: bags, short sentences joined, words of passages; against plain versions."""

import re
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.align import AlignConfig
from permille.align.prepare import (
    Bags,
    Preparer,
    Sentences,
    annex_published,
    mended_sentences,
    passage_words,
)
from permille.align.rarity import load_rarity
from permille.align.sentences import RuleSplitter
from permille.align.wording import word_by_word
from permille.align.words import Lexicon, identity

LEXICON = Lexicon()
BAGS = st.lists(
    st.dictionaries(st.integers(-3, 5), st.integers(1, 3), min_size=1, max_size=5), max_size=7
)


def listed(bags: Bags) -> list[list[tuple[int, float]]]:
    """List the entries of each sentence, stems and counts."""
    stems = bags.stems[bags.entry_stems].tolist()
    entries = list(zip(stems, bags.entry_counts.tolist(), strict=True))
    return [entries[start:end] for start, end in pairwise(bags.offsets.tolist())]


@given(BAGS)
def test_bags_keep_the_entries_of_each_sentence_in_order(bags):
    found = Bags.of(bags)
    assert len(found) == len(bags)
    assert listed(found) == [list(bag.items()) for bag in bags]
    assert found.stems.tolist() == sorted({stem for bag in bags for stem in bag})
    df = [sum(stem in bag for bag in bags) for stem in found.stems.tolist()]
    assert found.df.tolist() == df


def test_a_passage_lasts_from_its_first_to_its_last_sentence():
    sentences = Sentences([(0, 4), (5, 9), (12, 20)], Bags.of([{1: 1}] * 3))
    assert sentences.chars(1, 1) == (5, 9)
    assert sentences.chars(0, 2) == (0, 20)


SPANS = [(2, 10), (12, 20), (21, 33)]


@pytest.mark.parametrize(
    ("bags", "spans", "joined"),
    [
        ([{1: 3}, {2: 1, 3: 2}], SPANS[:2], [{1: 3}, {2: 1, 3: 2}]),
        # 8 and 8 characters without the two in between, as published
        ([{1: 2}, {2: 1, 1: 1}], [(2, 18)], [{2: 1, 1: 3}]),
        ([{1: 2}, {2: 2}, {3: 1}], [(2, 18), (21, 33)], [{2: 2, 1: 2}, {3: 1}]),
        ([{1: 1}, {2: 1}, {3: 1}], [(2, 30)], [{3: 1, 2: 1, 1: 1}]),
        ([{1: 1}], SPANS[:1], [{1: 1}]),
    ],
    ids=["none short", "the first", "the first and the last", "all", "only one"],
)
def test_a_short_sentence_joins_the_next_one_as_published(bags, spans, joined):
    found = annex_published(SPANS[: len(bags)], bags, 3)
    assert found.spans == spans
    assert listed(found.bags) == [list(bag.items()) for bag in joined]


@given(BAGS, st.integers(1, 8))
def test_published_sentences_are_joined_as_by_the_plain_detector(oracle, bags, least):
    spans = [(10 * at, 10 * at + 7) for at in range(len(bags))]
    text = oracle.Text([[start, end - start] for start, end in spans], list(map(dict, bags)))
    text.df = dict(Counter(stem for bag in bags for stem in bag))
    oracle.annex(text, least)
    found = annex_published(spans, bags, least)
    assert found.spans == [(start, start + length) for start, length in text.offsets]
    assert listed(found.bags) == [list(bag.items()) for bag in text.bags]
    df = {stem: count for stem, count in text.df.items() if count}
    assert dict(zip(found.bags.stems.tolist(), found.bags.df.tolist(), strict=True)) == df


def plain_mended(text: str, spans: list, least: int) -> list[tuple[tuple[int, int], Counter]]:
    """Join sentence after sentence, and a last one that is too short to the one before."""
    joined: list[tuple[tuple[int, int], list[int]]] = []
    for start, end in spans:
        words = [word for word in re.findall(r"[^\W_]+", text[start:end]) if len(word) >= 3]
        stems = [LEXICON.written_stems[word] for word in words]
        if joined and len(joined[-1][1]) < least:
            (first, _), before = joined.pop()
            joined.append(((first, end), before + stems))
        else:
            joined.append(((start, end), stems))
    if len(joined) > 1 and len(joined[-1][1]) < least:
        (_, end), stems = joined.pop()
        (first, _), before = joined.pop()
        joined.append(((first, end), before + stems))
    return [(span, Counter(stems)) for span, stems in joined if stems or len(joined) > 1]


WORDS = st.sampled_from(
    ["boats", "boat", "in", "harbor", "Storms.", "No!", "ok.", "99.", "...", "_"]
)


@given(st.lists(WORDS, max_size=20).map(" ".join), st.integers(1, 4))
def test_mended_sentences_are_joined_and_counted_as_by_plain_lists(text, least):
    spans = RuleSplitter().spans(text)
    wording = word_by_word(text, LEXICON.written_stems, load_rarity())
    found = mended_sentences(wording, spans, least)
    expected = plain_mended(text, spans, least)
    assert found.spans == [span for span, _ in expected]
    assert [dict(entries) for entries in listed(found.bags)] == [dict(bag) for _, bag in expected]
    df = Counter(stem for _, bag in expected for stem in bag)
    assert found.bags.df.tolist() == [df[stem] for stem in found.bags.stems.tolist()]


def test_words_of_a_passage_take_over_the_ends_of_their_sentences():
    text = 'He said: "Stop!" (Then) he left...'
    found = passage_words(text, 100, RuleSplitter(), LEXICON)
    spans = zip((found.starts - 100).tolist(), (found.ends - 100).tolist(), strict=True)
    assert [text[start:end] for start, end in spans] == [
        *("He", "said", 'Stop!"'),
        *("(Then", "he", "left..."),
    ]
    assert found.ids.tolist() == list(map(identity, ("he", "said", "stop", "then", "he", "left")))


@given(st.lists(WORDS, max_size=16).map(" ".join), st.integers(0, 9))
def test_words_of_a_published_passage_are_those_of_the_plain_detector(oracle, text, start):
    preparer = Preparer(AlignConfig.paper())
    prepared = preparer.prepare("x" * start + text)
    found = preparer.words(prepared, start, start + len(text))
    expected = oracle.words(text)
    assert len(found) == len(expected)
    assert found.ids.tolist() == [identity(word) for word, _, _ in expected]
    assert (found.starts - start).tolist() == [begin for _, begin, _ in expected]
    assert (found.ends - start).tolist() == [end for _, _, end in expected]
    assert preparer.words(prepared, start, start + len(text)) is found


def test_mended_texts_have_words_and_sentences():
    text = "The boats, it is said, jumped.\0 Ok."
    prepared = Preparer(AlignConfig()).prepare(text)
    assert prepared.text == text
    assert prepared.fingerprint == AlignConfig().preparation_fingerprint
    # the last sentence has too few words, and joins the one before
    assert prepared.sentences.spans == [(0, len(text))]
    assert prepared.wording.starts.tolist() == [0, 4, 11, 14, 17, 23, 32]


def test_published_sentences_without_stems_are_left_out(paper):
    prepared = paper.prepare("The yellow boats came back. Oh no. ?! It is.")
    assert prepared.wording is None
    assert prepared.sentences.spans == [(0, 27)]
