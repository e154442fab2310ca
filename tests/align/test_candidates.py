"""What is measured of refined cases, and which of them are kept; against plain versions."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.align.candidates import MEASURES, Judged, beside_runs, best_apart, measure, refined
from permille.align.evidence import SUPPORT_NAMES
from permille.align.refine import MOST_IN_ORDER, refine, support
from permille.align.weights import load_weights

from .made_pairs import worded

EVIDENCE = load_weights().evidence
TEXTS = st.lists(
    st.sampled_from(["the", "cat", "treaty", "zymurgy", "quinoa", "glyptodon"]),
    min_size=3,
    max_size=14,
).map(" ".join)


def drawn_blocks(data: st.DataObject, pair, most: int) -> list[tuple[int, ...]]:
    def block() -> tuple[int, ...]:
        ends: list[int] = []
        for text in pair.texts:
            ends.append(data.draw(st.integers(0, len(text) - 1)))
            ends.append(data.draw(st.integers(ends[-1] + 1, len(text))))
        return tuple(ends)

    return [block() for _ in range(data.draw(st.integers(0, most)))]


def words_between(block: tuple[int, ...], other: tuple[int, ...], side: int) -> int:
    """Count the words between the nearest two words of two cases on one side."""
    own, others = (range(one[2 * side], one[2 * side + 1]) for one in (block, other))
    return max(0, min(abs(i - k) for i in own for k in others) - 1)


def in_order(left: list[str], right: list[str]) -> int:
    """Count the longest common subsequence, place by place."""
    lengths = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            longest = max(lengths[i][j + 1], lengths[i + 1][j])
            lengths[i + 1][j + 1] = lengths[i][j] + 1 if one == other else longest
    return lengths[-1][-1]


def plain_measures(left: str, right: str, blocks: list, long_runs: list) -> list[dict]:
    """Measure cases one by one; the best one has the most evidence of both sides."""
    pair = worded(left, right)
    supports = [support(pair, block, EVIDENCE) for block in blocks]
    evidence = [values[0] + values[len(SUPPORT_NAMES)] for values in supports]
    best = blocks[evidence.index(max(evidence))] if blocks else None
    rows = []
    for block, values, own in zip(blocks, supports, evidence, strict=True):
        words = left.split()[block[0] : block[1]], right.split()[block[2] : block[3]]
        common = in_order(*words)
        gaps = [[words_between(block, run, side) for run in long_runs] for side in (0, 1)]
        rest = {
            "suspicious_in_order": common / len(words[0]),
            "source_in_order": common / len(words[1]),
            "length_ratio": abs(math.log((1 + len(words[0])) / (1 + len(words[1])))),
            "behind_best": max(evidence) - own,
            "is_best": float(block == best),
            "suspicious_words_to_best": math.log(1 + words_between(block, best, 0)),
            "source_words_to_best": math.log(1 + words_between(block, best, 1)),
            "long_run": float(len(long_runs) > 0),
            "suspicious_words_to_run": math.log(1 + min(gaps[0], default=0)),
            "source_words_to_run": math.log(1 + min(gaps[1], default=0)),
        }
        names = [f"{side}_{name}" for side in ("suspicious", "source") for name in SUPPORT_NAMES]
        rows.append(dict(zip(names, values, strict=True)) | rest)
    return rows


@settings(max_examples=150)
@given(TEXTS, TEXTS, st.data())
def test_each_measure_is_what_its_name_says(left, right, data):
    pair = worded(left, right)
    blocks, long_runs = drawn_blocks(data, pair, 4), drawn_blocks(data, pair, 2)
    found = measure(pair, blocks, long_runs, EVIDENCE)
    assert found.shape == (len(blocks), len(MEASURES))
    rows = [dict(zip(MEASURES, row, strict=True)) for row in found.tolist()]
    expected = plain_measures(left, right, blocks, long_runs)
    assert rows == [pytest.approx(row) for row in expected]


def test_of_a_long_case_only_the_first_words_are_held_in_order():
    words = [f"w{at}x" for at in range(MOST_IN_ORDER + 100)]
    pair = worded(" ".join(words), " ".join(words[:MOST_IN_ORDER] + ["no"] * 300))
    block = (0, len(words), 0, MOST_IN_ORDER + 300)
    row = dict(zip(MEASURES, measure(pair, [block], [], EVIDENCE)[0].tolist(), strict=True))
    assert (row["suspicious_in_order"], row["source_in_order"]) == (1, 1)


@given(TEXTS, TEXTS, st.data())
def test_cases_that_become_the_same_are_given_once_in_their_order(left, right, data):
    pair = worded(left, right)
    blocks = drawn_blocks(data, pair, 4)
    expected = []
    for block in blocks:
        moved = refine(pair, block, EVIDENCE)
        if moved not in expected:
            expected.append(moved)
    assert refined(pair, blocks, EVIDENCE) == expected


JUDGED = st.builds(
    lambda start, size, probability: Judged((start, start + size, 0, 9), probability),
    st.integers(0, 20),
    st.integers(1, 9),
    st.sampled_from([0.1, 0.2, 0.5, 0.8, 0.9]),
)


def mostly_same(one: Judged, other: Judged) -> bool:
    words = [set(range(*judged.block[:2])) for judged in (one, other)]
    return 2 * len(words[0] & words[1]) > min(map(len, words))


@given(st.lists(JUDGED, max_size=8))
def test_the_likelier_of_two_cases_that_are_mostly_the_same_is_kept(judged):
    kept = best_apart(judged)
    assert not any(mostly_same(one, other) for one in kept for other in kept if one is not other)
    # what is left out has a likelier one, or one as likely before it, in its place
    for at, one in enumerate(judged):
        before = [
            other
            for place, other in enumerate(judged)
            if (-other.probability, place) < (-one.probability, at)
        ]
        is_taken = any(
            other is rival for other in before for rival in kept if mostly_same(one, rival)
        )
        assert any(one is other for other in kept) != is_taken
    assert kept == sorted(kept, key=lambda one: -one.probability)


def test_cases_that_share_half_of_the_shorter_one_both_stay():
    first, half, more = (Judged((*ends, 0, 4), 0.9) for ends in ((0, 8), (6, 10), (5, 9)))
    assert best_apart([first, half]) == [first, half]
    assert best_apart([first, more]) == [first]


ENDS = st.tuples(st.integers(0, 12), st.integers(1, 12)).map(lambda at: (at[0], at[0] + at[1]))
BLOCKS = st.tuples(ENDS, ENDS).map(lambda sides: (*sides[0], *sides[1]))


@pytest.mark.parametrize(
    ("runs", "parts"),
    [
        ([], [(10, 40, 110, 150)]),
        ([(40, 60, 20, 40)], [(10, 40, 110, 150)]),
        ([(20, 30, 125, 135)], [(10, 20, 110, 125), (30, 40, 135, 150)]),
        ([(5, 15, 105, 115)], [(15, 40, 115, 150)]),
        ([(5, 45, 125, 165)], []),
        ([(10, 20, 110, 120), (30, 50, 130, 150)], [(20, 30, 120, 130)]),
        # its counterpart stands elsewhere, before the passage or behind it
        ([(20, 30, 0, 10)], [(30, 40, 110, 150)]),
        ([(20, 30, 300, 310)], [(10, 20, 110, 150)]),
    ],
    ids=["none", "apart", "within", "begins before", "all", "two", "earlier", "later"],
)
def test_a_case_is_cut_where_a_run_goes_through_it(runs, parts):
    assert beside_runs((10, 40, 110, 150), runs) == parts


@given(BLOCKS, st.lists(BLOCKS, max_size=4))
def test_parts_lie_in_the_case_and_in_no_run(block, runs):
    for part in beside_runs(block, runs):
        for side in (0, 2):
            assert block[side] <= part[side] < part[side + 1] <= block[side + 1]
        assert not any(set(range(*part[:2])) & set(range(*run[:2])) for run in runs)
