"""Stems are NLTK's own, word by word."""

import gzip
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.stem.porter import PorterStemmer

from permille.align.porter import porter_stem

NLTK = PorterStemmer()
SLICES = ("summarization", "sentiment", "translation_wmt22")
ENDINGS_TEXT = """
ational tional enci anci izer bli alli entli eli ousli ization ation ator alism iveness fulness
ousness aliti iviti biliti fulli logi icate ative alize iciti ical ful ness al ance ence er ic able
ible ant ement ment ent ion ou ism ate iti ous ive ize s es ies sses ss ed ied eed ing y e ll *d
"""


@pytest.mark.parametrize("name", SLICES)
def test_every_word_of_a_slice_has_the_stem_that_nltk_gives(name, shared_data):
    with gzip.open(shared_data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        words = set(re.findall(r"[^\W_]+|\S+", lines.read().lower()))
    assert len(words) > 10_000
    assert [word for word in words if porter_stem(word) != NLTK.stem(word)] == []


def test_irregular_words_have_the_stems_that_nltk_gives():
    assert {word: porter_stem(word) for word in NLTK.pool} == NLTK.pool


@settings(max_examples=2_000)
@given(
    st.text("aeiouybcdlstzwxé*1", max_size=6),
    st.lists(st.sampled_from(ENDINGS_TEXT.split()), max_size=3).map("".join),
)
def test_made_up_words_have_the_stems_that_nltk_gives(beginning, endings):
    word = beginning + endings
    assert porter_stem(word) == NLTK.stem(word)
