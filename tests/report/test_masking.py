"""Personal data is covered where rules find it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.report.masking import masked


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("mail ann.lee+x@mail.example.org now", "ann.lee+x@mail.example.org"),
        ("call +44 20 7946 0018 today", "+44 20 7946 0018"),
        ("born 12/04/1971.", "12/04/1971"),
        ("see https://example.org/a?b=c for more", "https://example.org/a?b=c"),
        ("asked Dr. Miller about it", "Miller"),
        ("my name is Ann, and", "Ann"),
        ("we met John Smith there", "John Smith"),
        ("lives at 12 Long Lane in", "12 Long Lane"),
        ("the code is AB12-CD34 here", "AB12-CD34"),
        ("follow @ann_lee there", "@ann_lee"),
    ],
)
def test_it_is_covered_and_its_surroundings_stay(text: str, gone: str) -> None:
    assert masked(text) == text.replace(gone, "█" * len(gone))


def test_plain_prose_stays() -> None:
    text = "Take two tablets in the morning, and see your doctor after 10 days."
    assert masked(text) == text


@given(st.text())
def test_the_length_stays(text: str) -> None:
    assert len(masked(text)) == len(text)


@pytest.mark.parametrize("part", ["a", "A-", "A'", "a-1b-", "1 ", "Ab ", "a@b", "a.", "1(", "-"])
def test_a_word_of_a_million_characters_is_read_in_seconds(part: str) -> None:
    text = part * (1_000_000 // len(part))
    begun = time.perf_counter()
    assert len(masked(text)) == len(text)
    assert time.perf_counter() - begun < 20
