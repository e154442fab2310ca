"""Texts become the terms of Lucene's standard analyzer; queries lose their stop words."""

import doctest
import gzip
import json
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from hypothesis import example, given
from hypothesis import strategies as st
from nltk.tokenize import NLTKWordTokenizer, word_tokenize

from permille.retrieve import analysis
from permille.retrieve.analysis import (
    MAX_TERM_CHARS,
    english_stop_words,
    is_stop_word,
    query_terms,
    terms_of,
)


def texts_of(shared_data: Path, task: str, field: str, number: int) -> list[str]:
    with gzip.open(shared_data / f"{task}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line)[field] for line, _ in zip(lines, range(number), strict=False)]


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(analysis).failed == 0


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        pytest.param("The RED house", ["the", "red", "house"], id="lower case"),
        pytest.param("don't it’s", ["don't", "it’s"], id="apostrophes within words"),
        pytest.param("'quoted' dogs'", ["quoted", "dogs"], id="apostrophes around words"),
        pytest.param("3.14 1,000 4th", ["3.14", "1,000", "4th"], id="numbers"),
        pytest.param("end.Start e.g. www.x.org", ["end.start", "e.g", "www.x.org"], id="stops"),
        pytest.param("a_b c-d e/f", ["a_b", "c", "d", "e", "f"], id="joiners"),
        pytest.param("Straße über naïve", ["straße", "über", "naïve"], id="letters with marks"),
        pytest.param(" \n\t… — ?! __", [], id="no word at all"),
        pytest.param("Cafe\u0301 हिन्दी مَرْحَبًا", ["cafe\u0301", "हिन्दी", "مَرْحَبًا"], id="marks"),
        pytest.param(
            "漢字かな abc漢1", ["漢", "字", "か", "な", "abc", "漢", "1"], id="ideographs"
        ),
        pytest.param(
            "A·㐀 漢.字 漢'a", ["a", "㐀", "漢", "字", "漢", "a"], id="ideographs do not join"
        ),
        pytest.param("カタカナ 안녕하세요", ["カタカナ", "안녕하세요"], id="syllables"),
        pytest.param("Aカ1カ", ["a", "カ", "1", "カ"], id="katakana joins no other script"),
        pytest.param("a_カ_a カ.カ", ["a_カ_a", "カ", "カ"], id="katakana and joiners"),
        pytest.param("Aสวัสดี1", ["a", "สวัสดี", "1"], id="thai joins no other script"),
        pytest.param("漢\ufe00字𠀀a", ["漢\ufe00", "字", "𠀀", "a"], id="marks on ideographs"),
        pytest.param("28½ x² a\u200bb", ["28", "x", "a", "b"], id="fractions and powers"),
        pytest.param("İstanbul", ["istanbul"], id="a letter that lowers to two"),
    ],
)
def test_words_are_cut_where_lucene_cuts_them(text: str, terms: list[str]) -> None:
    assert terms_of(text) == terms


def test_a_word_of_hundreds_of_characters_is_cut_into_pieces() -> None:
    assert [len(term) for term in terms_of("x" * 600 + " y")] == [MAX_TERM_CHARS, 255, 90, 1]


@given(st.text())
def test_terms_of_joined_terms_are_the_same_terms(text: str) -> None:
    terms = terms_of(text)
    assert terms_of(" ".join(terms)) == terms


@given(st.text())
def test_terms_hold_no_blank_and_are_lower_case(text: str) -> None:
    assert all(term and term == term.lower() and not term.isspace() for term in terms_of(text))


def test_there_are_179_stop_words_in_lower_case(shared: Path) -> None:
    listed = (shared / "nltk_data" / "english_stop_words.txt").read_text().split()
    assert sorted(english_stop_words()) == sorted(listed)
    assert len(english_stop_words()) == 179


@pytest.mark.parametrize("word", ["the", "The", "THE", "it.", "don't", "s"])
def test_a_stop_word_is_one_in_any_case_and_before_a_full_stop(word: str) -> None:
    assert is_stop_word(word)


@pytest.mark.parametrize("word", ["theory", "n't", "", ".", "u.s."])
def test_other_words_are_none(word: str) -> None:
    assert not is_stop_word(word)


def test_repeated_terms_are_kept() -> None:
    assert query_terms("red, red; the red!") == ["red", "red", "red"]


def terms_of_the_whole(text: str) -> list[str]:
    """What `query_terms` must give: NLTK's rules over the whole text at once."""
    kept = [word for word in NLTKWordTokenizer().tokenize(text) if not is_stop_word(word)]
    return terms_of(" ".join(kept))


PIECES = ["isn't", "cannot", "Gonna", "'Tis", "more'n", "(", ")", ".", "...", '"', "''", "’", "»"]
PIECES += ["x", "the.", "a,", "3,5", "12:", "--", "can", "not", "d'ye", "n't", "'s", "\x1c", "漢字"]
PIECES += ["lemme ", "The", ",;", "?!", "cannot: ", "U.S.", "CAN", "N'T", "'S", "'Ll", "We'Re", "]"]


@given(st.lists(st.sampled_from([*PIECES, " ", "\n"]) | st.text(max_size=3), max_size=15))
@example(["x We'Ll x"])
@example(["You'Re"])
def test_chunks_between_blanks_give_the_terms_of_the_whole_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert query_terms(text) == terms_of_the_whole(text)


def test_marks_behind_the_last_full_stop_belong_to_the_end() -> None:
    text = "He says (it likely isn't. )"
    assert query_terms(text) == terms_of_the_whole(text) == ["says", "likely", "n't"]


def test_a_text_of_stop_words_only_has_no_query_terms() -> None:
    assert query_terms("It is what it is, and so are we.") == []


@given(st.text())
def test_query_terms_are_terms_of_the_analyzer(text: str) -> None:
    terms = query_terms(text)
    assert terms_of(" ".join(terms)) == terms


@pytest.mark.parametrize("task", ["dialogue", "translation", "sentiment"])
def test_queries_are_the_published_callers_on_real_texts(task: str, shared_data: Path) -> None:
    texts = texts_of(shared_data, task, "input", 300)
    published = [
        terms_of(" ".join(w for w in word_tokenize(t) if w.lower() not in english_stop_words()))
        for t in texts
    ]
    equal = sum(query_terms(t) == p for t, p in zip(texts, published, strict=True))
    assert equal >= 0.95 * len(texts)


@pytest.mark.elasticsearch
@pytest.mark.parametrize(
    "text",
    [
        "Don't pay $3,000.50 to U.N.'s J.-P. it‘s it’s",
        "हिन्दी में एक वाक्य है। مَرْحَبًا بالعالم",
        "A·㐀 漢.字 漢'a 한'A 日本語2023年12月 東京・大阪 カタカナ 안녕하세요",
        "Aカ カA カ1カ 1カ a_カ カ_a カ\u3099a かカ 漢カ ｱA 한カ カ.カ カ'a カー",
        "Aส สA ส1 ကA ខ្មែរA ລາວA กA漢 漢\ufe00字 𠀀𠀁a カ_漢 _漢_ ꀀA",
        "Cafe\u0301 İstanbul 28½ x² anti\xadcipate a\u200bb __ สวัสดีครับ",
    ],
)
def test_terms_are_the_servers_own_in_many_scripts(elastic_url: str, text: str) -> None:
    with Elasticsearch(elastic_url) as server:
        answer = server.indices.analyze(analyzer="standard", text=text).body
    assert terms_of(text) == [token["token"] for token in answer["tokens"]]


@pytest.mark.elasticsearch
def test_terms_are_the_servers_own_on_real_texts(elastic_url: str, shared_data: Path) -> None:
    texts = [
        text
        for task, field in [("dialogue", "target"), ("translation", "target"), ("qa", "input")]
        for text in texts_of(shared_data, task, field, 150)
    ]
    with Elasticsearch(elastic_url) as server:
        answers = [server.indices.analyze(analyzer="standard", text=text).body for text in texts]
    served = [[token["token"] for token in answer["tokens"]] for answer in answers]
    equal = sum(terms_of(text) == terms for text, terms in zip(texts, served, strict=True))
    assert equal >= 0.99 * len(texts)
