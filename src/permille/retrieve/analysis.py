"""One analyzer for all engines: texts to terms, and queries to terms.

The terms are those of Lucene's standard analyzer (Unicode's word boundaries, lower case) on
nearly every text. Queries lose their stop words as in the published caller, which takes NLTK's
word tokens that are no English stop words; its tokens are taken apart at contractions ("don't"
is "do" and "n't"), so they must be looked at before the analyzer sees them.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from nltk.tokenize import NLTKWordTokenizer

ANALYZER = "words-1"
"""Part of every fingerprint; changes whenever a text would give other terms."""

MAX_TERM_CHARS = 255
"""Longer words are cut into pieces of this length, as the standard analyzer does."""

_WORD = re.compile(r"\w+(?:(?:(?<=[^\W\d_])[:.'’·](?=[^\W\d_])|(?<=\d)[.,;'’](?=\d))\w+)*")


def terms_of(text: str) -> list[str]:
    """Return the terms of a text, in order, repeats included.

    >>> terms_of("Don't pay $3,000.50 to U.N.'s J.-P.!")
    ["don't", 'pay', '3,000.50', 'to', 'u.n', 's', 'j', 'p']
    """
    terms = _WORD.findall(text.lower())
    if any(len(term) > MAX_TERM_CHARS for term in terms):
        return [piece for term in terms for piece in _pieces(term)]
    return terms


def query_terms(text: str) -> list[str]:
    """Return the terms of a text that are searched for: without stop words, repeats kept.

    A full stop at the end of a stop word does not save it: the published caller splits sentences
    first, which sets their last full stop apart.

    >>> query_terms("They don't know what it is. Mr. Smith's wife does.")
    ["n't", 'know', 'mr', 'smith', 's', 'wife']
    """
    kept = [word for word in _tokenizer().tokenize(text) if not is_stop_word(word)]
    return terms_of(" ".join(kept))


def is_stop_word(word: str) -> bool:
    """Tell whether a word, in any case and with a full stop or without, is left out."""
    return word.rstrip(".").lower() in english_stop_words()


@cache
def english_stop_words() -> frozenset[str]:
    """Return the 179 function words of the published caller, in lower case."""
    listed = files("permille.retrieve").joinpath("english_stop_words.txt")
    return frozenset(listed.read_text(encoding="utf-8").split())


@cache
def _tokenizer() -> NLTKWordTokenizer:
    return NLTKWordTokenizer()


def _pieces(term: str) -> Sequence[str]:
    return [term[at : at + MAX_TERM_CHARS] for at in range(0, len(term), MAX_TERM_CHARS)]
