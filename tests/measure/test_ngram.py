"""Shares of n-grams."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.measure.ngram import mean_ngram_share, ngram_share, ngrams, words

tokens = st.lists(st.integers(0, 3), max_size=25)


def test_words_are_lower_case_without_punctuation():
    assert words("Don't stop -- it's 3 o’clock!") == ["don't", "stop", "it's", "3", "o’clock"]


def test_ngrams_are_all_runs_with_repeats():
    assert ngrams("ababa", 2) == [("a", "b"), ("b", "a"), ("a", "b"), ("b", "a")]
    assert ngrams("ab", 3) == []


@pytest.mark.parametrize(
    ("generation", "others", "size", "share"),
    [
        pytest.param("abcdef", ["abcdef"], 4, 1.0, id="whole"),
        pytest.param("abcdef", ["abcdxx"], 4, 1 / 3, id="one of three"),
        pytest.param("abcdef", ["abcd", "cdef"], 4, 2 / 3, id="in any document"),
        pytest.param("abcabcabc", ["xabcx"], 3, 3 / 7, id="repeats count"),
        pytest.param("abcdef", [], 4, 0.0, id="nothing to stand in"),
        pytest.param("abc", ["abc"], 4, None, id="too short"),
    ],
)
def test_the_share_of_ngrams(generation, others, size, share):
    assert ngram_share(generation, others, size) == (
        None if share is None else pytest.approx(share)
    )


@given(tokens, tokens, st.integers(1, 6))
def test_the_share_equals_looking_for_each_ngram_by_hand(generation, other, size):
    share = ngram_share(generation, [other], size)
    starts = range(len(generation) - size + 1)
    windows = [other[start : start + size] for start in range(len(other) - size + 1)]
    found = [generation[start : start + size] in windows for start in starts]
    assert share == (pytest.approx(sum(found) / len(found)) if found else None)


@given(tokens)
def test_a_text_shares_all_with_itself_and_longer_ngrams_share_no_more(generation):
    shares = [ngram_share(generation, [generation[:10]], size) for size in range(1, 7)]
    known = [share for share in shares if share is not None]
    assert all(0 <= share <= 1 for share in known)
    if len(generation) <= 10:
        assert all(share == 1 for share in known)


def test_the_mean_is_over_generations_then_over_sizes():
    pairs = [("abcdefg", "abcdefg"), ("abcdefg", "abcdxxx"), ("abc", "abc")]
    found = mean_ngram_share(pairs)
    assert found.of == {4: 2, 5: 2, 6: 2}
    assert found.by_size == pytest.approx({4: (1 + 1 / 4) / 2, 5: 0.5, 6: 0.5})
    assert found.mean == pytest.approx((0.625 + 0.5 + 0.5) / 3)
    assert found.to_dict() == {
        "permille": 541.7,
        "by_size": {"4": 625.0, "5": 500.0, "6": 500.0},
        "of": {"4": 2, "5": 2, "6": 2},
    }


def test_of_nothing_there_is_no_share():
    found = mean_ngram_share([("ab", "ab")])
    assert found.mean is None
    assert found.to_dict()["permille"] is None
