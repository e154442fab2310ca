"""A text word by word: spans, gaps, and how rare the words are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.align.rarity import load_rarity
from permille.align.wording import BREAKS, Wording, word_by_word
from permille.align.words import Lexicon

LEXICON = Lexicon()
BLANK, MARK, LINE, SENTENCE, PARAGRAPH, EDGE = range(BREAKS)


def wording(text: str) -> Wording:
    return word_by_word(text, LEXICON.written_stems, load_rarity())


@given(st.text())
def test_words_lie_in_the_text_in_order_and_hold_letters_or_digits_only(text):
    found = wording(text)
    reached = 0
    for start, end in zip(found.starts.tolist(), found.ends.tolist(), strict=True):
        assert reached <= start < end <= len(text)
        assert all(c.isalnum() or not c.isspace() for c in text[start:end])
        reached = end
    assert len(found.breaks) == len(found) + 1


@given(st.lists(st.sampled_from(["the", "house", "houses", "x"]), max_size=20))
def test_places_list_every_word_under_its_stem(words):
    found = wording(" ".join(words))
    for stem in range(len(found.stems)):
        places = found.places[found.offsets[stem] : found.offsets[stem + 1]].tolist()
        assert places == [at for at, own in enumerate(found.index.tolist()) if own == stem]


@pytest.mark.parametrize(
    ("gap", "kind"),
    [
        (" ", BLANK),
        (", ", MARK),
        ("-", MARK),
        (".", MARK),
        ("\n", LINE),
        (". ", SENTENCE),
        ('?" ', SENTENCE),
        ("。", SENTENCE),
        (".\n\n", PARAGRAPH),
    ],
)
def test_gaps_are_told_apart(gap, kind):
    assert wording(f"one{gap}two").breaks.tolist() == [EDGE, kind, EDGE]


def test_inflected_words_have_one_stem_and_a_long_one_its_own():
    found = wording("jump jumping jumps " + "a" * 10_000)
    assert len(set(found.index.tolist())) == 2


def test_a_span_takes_over_the_marks_that_adjoin_it():
    text = 'He said: "Never again!" Then he left.'
    found = wording(text)
    assert text[slice(*found.chars(2, 4, text))] == '"Never again!"'


def test_words_in_a_span_are_those_that_begin_in_it():
    text = "one two three"
    assert wording(text).words_in(4, len(text)) == (1, 3)
    # the second word begins at 4 and the third at 8: none begins from 5 to before 7
    assert wording(text).words_in(5, 7) == (2, 2)
