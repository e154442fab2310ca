"""Chunks of plain shapes have NLTK's tokens, wherever they stand in their sentence."""

import gzip
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.tokenize.treebank import TreebankWordTokenizer

from permille.align.treebank import plain_tokens

TOKENIZE = TreebankWordTokenizer().tokenize
PIECES = """
a an n t b7 12 more wanna d ye . , : ; ' 's n't 't 'll - -- ... < > /> ( ) [ " ? ! / $ &
"""


def tokens_of_nltk(chunk: str, *, is_first: bool, is_last: bool) -> list[str]:
    """Tokenize a chunk between two words, or at an end, as NLTK does."""
    tokens = TOKENIZE("x " * (not is_first) + chunk + " x" * (not is_last))
    return tokens[(not is_first) : len(tokens) - (not is_last)]


def words(tokens: list[str]) -> list[str]:
    return [token for token in tokens if not set(string.punctuation).issuperset(token)]


def answered_otherwise(chunk: str) -> bool:
    answers = {is_last: plain_tokens(chunk, is_last) for is_last in (False, True)}
    return any(
        found is not None
        and words(found) != words(tokens_of_nltk(chunk, is_first=is_first, is_last=is_last))
        for is_last, found in answers.items()
        for is_first in (False, True)
    )


@pytest.mark.parametrize("name", ["sentiment", "translation_wmt22"])
def test_every_plain_chunk_of_a_slice_has_the_words_that_nltk_gives(name, shared_data):
    with gzip.open(shared_data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        chunks = sorted(set(lines.read().lower().split()))[::10]
    assert sum(plain_tokens(chunk, is_last=False) is not None for chunk in chunks) > 500
    assert [chunk for chunk in chunks if answered_otherwise(chunk)] == []


@settings(max_examples=2_000)
@given(st.lists(st.sampled_from(PIECES.split()), min_size=1, max_size=7).map("".join))
def test_made_up_chunks_have_the_words_that_nltk_gives(chunk):
    assert not answered_otherwise(chunk)
