"""Copied stretches: which are kept, and what that costs."""

import sys
from types import FrameType

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from permille.align.copies import (
    Quad,
    common_stretches,
    copied_spans,
    mostly_inside,
    sorted_blocks,
)

quads = st.builds(
    lambda start, size, other: (start, start + size, other, other + size),
    st.integers(0, 60),
    st.integers(1, 30),
    st.integers(0, 20),
)


def chars_in(start: int, end: int, runs: list[Quad]) -> int:
    """Count the characters of a span that stand in a run, or in several."""
    return len(set(range(start, end)) & {at for run in runs for at in range(run[0], run[1])})


def kept_by_pairs(runs: list[Quad]) -> list[Quad]:
    """Keep runs as `copied_spans` does, by comparing each with every one that is kept."""
    kept: list[Quad] = []
    for run in sorted(runs, key=lambda run: (run[0] - run[1], run[0], run[2])):
        if 2 * chars_in(run[0], run[1], kept) <= run[1] - run[0]:
            kept.append(run)
    return sorted(kept)


@given(st.lists(quads, max_size=12))
def test_runs_mostly_inside_longer_ones_are_left_out(runs: list[Quad]) -> None:
    assert copied_spans(runs, 0) == kept_by_pairs(runs)


@given(st.lists(quads, max_size=8), st.lists(quads, max_size=8))
def test_spans_of_which_more_than_half_lies_in_runs_are_told(
    runs: list[Quad], others: list[Quad]
) -> None:
    spans = [(start, end) for start, end, *_ in others]
    wanted = {
        number
        for number, (start, end) in enumerate(spans)
        if 2 * chars_in(start, end, runs) > end - start
    }
    assert mostly_inside(spans, runs) == wanted


def test_what_stands_in_two_runs_counts_once() -> None:
    runs = [(0, 60, 0, 60), (30, 90, 100, 160)]
    assert mostly_inside([(0, 180)], runs) == set()
    assert mostly_inside([(0, 179)], runs) == {0}


def num_steps(num_runs: int) -> int:
    """Count the calls that it takes to keep so many runs, and to find the sentences in them."""
    runs = [(60 * i, 60 * i + 58, 0, 58) for i in range(num_runs)]
    sentences = [(60 * i, 60 * i + 59) for i in range(num_runs)]
    steps = 0

    def count(_frame: FrameType, _event: str, _argument: object) -> None:
        nonlocal steps
        steps += 1

    sys.setprofile(count)
    try:
        mostly_inside(sentences, copied_spans(runs, 50))
    finally:
        sys.setprofile(None)
    return steps


def test_twice_as_many_runs_take_twice_as_many_steps() -> None:
    assert num_steps(400) <= 2.1 * num_steps(200)


def maximal(left: list[int], right: list[int], least: int) -> set[tuple[int, int, int]]:
    """List the longest common stretches by looking from every pair of places."""
    found = set()
    for i in range(len(left)):
        for j in range(len(right)):
            if i and j and left[i - 1] == right[j - 1]:
                continue
            size = 0
            while max(i, j - len(right) + len(left)) + size < len(left):
                if left[i + size] != right[j + size]:
                    break
                size += 1
            if size >= least:
                found.add((i, j, size))
    return found


CODES = st.lists(st.integers(1, 2) | st.just(2**32 - 2), max_size=40)


@settings(max_examples=300)
@given(CODES, CODES, st.integers(1, 4))
@example([1, 2, 1, 1, 2, 2, 1], [1, 2, 1, 1, 1, 1, 1, 2, 2, 1], 2)
def test_every_longest_common_stretch_is_found_or_lies_in_one_that_is(left, right, width):
    least = 2 * width - 1
    codes = [np.array(side, np.uint32) for side in (left, right)]
    stretches = common_stretches(*codes, *sorted_blocks(codes[1], width), width, least)
    found = {tuple(stretch) for stretch in stretches.tolist()}
    expected = maximal(left, right, least)
    assert found <= expected
    for i, _, size in expected:
        assert any(one <= i and i + size <= one + length for one, _, length in found)
