"""A folded text is lower case with single blanks, and knows where each character stood."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.align.folding import fold


@pytest.mark.parametrize(
    ("text", "folded", "positions"),
    [
        ("", "", []),
        (" .,\n", "", []),
        ("A,  b!", "a b", [0, 1, 4]),
        ("  Été", "été", [2, 3, 4]),
    ],
)
def test_marks_between_words_become_one_blank(text: str, folded: str, positions: list[int]) -> None:
    found = fold(text)
    assert "".join(map(chr, found.codes)) == folded
    assert found.positions.tolist() == positions


@given(st.text(alphabet=st.sampled_from("aB1 .\n-é漢€\u0301\ud800") | st.characters(), max_size=40))
def test_folding_is_that_of_one_character_after_the_other(
    folded_plainly: Callable[[str], tuple[str, list[int]]], text: str
) -> None:
    found = fold(text)
    codes, positions = folded_plainly(text)
    assert found.codes.tolist() == [ord(character) for character in codes]
    assert found.positions.tolist() == positions
    assert found.codes.dtype == np.uint32
