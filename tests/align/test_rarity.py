"""How rare a word is: the table that comes with the package, and how it is read."""

import json
from importlib.resources import files

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from permille.align.evidence import RARE
from permille.align.rarity import CUTS, FILE, LEVELS, Rarity, load_rarity, short_hash

from .made_pairs import LEXICON, worded

HASHES = st.integers(0, 2**32 - 1) | st.integers(0, 9)
STEMS = st.integers(-(2**63), 2**63 - 1) | st.integers(0, 9)


def stem_array(stems: list[int]) -> np.ndarray:
    return np.array(stems, np.int64)


def test_a_short_hash_is_the_lower_half_of_an_identity():
    found = short_hash(stem_array([5, 2**32 + 5, -1, -(2**63)]))
    assert found.dtype == np.uint32
    assert found.tolist() == [5, 5, 2**32 - 1, 0]


@given(st.dictionaries(HASHES, st.integers(0, LEVELS - 2), min_size=1), st.lists(STEMS))
def test_a_stem_that_the_table_has_not_is_as_rare_as_can_be(table, stems):
    hashes = sorted(table)
    rarity = Rarity(np.array(hashes, np.uint32), np.array([table[one] for one in hashes], np.int8))
    stems += [hashes[0], hashes[-1]]
    found = rarity.of(stem_array(stems))
    assert found.dtype == np.int8
    assert found.tolist() == [table.get(stem % 2**32, LEVELS - 1) for stem in stems]


def test_the_table_is_read_level_by_level_from_the_steps_between_its_hashes():
    steps = json.loads(files("permille.align").joinpath(FILE).read_text("utf-8"))["steps"]
    expected = []
    for level, own in enumerate(steps):
        reached = 0
        for step in own:
            reached += step
            expected.append((reached, level))
    table = load_rarity()
    assert list(zip(table.hashes.tolist(), table.levels.tolist(), strict=True)) == sorted(expected)
    assert len(steps) == len(CUTS)


def test_function_words_are_common_and_names_are_rare():
    levels = worded("the of and Xylothrix doctor", "").texts[0].level.tolist()
    assert levels[0] <= 1
    assert levels[3] == LEVELS - 1 >= RARE


def test_words_are_the_rarer_the_fewer_documents_hold_them():
    stems = stem_array([LEXICON.stem(word) for word in ("the", "doctor", "glyptodon")])
    common, known, unknown = load_rarity().of(stems).tolist()
    assert common < known < unknown


def test_the_rarity_table_ascends_and_holds_no_text():
    table = load_rarity()
    assert (table.hashes[1:] >= table.hashes[:-1]).all()
    assert set(table.levels.tolist()) == set(range(LEVELS - 1))
