"""Codes of words and the best stretch, against the same written without any thought of speed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.align.evidence import ABSENT, BESIDE, PRESENT, USED, best_stretch
from permille.align.refine import SUSPICIOUS

from .made_pairs import worded


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
