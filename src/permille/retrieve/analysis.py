"""One analyzer for all engines: texts to terms, and queries to terms.

The terms are those of Lucene's standard analyzer (Unicode's word boundaries, lower case) on
nearly every text; emoji and other signs, which are terms to Lucene, are none here. Queries lose
their stop words as in the published caller, which takes NLTK's word tokens that are no English
stop words; its tokens are taken apart at contractions ("don't" is "do" and "n't"), so they must be
looked at before the analyzer sees them.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from typing import NamedTuple
from unicodedata import category

from permille.align.treebank import plain_tokens

ANALYZER = "words-4"
"""Part of every fingerprint; changes whenever a text would give other terms."""

MAX_TERM_CHARS = 255
"""Longer words are cut into pieces of this length, as the standard analyzer does."""

_REMEMBERED_CHUNKS = 200_000
_CLOSING = ".])}>\"'»”’"
_ZERO_WIDTH_SPACE = "\u200b"
_IDEOGRAPH = (
    "\u3005-\u3007\u3021-\u3029\u3041-\u3096\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U000323af"
)
_KATAKANA = "\u3031-\u3035\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9d"
_WITHOUT_BLANKS = "\u0e01-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u1000-\u103f\u1050-\u108f\u1780-\u17d3"
"""Thai, Lao, Burmese and Khmer, which set no blanks between words."""
_LETTER = rf"[^\W\d_{_IDEOGRAPH}{_KATAKANA}{_WITHOUT_BLANKS}]"
_JOINED = rf"(?:(?<={_LETTER})[:.'‘’·](?={_LETTER})|(?<=\d)[.,;'‘’](?=\d))"
_WORD = re.compile(rf"\w+(?:{_JOINED}\w+)*")


def terms_of(text: str) -> list[str]:
    """Return the terms of a text, in order, repeats included.

    Marks belong to the letter before them, and every ideograph is a term by itself.

    >>> terms_of("Don't pay $3,000.50 to U.N.'s J.-P.!")
    ["don't", 'pay', '3,000.50', 'to', 'u.n', 's', 'j', 'p']
    >>> terms_of("हिन्दी 漢字")
    ['हिन्दी', '漢', '字']
    """
    lowered = text.lower() if text.isascii() else _lowered(text)
    if lowered.isascii():
        terms = _WORD.findall(lowered)
    else:
        words = _patterns().word.findall(_patterns().no_word.sub(" ", lowered))
        terms = [term for word in words for term in _patterns().script.findall(word)]
    if "_" in lowered:
        terms = [term for term in terms if term.strip("_")]
    if any(len(term) > MAX_TERM_CHARS for term in terms):
        return [piece for term in terms for piece in _pieces(term)]
    return terms


def _lowered(text: str) -> str:
    """Lower each letter by itself, as Lucene does: Python makes two characters of one."""
    return text.replace("İ", "i").lower()


class _Patterns(NamedTuple):
    word: re.Pattern[str]
    no_word: re.Pattern[str]
    script: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    """Return the patterns of a word whose letters may carry marks, and of what is no word.

    The third takes such a word apart where its script changes to one that does not join others.
    To `re`, marks are no part of a word, and fractions and superscripts are.
    """
    by_kind: dict[str, list[str]] = defaultdict(list)
    for code in range(0x10000):
        by_kind[category(chr(code))].append(chr(code))
    marks = "".join(letter for kind in ("Mn", "Mc", "Me", "Cf") for letter in by_kind[kind])
    word = rf"\w[\w{marks}]*"
    others = f"{_IDEOGRAPH}{_KATAKANA}{_WITHOUT_BLANKS}_"
    alone = (f"(?:[{letters}][{marks}]*)+" for letters in (_KATAKANA, _WITHOUT_BLANKS))
    run = f"(?:{'|'.join(alone)}|[^{others}]+)"
    return _Patterns(
        re.compile(rf"{word}(?:{_JOINED}{word})*"),
        re.compile(f"[{''.join(by_kind['No'])}{_ZERO_WIDTH_SPACE}]"),
        re.compile(f"[{_IDEOGRAPH}][{marks}]*|_*{run}(?:_+{run})*_*|_+"),
    )


def query_terms(text: str) -> list[str]:
    """Return the terms of a text that are searched for: without stop words, repeats kept.

    A full stop at the end of a stop word does not save it: the published caller splits sentences
    first, which sets their last full stop apart.

    >>> query_terms("They don't know what it is. Mr. Smith's wife does.")
    ["n't", 'know', 'mr', 'smith', 's', 'wife']
    """
    chunks = text.split()
    # NLTK's rules look no further than the blanks around a chunk, but at the end of the text,
    # where marks may stand behind the last full stop
    end = len(chunks) - 1
    while end > 0 and not chunks[end].strip(_CLOSING):
        end -= 1
    inner = chain.from_iterable(map(_inner_terms, chunks[: max(0, end)]))
    return [*inner, *_terms_searched(" ".join(chunks[max(0, end) :]), is_last=True)]


@lru_cache(maxsize=_REMEMBERED_CHUNKS)
def _inner_terms(chunk: str) -> tuple[str, ...]:
    """Return the terms of what stands between two blanks inside a text."""
    return tuple(_terms_searched(chunk, is_last=False))


def _terms_searched(chunk: str, *, is_last: bool) -> list[str]:
    """Return the terms of a part of a text that has a word before it, and behind it or none."""
    tokens = _plain(chunk, is_last=is_last)
    if tokens is None:
        tokens = _tokenize()(f"x {chunk}")[1:] if is_last else _tokenize()(f"x {chunk} x")[1:-1]
    return terms_of(" ".join(token for token in tokens if not is_stop_word(token)))


def _plain(chunk: str, *, is_last: bool) -> list[str] | None:
    """Return what NLTK would say of a plain chunk, in a tenth of the time; None of another.

    Marks by themselves, which have no terms, are left out.
    """
    lowered = chunk.lower()
    # NLTK cuts "'ll" and "'LL" off, but not "'Ll"
    is_mixed = "'" in chunk and chunk[1:] != lowered[1:]
    return None if is_mixed or not chunk.isascii() else plain_tokens(lowered, is_last)


def is_stop_word(word: str) -> bool:
    """Tell whether a word, in any case and with a full stop or without, is left out."""
    return word.rstrip(".").lower() in english_stop_words()


@cache
def english_stop_words() -> frozenset[str]:
    """Return the 179 function words of the published caller, in lower case."""
    listed = files("permille.retrieve").joinpath("english_stop_words.txt")
    return frozenset(listed.read_text(encoding="utf-8").split())


@cache
def _tokenize() -> Callable[[str], list[str]]:
    """Return NLTK's rules; it takes seconds to load, and plain text seldom asks for it."""
    from nltk.tokenize import NLTKWordTokenizer

    tokenize: Callable[[str], list[str]] = NLTKWordTokenizer().tokenize
    return tokenize


def _pieces(term: str) -> Sequence[str]:
    return [term[at : at + MAX_TERM_CHARS] for at in range(0, len(term), MAX_TERM_CHARS)]
