"""Words and sentences, as they are kept."""

import re
from itertools import pairwise

import pytest

from permille.data.builtin.lexicon import past, phrases, words

DRAWN = {"do", "did", "number", "person", "town", "drug"}
SLOT = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("kind", sorted(words()))
def test_no_word_of_a_kind_comes_twice(kind: str) -> None:
    assert len(set(words()[kind])) == len(words()[kind])


@pytest.mark.parametrize(
    ("kind", "least"), [("noun", 512), ("adjective", 256), ("verb", 256), ("adverb", 64)]
)
def test_there_are_words_enough_that_few_of_them_tell_two_texts_apart(
    kind: str, least: int
) -> None:
    assert len(words()[kind]) >= least


def test_words_are_plain() -> None:
    assert all(word.isascii() and word.isalpha() for kind in words().values() for word in kind)


@pytest.mark.parametrize("use", sorted(phrases()))
def test_every_slot_has_words_to_fill_it(use: str) -> None:
    slots = {slot.lower() for phrase in phrases()[use] for slot in SLOT.findall(phrase)}
    own = {slot for slot in slots if slot.startswith("my_")}
    assert slots - own <= DRAWN | set(words())
    assert own <= {"my_side", "my_body", "my_symptom"}


@pytest.mark.parametrize("use", sorted(phrases()))
def test_no_stretch_of_a_sentence_is_the_same_in_all_texts_for_long(use: str) -> None:
    for phrase in phrases()[use]:
        fixed = SLOT.split(phrase)[::2]
        assert max(map(len, fixed)) <= 22, phrase
        assert all(len(one) + len(other) <= 32 for one, other in pairwise(fixed)), phrase


def test_sentences_of_a_use_differ() -> None:
    everything = [phrase for several in phrases().values() for phrase in several]
    assert len(set(everything)) == len(everything)


@pytest.mark.parametrize(
    ("verb", "wanted"),
    [("bake", "baked"), ("carry", "carried"), ("play", "played"), ("paint", "painted")],
)
def test_verbs_are_regular(verb: str, wanted: str) -> None:
    assert past(verb) == wanted


def test_no_verb_would_double_its_last_letter() -> None:
    doubled = re.compile(r"^[^aeiou]*[aeiou][bdgklmnprt]$")
    assert [verb for verb in words()["verb"] if doubled.match(verb)] == []
