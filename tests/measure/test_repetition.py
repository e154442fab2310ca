"""Degenerate outputs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.measure.repetition import is_degenerate


@pytest.mark.parametrize(
    ("text", "degenerate"),
    [
        pytest.param("I am not. " * 10, True, id="ten times"),
        pytest.param("I am not. " * 9, False, id="nine times"),
        pytest.param("no " * 12, True, id="twelve of one word"),
        pytest.param("no " * 11, False, id="eleven of one word"),
        pytest.param("The end, the END; the end: " * 4, True, id="case and punctuation"),
        pytest.param("", False, id="empty"),
        pytest.param(" ".join(map(str, range(500))), False, id="long and varied"),
    ],
)
def test_ten_of_one_sequence_of_three_words_is_degenerate(text, degenerate):
    assert is_degenerate(text) is degenerate


@given(st.lists(st.sampled_from(["a", "b"]), max_size=60), st.integers(1, 4), st.integers(2, 12))
def test_it_equals_counting_by_hand(spoken, num_words, min_times):
    runs = [tuple(spoken[i : i + num_words]) for i in range(len(spoken) - num_words + 1)]
    expected = any(runs.count(run) >= min_times for run in runs)
    assert is_degenerate(" ".join(spoken), num_words=num_words, min_times=min_times) is expected


@given(st.text(max_size=200))
def test_more_of_the_same_stays_degenerate(text):
    assert is_degenerate((text + " x y z ") * 10)
