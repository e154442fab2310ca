"""Ends and support of a case, against the same written with plain lists."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.align.evidence import BESIDE, RARE, SUPPORT_NAMES, USED
from permille.align.refine import (
    DEGREES,
    MARGIN_WORDS,
    MOST_IN_ORDER,
    ROUNDS,
    SOURCE,
    SUSPICIOUS,
    refine,
    support,
    view,
)
from permille.align.weights import load_weights

from .made_pairs import worded

EVIDENCE = load_weights().evidence
COMMON = ["the", "cat", "treaty", "zymurgy", "quinoa", "says", "and", "glyptodon"]

words = st.lists(st.sampled_from(COMMON), min_size=4, max_size=30)


def plain_view(pair, side, block, margin):
    """Return the first word, codes, levels, the share of rare words that match, the table."""
    first, last = block[2 * side : 2 * side + 2]
    passage = tuple(block[2 - 2 * side : 4 - 2 * side])
    begin = max(0, first - margin)
    window = (begin, min(len(pair.texts[side]), last + margin))
    codes = pair.codes(side, window, (first + last) // 2, passage).tolist()
    levels = pair.texts[side].level[slice(*window)].tolist()
    core = list(zip(codes, levels, strict=True))[first - begin : last - begin]
    rare = [code for code, level in core if level >= RARE]
    share = (sum(code > USED for code in rare) + 1) / (len(rare) + 2)
    return begin, codes, levels, share, sum(least < share for least in DEGREES)


def plain_refine(pair, block):
    for side in (SUSPICIOUS, SOURCE) * ROUNDS:
        begin, codes, levels, _, degree = plain_view(pair, side, block, MARGIN_WORDS)
        table = EVIDENCE.table[side, degree]
        weights = [table[level, code] for level, code in zip(levels, codes, strict=True)]
        kinds = pair.texts[side].breaks[begin:]
        opening, closing = EVIDENCE.breaks[side]
        stretches = [
            (sum(weights[s:e]) + opening[kinds[s]] + closing[kinds[e]], s, e)
            for e in range(1, len(weights) + 1)
            for s in range(e)
        ]
        best = max(value for value, _, _ in stretches)
        near = [(begin + s, begin + e) for value, s, e in stretches if value > best - 1e-9]
        if len(near) > 1:
            return None
        block = [*near[0], *block[2:]] if side == SUSPICIOUS else [*block[:2], *near[0]]
    return tuple(block)


def plain_support(pair, block):
    values = []
    for side in (SUSPICIOUS, SOURCE):
        begin, codes, levels, share, degree = plain_view(pair, side, block, 0)
        table = EVIDENCE.table[side, degree]
        weights = [table[level, code] for level, code in zip(levels, codes, strict=True)]
        stems = pair.texts[side].index[begin : begin + len(codes)].tolist()
        once = sum(weights[stems.index(stem)] for stem in set(stems))
        values += [math.log1p(max(0, sum(weights))), math.log1p(max(0, once))]
        values += [sum(weights) / len(codes), share, codes.count(BESIDE) / len(codes)]
        values.append(math.log(len(codes)))
    return values


@st.composite
def cases(draw):
    pair = worded(" ".join(draw(words)), ". ".join(draw(words)))
    block = []
    for text in pair.texts:
        first = draw(st.integers(0, len(text) - 1))
        block += [first, draw(st.integers(first + 1, len(text)))]
    return pair, tuple(block)


@settings(max_examples=150, deadline=None)
@given(cases())
def test_ends_move_to_the_stretch_that_trying_all_stretches_finds(case):
    pair, block = case
    expected = plain_refine(pair, block)
    if expected is not None:  # of stretches that are equally good any may be taken
        assert refine(pair, block, EVIDENCE) == expected


@settings(max_examples=150, deadline=None)
@given(cases())
def test_support_is_what_plain_sums_give(case):
    pair, block = case
    assert support(pair, block, EVIDENCE) == pytest.approx(plain_support(pair, block))
    assert len(support(pair, block, EVIDENCE)) == 2 * len(SUPPORT_NAMES)


def test_both_sides_are_coded_alike():
    pair = worded("ka ke ki zo", "zo ka ke ki")
    window = (0, 4)
    assert pair.codes(SUSPICIOUS, window, 2, window).tolist() == [3, 3, 3, 3]
    assert pair.codes(SOURCE, window, 2, window).tolist() == [3, 3, 3, 3]
    assert pair.codes(SOURCE, window, 2, (0, 3)).tolist() == [0, 3, 3, 3]


def test_words_in_order_of_a_case_are_counted_inside_of_it():
    pair = worded("zo ka ke ki", "ki ka zu ke zo")
    assert pair.in_order((0, 4, 0, 5)) == 2
    assert pair.in_order((1, 2, 0, 1)) == 0


def test_a_name_that_both_sides_repeat_is_one_coincidence():
    def measured(text: str) -> dict[str, float]:
        pair = worded(text, text)
        size = len(pair.texts[SUSPICIOUS])
        return dict(zip(SUPPORT_NAMES, support(pair, (0, size, 0, size), EVIDENCE), strict=False))

    once, often = measured("Alexian Xylothrix"), measured("Alexian Xylothrix " * 9)
    assert often["evidence"] > once["evidence"] + 1
    assert often["evidence_of_stems"] < once["evidence_of_stems"] + 0.3


@settings(max_examples=100, deadline=None)
@given(cases(), st.sampled_from([SUSPICIOUS, SOURCE]))
def test_a_view_holds_the_codes_and_levels_of_a_case_and_of_all_words_near(case, side):
    pair, block = case
    begin, codes, levels, _, degree = plain_view(pair, side, block, MARGIN_WORDS)
    found = view(pair, side, block)
    assert (found.first, found.degree) == (begin, degree)
    assert (found.codes.tolist(), found.levels.tolist()) == (codes, levels)


def test_a_view_reaches_130_words_beyond_either_end():
    pair = worded("the treaty zymurgy cat " * 100, "the cat " * 200)
    found = view(pair, SUSPICIOUS, (151, 160, 0, 9))
    assert (found.first, len(found.codes)) == (21, 269)
    assert found.levels.tolist() == pair.texts[SUSPICIOUS].level.tolist()[21:290]
    found = view(pair, SOURCE, (0, 9, 5, 390))
    assert (found.first, len(found.codes)) == (0, 400)


def longest_in_order(left: list[int], right: list[int]) -> int:
    row = [0] * (len(right) + 1)
    for stem in left:
        new = [0]
        for j, other in enumerate(right):
            new.append(row[j] + 1 if stem == other else max(row[j + 1], new[j]))
        row = new
    return row[-1]


@given(cases())
def test_words_in_order_are_those_of_the_longest_common_subsequence_of_both_sides(case):
    pair, block = case
    left, right = (
        text.stems[text.index[slice(*ends)]].tolist()
        for text, ends in zip(pair.texts, (block[:2], block[2:]), strict=True)
    )
    assert pair.in_order(block) == longest_in_order(left, right)


def test_of_a_long_case_only_the_first_600_words_are_counted_in_order():
    words = [f"w{at}x" for at in range(MOST_IN_ORDER + 50)]
    pair = worded(" ".join(words), " ".join(words))
    assert MOST_IN_ORDER == 600
    assert pair.in_order((0, 650, 0, 650)) == 600
    assert pair.in_order((50, 650, 0, 650)) == 550
    assert pair.in_order((0, 599, 0, 650)) == 599
