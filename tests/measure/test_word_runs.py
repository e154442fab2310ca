"""Runs of words that two texts have in common."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.measure.word_runs import WORD, WordRuns, has_own_stretch

texts = st.text(alphabet="ab .", max_size=24)


def naive(text: str, other: str, num_words: int) -> list[bool]:
    """Say of each word whether some run over it stands in the other text, by trying each."""
    words, theirs = WORD.findall(text), WORD.findall(other)
    there = [theirs[i : i + num_words] for i in range(len(theirs) - num_words + 1)]
    return [
        any(
            words[start : start + num_words] in there
            for start in range(max(0, place - num_words + 1), place + 1)
            if start + num_words <= len(words)
        )
        for place in range(len(words))
    ]


@given(texts, texts, st.integers(1, 3))
def test_it_agrees_with_trying_every_run(text: str, other: str, num_words: int) -> None:
    assert WordRuns(other, num_words).held(WORD.findall(text)) == naive(text, other, num_words)


@given(texts, texts)
def test_spans_hold_the_words_that_are_held_and_no_others(text: str, other: str) -> None:
    runs = WordRuns(other, 2)
    held = runs.held(WORD.findall(text))
    inside = [
        any(start <= word.start() and word.end() <= end for start, end in runs.spans(text))
        for word in WORD.finditer(text)
    ]
    assert inside == held


def test_a_missing_text_has_no_run() -> None:
    assert WordRuns(None, 1).spans("a b") == []


@pytest.mark.parametrize(
    ("is_held", "least_chars", "expected"),
    [
        pytest.param([False, False, False], 12, True, id="all its own"),
        pytest.param([False, False, False], 13, False, id="too short"),
        pytest.param([False, True, False], 5, False, id="both sides are not added up"),
        pytest.param([True, False, False], 8, True, id="the end"),
        pytest.param([True, True, True], 1, False, id="nothing of its own"),
        pytest.param([], 0, False, id="no words"),
    ],
)
def test_a_stretch_of_words_that_are_not_held_has_to_be_long_enough(is_held, least_chars, expected):
    extents = [(0, 3), (4, 7), (8, 12)][: len(is_held)]
    assert has_own_stretch(extents, is_held, least_chars) is expected
