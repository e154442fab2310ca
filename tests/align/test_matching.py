"""Stems that two texts have in common."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from permille.align.matching import match_both, match_stems

STEM_SETS = st.frozensets(st.integers(-4, 7), max_size=9).map(sorted)


def array(stems: list[int]) -> np.ndarray:
    return np.array(stems, np.int64)


def test_stems_are_matched_by_their_places() -> None:
    left, right = array([-5, 2, 3, 9]), array([-7, -5, 3, 4, 9, 12])
    assert match_stems(left, right).tolist() == [-1, 0, 2, -1, 3, -1]
    assert [found.tolist() for found in match_both(left, right)] == [
        [1, -1, 2, 4],
        [-1, 0, 2, -1, 3, -1],
    ]


@given(STEM_SETS, STEM_SETS)
def test_either_side_knows_the_place_of_each_common_stem(left: list[int], right: list[int]) -> None:
    to_right, to_left = (found.tolist() for found in match_both(array(left), array(right)))
    assert to_right == [right.index(stem) if stem in right else -1 for stem in left]
    assert to_left == [left.index(stem) if stem in left else -1 for stem in right]
    assert match_stems(array(left), array(right)).tolist() == to_left
