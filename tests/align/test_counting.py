"""Words that two texts have in common, counted against the same written plainly."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.align.counting import (
    count_fullest,
    count_in_order,
    count_rare_matches,
    places_in_common,
)
from permille.align.decoding import places_of


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


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 7)), max_size=12),
    st.lists(st.integers(-1, 3), min_size=4, max_size=4),
    st.integers(0, 8),
)
def test_rare_words_count_whose_stem_the_other_text_has(words, matched, rare):
    index, level = (np.array([word[k] for word in words]) for k in (0, 1))
    found = count_rare_matches(
        index.astype(np.int32), level.astype(np.int8), np.array(matched, np.int32), rare
    )
    assert found == sum(own >= rare and matched[stem] >= 0 for stem, own in words)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=12),
    st.permutations([-1, -1, 0, 1, 2]),
    st.lists(st.integers(0, 2), max_size=15),
    st.integers(1, 4) | st.integers(1, 16),
)
def test_places_in_common_are_those_of_the_stems_that_count(words, matched, other, part):
    stems = np.array([stem for stem, _ in words], np.int32)
    is_held = np.array([held and matched[stem] >= 0 for stem, held in words], np.bool_)
    index = np.array(other, np.int32)
    places, owners = places_in_common(
        stems, is_held, np.array(matched, np.int32), *places_of(index, 3)
    )
    wanted = {matched[stem] for stem in stems[is_held].tolist()}
    expected = [(at, stem) for at, stem in enumerate(other) if stem in wanted]
    assert list(zip(places.tolist(), owners.tolist(), strict=True)) == expected
    fullest = max(len(wanted & set(other[at : at + part])) for at in range(len(other) + 1))
    assert count_fullest(places, owners, part) == fullest
