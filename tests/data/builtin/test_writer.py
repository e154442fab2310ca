"""Sentences with their slots filled."""

from random import Random

import pytest

from permille.data.builtin.lexicon import phrases, words
from permille.data.builtin.writer import Writer


def writer(seed: int = 0, **facts: str) -> Writer:
    return Writer(Random(seed), facts)


def test_a_slot_gets_a_word_of_its_kind() -> None:
    assert writer().fill("{noun}").lower() in words()["noun"]


def test_a_fact_stays_the_same() -> None:
    assert (
        writer(my_body="knee").fill("The {my_body} and the {my_body}.") == "The knee and the knee."
    )


def test_slots_of_one_kind_are_drawn_anew() -> None:
    filled = writer().fill("{noun} {noun} {noun} {noun} {noun} {noun}").lower().split()
    assert len(set(filled)) > 1


def test_a_capital_in_a_slot_asks_for_a_capital() -> None:
    assert writer().fill('on "{Noun}"').split('"')[1].istitle()


def test_a_sentence_begins_with_a_capital() -> None:
    assert writer().fill("{adverb} so").istitle() or writer().fill("{adverb} so")[0].isupper()


@pytest.mark.parametrize(
    ("word", "wanted"),
    [("oak", "an oak"), ("wall", "a wall"), ("union", "a union"), ("umbrella", "an umbrella")],
)
def test_the_article_goes_with_the_word(word: str, wanted: str) -> None:
    assert writer(my_thing=word).fill("by a {my_thing}") == f"By {wanted}"


def test_numbers_have_one_or_two_digits() -> None:
    numbers = {int(writer(seed).number()) for seed in range(300)}
    assert min(numbers) >= 2
    assert max(numbers) <= 97
    assert len(numbers) > 80


def test_names_are_many() -> None:
    assert len({writer(seed).person() for seed in range(2000)}) == 2000
    assert len({writer(seed).town() for seed in range(2000)}) > 1500


def test_sentences_of_one_use_are_different_ones() -> None:
    text = writer().sentences("dialogue.closing", len(phrases()["dialogue.closing"]))
    assert len(set(text.split(". "))) == len(phrases()["dialogue.closing"])


def test_no_slot_is_left_in_any_sentence() -> None:
    facts = {"my_side": "left", "my_body": "knee", "my_symptom": "ache"}
    for use, several in phrases().items():
        text = Writer(Random(0), facts).sentences(use, len(several))
        assert "{" not in text


def test_the_same_chance_writes_the_same() -> None:
    assert writer(3).sentences("news.detail", 4) == writer(3).sentences("news.detail", 4)
