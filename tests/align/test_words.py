"""Words and stems of a sentence, against NLTK's tokenizer and stemmer run on the whole sentence."""

import string
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.stem.porter import PorterStemmer
from nltk.tokenize.treebank import TreebankWordTokenizer

from permille.align import words
from permille.align.words import Lexicon, Memo, identity

LEXICON = Lexicon()
TOKENIZE = TreebankWordTokenizer().tokenize
STEM = PorterStemmer().stem

CHUNKS = """
the running boats houses easily can't cannot gonna won't it's o'clock 'tis u.s. e.g. mr. 3.14 1,000
(brackets) [ab] "quoted" ''twas'' end. what?! no... well-known -- a/b x & y $5 ça naïve é 漢字 ;
"""
SENTENCES = st.builds(
    lambda pieces, gaps: "".join(map("".join, zip(pieces, gaps, strict=False))),
    st.lists(st.sampled_from(CHUNKS.split()), min_size=1, max_size=8),
    st.lists(st.sampled_from([" ", " ", " ", "  ", "\n", "", " . "]), min_size=8, max_size=8),
)


def plain_bag(sentence: str) -> list[tuple[int, int]]:
    """Stem the tokens of more than two characters that begin with a letter or a digit."""
    tokens = [token for token in TOKENIZE(sentence) if len(token) > 2 and token[0].isalnum()]
    return list(Counter(identity(STEM(token)) for token in tokens).items())


def plain_words(sentence: str) -> list[tuple[str, int, int]]:
    """Look for each token that is no punctuation from the end of the one before on."""
    found, at = [], 0
    for token in TOKENIZE(sentence):
        if not set(token) <= set(string.punctuation):
            start = sentence.index(token, at)
            at = start + len(token)
            found.append((token, start, at))
    return found


@settings(max_examples=300)
@given(SENTENCES)
def test_a_bag_counts_the_stems_of_the_whole_sentence_in_order(sentence):
    assert list(LEXICON.bag(sentence).items()) == plain_bag(sentence)


@settings(max_examples=300)
@given(SENTENCES)
def test_words_are_the_tokens_of_the_whole_sentence_with_their_places(sentence):
    expected = [(identity(word), start, end) for word, start, end in plain_words(sentence)]
    assert LEXICON.words(sentence) == expected


def test_words_of_an_example_stand_where_they_can_be_seen():
    sentence = 'it can\'t be, "she" said.'
    found = LEXICON.words(sentence)
    assert [sentence[start:end] for _, start, end in found] == [
        *("it", "ca", "n't", "be", "she", "said"),
    ]
    assert found[0][0] == identity("it")


def test_inflected_words_are_counted_as_one_stem():
    counts = LEXICON.bag("jump jumping, jumped of jumps!")
    assert counts == {identity("jump"): 4}


def test_a_written_word_has_the_stem_of_its_lower_case():
    assert LEXICON.written_stems["RUNNING"] == LEXICON.stem("running") == identity("run")


def test_a_word_too_long_to_be_remembered_is_its_own_stem():
    assert LEXICON.stem("b" * 57 + "running") == identity("b" * 57 + "run")
    assert LEXICON.stem("b" * 58 + "running") == identity("b" * 58 + "running")


def test_an_identity_is_the_same_in_every_process():
    assert identity("cat") == 3_429_664_268_601_861_939
    assert identity("\ud800") != identity("\ud801")


def counted(limit: int, keys: list[str]) -> tuple[list[str], Memo[str]]:
    computed: list[str] = []

    def compute(key: str) -> str:
        computed.append(key)
        return key.upper()

    memo = Memo(compute)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "_MEMO_LIMIT", limit)
        assert [memo[key] for key in keys] == [key.upper() for key in keys]
    return computed, memo


def test_what_was_computed_is_remembered_until_there_is_too_much():
    computed, memo = counted(3, list("abcab"))
    assert (computed, set(memo)) == (list("abc"), set("abc"))
    computed, memo = counted(3, list("abcda"))
    assert (computed, set(memo)) == (list("abcda"), set("da"))


def test_long_strings_are_computed_each_time():
    computed, memo = counted(3, ["a" * 64, "a" * 64, "a" * 65, "a" * 65])
    assert computed == ["a" * 64, "a" * 65, "a" * 65]
    assert list(memo) == ["a" * 64]
