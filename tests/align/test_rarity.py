"""How rare a word is: the table that comes with the package, and how it is read."""

from permille.align.evidence import RARE
from permille.align.rarity import LEVELS, load_rarity

from .made_pairs import worded


def test_function_words_are_common_and_names_are_rare():
    levels = worded("the of and Xylothrix doctor", "").texts[0].level.tolist()
    assert levels[0] <= 1
    assert levels[3] == LEVELS - 1 >= RARE


def test_the_rarity_table_ascends_and_holds_no_text():
    table = load_rarity()
    assert (table.hashes[1:] >= table.hashes[:-1]).all()
    assert set(table.levels.tolist()) == set(range(LEVELS - 1))
