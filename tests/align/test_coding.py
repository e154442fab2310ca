"""Codes of words and the best stretch, against the same written without any thought of speed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.align.counting import count_in_order
from permille.align.evidence import ABSENT, BESIDE, PRESENT, USED, best_stretch
from permille.align.rarity import load_rarity
from permille.align.refine import SOURCE, SUSPICIOUS, WordedPair
from permille.align.wording import word_by_word
from permille.align.words import Lexicon

LEXICON = Lexicon()


def worded(left: str, right: str) -> WordedPair:
    texts = [word_by_word(text, LEXICON.written_stems, load_rarity()) for text in (left, right)]
    return WordedPair.of(*texts)


def naive_codes(own, other, window, center, passage):
    own, other = own.split(), other.split()
    inside = range(*passage)
    codes, used = {}, {}
    # from the center outwards: the center, the next, the one before, ...
    order = sorted(
        range(*window), key=lambda i: (i - center, 0) if i >= center else (center - i - 1, 1)
    )
    for i in order:
        places = [p for p in inside if other[p] == own[i]]
        used[own[i]] = used.get(own[i], 0) + 1
        near = [k for k in range(max(window[0], i - 2), min(window[1], i + 3)) if k != i]
        beside = any(
            other[q] == own[k]
            for p in places
            for k in near
            for q in range(p - 3, p + 4)
            if q != p and q in inside
        )
        if not places:
            codes[i] = ABSENT
        elif used[own[i]] > len(places):
            codes[i] = USED
        else:
            codes[i] = BESIDE if beside else PRESENT
    return [codes[i] for i in range(*window)]


words = st.lists(st.sampled_from(["ka", "ke", "ki", "ko", "ku"]), min_size=1, max_size=12)


@settings(deadline=None)
@given(words, words, st.data())
def test_codes_are_those_of_looking_at_every_word(left, right, data):
    first = data.draw(st.integers(0, len(left) - 1))
    last = data.draw(st.integers(first + 1, len(left)))
    center = data.draw(st.integers(first, last))
    begin = data.draw(st.integers(0, len(right) - 1))
    end = data.draw(st.integers(begin + 1, len(right)))
    left_text, right_text = " ".join(left), " ".join(right)
    got = worded(left_text, right_text).codes(SUSPICIOUS, (first, last), center, (begin, end))
    expected = naive_codes(left_text, right_text, (first, last), center, (begin, end))
    assert got.tolist() == expected


def test_both_sides_are_coded_alike():
    pair = worded("ka ke ki zo", "zo ka ke ki")
    window = (0, 4)
    assert pair.codes(SUSPICIOUS, window, 2, window).tolist() == [3, 3, 3, 3]
    assert pair.codes(SOURCE, window, 2, window).tolist() == [3, 3, 3, 3]
    assert pair.codes(SOURCE, window, 2, (0, 3)).tolist() == [0, 3, 3, 3]


def naive_in_order(left, right):
    if not left or not right:
        return 0
    if left[-1] == right[-1]:
        return naive_in_order(left[:-1], right[:-1]) + 1
    return max(naive_in_order(left[:-1], right), naive_in_order(left, right[:-1]))


@settings(deadline=None)
@given(
    st.lists(st.integers(-1, 3), max_size=7),
    st.lists(st.integers(0, 3), max_size=7),
)
def test_words_in_order_are_those_of_the_longest_common_subsequence(left, right):
    got = count_in_order(np.array(left, np.int32), np.array(right, np.int32))
    assert got == naive_in_order(left, right)


def test_words_in_order_of_a_case_are_counted_inside_of_it():
    pair = worded("zo ka ke ki", "ki ka zu ke zo")
    assert pair.in_order((0, 4, 0, 5)) == 2
    assert pair.in_order((1, 2, 0, 1)) == 0


numbers = st.floats(-5, 5).map(lambda value: round(value, 2))


@settings(deadline=None)
@given(st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=12), st.data())
def test_the_best_stretch_is_the_best_of_all(rows, data):
    weights, opening, closing = (np.array(column) for column in zip(*rows, strict=True))
    opening, closing = np.append(opening, 0.5), np.append(closing, 0.5)
    least = data.draw(st.integers(1, len(weights)))
    most = data.draw(st.integers(least, len(weights)))

    def value(start: int, end: int) -> float:
        return weights[start:end].sum() + opening[start] + closing[end]

    start, end = best_stretch(weights, opening, closing, least, most)
    assert least <= end - start <= most
    best = max(
        value(s, e)
        for s in range(len(weights))
        for e in range(s + least, min(len(weights), s + most) + 1)
    )
    assert value(start, end) == pytest.approx(best)


def test_too_few_words_have_no_stretch():
    assert best_stretch(np.ones(3), np.zeros(4), np.zeros(4), 4, 10) == (0, 0)
