"""Random strings of a known space."""

from collections import Counter
from random import Random

import pytest

from permille.data.canaries import NUM_WORDS, copies, draw_secret, make_canaries, space_bits


def test_strings_are_inserted_once_10_and_100_times_in_turn() -> None:
    canaries = make_canaries("dialogue", 4, seed=0)
    assert [canary.times for canary in canaries] == [1, 10, 100, 1]
    inserted = Counter(example.target for example in copies(canaries))
    assert [inserted[canary.example.target] for canary in canaries] == [1, 10, 100, 1]


def test_copies_differ_in_their_ids_alone() -> None:
    made = copies(make_canaries("qa", 2, seed=0))
    assert len({example.id for example in made}) == 11
    assert len({(example.input, example.target, example.task) for example in made}) == 2


def test_a_string_is_always_long_enough_to_be_found() -> None:
    lengths = [len(draw_secret(Random(seed))) for seed in range(500)]
    assert min(lengths) > 50


def test_strings_are_drawn_by_the_seed() -> None:
    one, same, other = (make_canaries("qa", 3, seed) for seed in (0, 0, 1))
    assert one == same
    assert {c.example.target for c in one}.isdisjoint(c.example.target for c in other)


def test_the_space_is_what_the_words_give() -> None:
    drawn = {word for seed in range(3000) for word in draw_secret(Random(seed)).split()}
    assert space_bits() == pytest.approx(NUM_WORDS * 9.3, abs=2)
    assert 2 ** (space_bits() / NUM_WORDS) == pytest.approx(len(drawn))


def test_no_canaries_are_made_where_none_are_asked_for() -> None:
    assert make_canaries("qa", 0, seed=0) == []
