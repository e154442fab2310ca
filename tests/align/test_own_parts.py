"""What a run has of its own, by hand and against sets of examples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.align.own_parts import own_parts, word_table

LEAST = 3


def measured(spans, longest, holders, copied, is_word, most=100) -> list[list[int]]:
    """Call the compiled code with examples one behind the other."""
    ends = np.cumsum([len(examples) for examples in holders])
    held = np.stack([ends - [len(examples) for examples in holders], ends], axis=1)
    return own_parts(
        np.array(spans, np.int64),
        np.array(longest, np.int64),
        held.astype(np.int64),
        np.array([name for examples in holders for name in examples], np.int64),
        np.array(copied, np.int64).reshape(-1, 2),
        np.array(is_word, np.bool_),
        LEAST,
        most,
        np.zeros(10, np.int64),
    ).tolist()


@pytest.mark.parametrize(
    ("copied", "most", "expected"),
    [
        # the two codes that example 0 has alone are too few to be the rarest three
        ([], 100, [10, 9, 3, 2]),
        ([(10, 13)], 100, [7, 6, 3, 0]),
        # an overlap of fewer codes than a run has is no copy
        ([(5, 12)], 100, [10, 9, 3, 2]),
        ([(10, 18)], 100, [2, 1, 0, 0]),
        ([], 2, [10, 9, 2, 2]),
    ],
    ids=["alone", "copied", "too short", "nearly all copied", "up to a limit"],
)
def test_a_run_is_measured_by_hand(copied, most, expected):
    is_word = [True] * 9 + [False]
    spans, holders = [(10, 20), (12, 20)], [[0], [1, 2]]
    assert measured(spans, [0], holders, copied, is_word, most) == [expected]


SPANS = st.tuples(st.integers(0, 12), st.integers(LEAST, 9)).map(lambda at: (at[0], at[0] + at[1]))


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(SPANS, st.sets(st.integers(0, 9), min_size=1), min_size=1, max_size=6),
    st.lists(SPANS, max_size=3),
)
def test_each_code_stands_in_the_examples_of_the_parts_around_it(held, copied):
    spans = sorted(held)
    start, end = longest = max(spans, key=lambda span: span[1] - span[0])
    around: list[set[int]] = [set() for _ in range(start, end)]
    is_own = [True] * (end - start)
    for part, examples in [*held.items(), *((one, None) for one in copied)]:
        shared = range(max(part[0], start), min(part[1], end))
        for code in shared if len(shared) >= LEAST else ():
            if examples is None:
                is_own[code - start] = False
            else:
                around[code - start] |= examples
    counts = sorted(len(one) for one, own in zip(around, is_own, strict=True) if own)
    origin, last = spans[0][0], max(stop for _, stop in spans)
    ((_, words, rarest, _),) = measured(
        spans,
        [spans.index(longest)],
        [sorted(held[span]) for span in spans],
        sorted(copied),
        [True] * (last - origin),
    )
    assert words == len(counts)
    assert rarest == (counts[LEAST - 1] if len(counts) >= LEAST else 0)


def test_a_text_without_runs_has_nothing_to_measure():
    assert measured([(0, 5)], [], [[0]], [], [True] * 5) == []


def test_letters_and_digits_of_every_script_are_words_and_signs_are_not():
    table = word_table()
    assert len(table) == 0x110000
    assert all(table[ord(letter)] for letter in "aZ9éж漢ש")
    assert not any(table[ord(sign)] for sign in " -_.,\n\0😀")
