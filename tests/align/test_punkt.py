"""Sentence spans are Punkt's own, and its absent data are told in one line."""

import nltk
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.tokenize.punkt import PunktTokenizer

from permille.align import AlignConfig, Aligner
from permille.align.punkt import Punkt, load_punkt
from permille.core.errors import SettingsError

PIECES = [
    "Mr. ",
    "word",
    "U.S. ",
    "e.g. ",
    "end. ",
    'said." ',
    "? ",
    "!! ",
    "(x.) ",
    "...",
    "\n",
    "3.5 ",
    "“",
    "” ",
    "A. ",
]


@pytest.fixture(scope="module")
def punkt(shared):
    """NLTK's own splitter."""
    return PunktTokenizer("english")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_spans_are_those_of_nltk(punkt, text):
    assert load_punkt().spans(text) == list(punkt.span_tokenize(text))


def test_absent_data_are_told_with_what_to_do(monkeypatch):
    monkeypatch.setattr(nltk.data, "path", [])
    with pytest.raises(SettingsError, match=r"python -m nltk\.downloader punkt_tab"):
        Punkt()


def test_the_default_needs_no_data(monkeypatch):
    monkeypatch.setattr(nltk.data, "path", [])
    text = "An exact copy of one sentence of more than fifty characters is found."
    assert Aligner(AlignConfig()).align(text, text).kind == "verbatim"
