"""Lexical features of a sentence pair."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.judge.features import FEATURE_NAMES, features, lcs_length, profile

letters = st.text("abc ", max_size=14)
sentences = st.text("abN1 5.'’nt", max_size=40) | st.text(max_size=30)


def named(first: str, second: str) -> dict[str, float]:
    return dict(zip(FEATURE_NAMES, features(profile(first), profile(second)), strict=True))


def slow_lcs(first: str, second: str) -> int:
    rows = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            rows[i + 1][j + 1] = rows[i][j] + 1 if a == b else max(rows[i][j + 1], rows[i + 1][j])
    return rows[-1][-1]


@given(letters, letters)
def test_the_longest_common_subsequence_equals_its_table(first, second):
    assert lcs_length(first, second) == slow_lcs(first, second)


@settings(deadline=None)
@given(sentences, sentences)
def test_features_are_finite_symmetric_and_named(first, second):
    values = features(profile(first), profile(second))
    assert len(values) == len(FEATURE_NAMES) == len(set(FEATURE_NAMES))
    assert all(math.isfinite(value) for value in values)
    assert values == features(profile(second), profile(first))


@settings(deadline=None)
@given(sentences)
def test_with_itself_nothing_is_left_and_nothing_differs(sentence):
    found = named(sentence, sentence)
    left = [found[name] for name in FEATURE_NAMES if "_left_" in name]
    assert left == [0] * 6
    assert found["negated_differs"] == 0
    assert found["content_nested"] == found["numbers_nested"] == found["names_nested"] == 1


def test_low_is_of_the_larger_sentence_and_high_of_the_smaller():
    found = named("The dogs bark.", "The dogs bark loudly today, he said.")
    assert found["stem_1grams_low"] == pytest.approx(3 / 7)
    assert found["stem_1grams_high"] == 1
    assert found["stem_lcs_low"] == pytest.approx(3 / 7)
    assert (found["words_low"], found["words_high"]) == (3, 7)


def test_inflections_of_a_word_are_one_stem_and_function_words_no_content():
    found = named("He was walking to the shops", "She walks to a shop")
    assert (found["content_shared"], found["content_left_high"]) == (2, 0)


@pytest.mark.parametrize(
    ("first", "second", "feature", "value"),
    [
        pytest.param("It cost $1,300.50.", "It cost 1,300.50", "numbers_shared", 1, id="number"),
        pytest.param("It cost 3.", "It cost 4.", "numbers_left_low", 1, id="other number"),
        pytest.param("Paid 3 of 4.", "Paid 3.", "numbers_nested", 1, id="fewer numbers"),
        pytest.param("Paid all.", "Paid it.", "numbers_none", 1, id="no numbers"),
        pytest.param("In Rome, Ann ate.", "Today Ann ate.", "names_shared", 1, id="name"),
        pytest.param("We met Ann.", "We met Bob.", "names_left_low", 1, id="other name"),
        pytest.param("It isn't so.", "It is so.", "negated_differs", 1, id="negation"),
        pytest.param("I isn’t so.", "It is not so.", "negated_differs", 0, id="both negated"),
        pytest.param("Go now.", "Going now!", "same_first", 1, id="same first stem"),
        pytest.param("Go now.", "Go there.", "same_last", 0, id="other last stem"),
    ],
)
def test_what_a_feature_sees(first, second, feature, value):
    assert named(first, second)[feature] == value
