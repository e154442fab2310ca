"""Lexical features of a pair of English sentences: what they share, what is left, in which order.

The families are those found to tell paraphrases in newswire: n-gram overlap in the manner of BLEU
(Finch et al. 2005; Madnani et al. 2012), numbers and names (Das & Smith 2009), and longest common
subsequences, the complement of an edit distance (Dolan et al. 2004). All are symmetric.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nltk.stem.porter import PorterStemmer

FEATURES_VERSION = 1
"""Goes up whenever a feature changes its meaning; weights of another version are refused."""

_STEM_SIZES = (1, 2, 3)
_CONTENT_SIZES = (1, 2)
_CHAR_SIZES = (3, 5)

FEATURE_NAMES = (
    *(f"stem_{size}grams_{end}" for size in _STEM_SIZES for end in ("low", "high")),
    *(f"content_{size}grams_{end}" for size in _CONTENT_SIZES for end in ("low", "high")),
    *(f"char_{size}grams_{end}" for size in _CHAR_SIZES for end in ("low", "high")),
    *(f"{unit}_lcs_{end}" for unit in ("stem", "char") for end in ("low", "high")),
    *(
        f"{what}_{figure}"
        for what in ("content", "numbers", "names")
        for figure in ("shared", "left_low", "left_high", "nested")
    ),
    *("words_low", "words_high", "words_ratio"),
    *("same_first", "same_last", "negated_differs", "numbers_none"),
)
"""Names of the features, in order. Low is of the larger sentence, high of the smaller."""

_WORD = re.compile(r"\d+(?:[.,:]\d+)*|\w+(?:['’]\w+)*")
_FUNCTION_WORD_LIST = (
    "a an the of in on at to for from by with into about over after before and or but nor as than "
    "is are was were be been being am has have had having do does did will would can could may "
    "might shall should must that this these those there here it its he his him she her hers they "
    "them their we us our i me my you your who whom whose which what when where while if then so "
    "such also said says say"
)
_FUNCTION_WORDS = frozenset(_FUNCTION_WORD_LIST.split())
_NEGATION = re.compile(r"\b(?:no|not|never|none|neither|nor|without|cannot)\b|n['’]t\b")


@dataclass(frozen=True, slots=True)
class SentenceProfile:
    """What the features of any pair need of one sentence, so that it is worked out once.

    `text` is the lower-cased words joined by blanks; `ngrams` the sets of n-grams of stems, of
    content stems, and of characters, in the order of `FEATURE_NAMES`.
    """

    text: str
    stems: tuple[str, ...]
    content: frozenset[str]
    numbers: frozenset[str]
    names: frozenset[str]
    ngrams: tuple[frozenset[object], ...]
    negated: bool


@lru_cache(maxsize=1)
def _stemmer() -> PorterStemmer:
    return PorterStemmer()


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    return str(_stemmer().stem(word))


def profile(sentence: str) -> SentenceProfile:
    """Return what the features need of `sentence`."""
    spelled = _WORD.findall(sentence)
    words = [word.lower() for word in spelled]
    stems = tuple(map(_stem, words))
    content = [stem for stem, word in zip(stems, words, strict=True) if word not in _FUNCTION_WORDS]
    text = " ".join(words)
    return SentenceProfile(
        text=text,
        stems=stems,
        content=frozenset(content),
        numbers=frozenset(word for word in words if word[0].isdigit()),
        names=frozenset(word.lower() for word in spelled[1:] if word[0].isupper()),
        ngrams=(
            *_all_ngrams(stems, _STEM_SIZES),
            *_all_ngrams(content, _CONTENT_SIZES),
            *_all_ngrams(text, _CHAR_SIZES),
        ),
        negated=_NEGATION.search(text) is not None,
    )


def features(first: SentenceProfile, second: SentenceProfile) -> list[float]:
    """Return the features of a pair, in the order of `FEATURE_NAMES`."""
    values: list[float] = []
    for own, other in zip(first.ngrams, second.ngrams, strict=True):
        values += _shares(len(own & other), len(own), len(other))
    for units, others in ((first.stems, second.stems), (first.text, second.text)):
        values += _shares(lcs_length(units, others), len(units), len(others))
    values += _shared_and_left(first.content, second.content)
    values += _shared_and_left(first.numbers, second.numbers)
    values += _shared_and_left(first.names, second.names)
    low, high = sorted((len(first.stems), len(second.stems)))
    values += (low, high, low / max(1, high))
    values += (
        float(first.stems[:1] == second.stems[:1]),
        float(first.stems[-1:] == second.stems[-1:]),
        float(first.negated != second.negated),
        float(not (first.numbers or second.numbers)),
    )
    return values


def lcs_length(first: Sequence[str], second: Iterable[str]) -> int:
    """Return the length of the longest common subsequence.

    Bit-parallel: one big integer holds a row of the table (Hyyrö, "Bit-parallel LCS-length
    computation revisited", 2004).

    >>> lcs_length("abcde", "xbxdxe")
    3
    """
    positions: dict[str, int] = {}
    for position, item in enumerate(first):
        positions[item] = positions.get(item, 0) | 1 << position
    full = (1 << len(first)) - 1
    row = full
    for item in second:
        matches = row & positions.get(item, 0)
        row = ((row + matches) | (row - matches)) & full
    return len(first) - row.bit_count()


def _all_ngrams(items: Sequence[str], sizes: Sequence[int]) -> list[frozenset[object]]:
    """Return the distinct runs of each size."""
    return [
        frozenset(zip(*(items[start:] for start in range(size)), strict=False)) for size in sizes
    ]


def _shares(shared: int, size: int, other_size: int) -> tuple[float, float]:
    """Return `shared` as a share of the larger and of the smaller size; 0 of nothing."""
    low, high = sorted((size, other_size))
    return shared / max(1, high), shared / max(1, low)


def _shared_and_left(
    own: frozenset[str], other: frozenset[str]
) -> tuple[float, float, float, float]:
    """Return what both hold, what is left on the sides (low, high), whether one holds the other."""
    shared = len(own & other)
    low, high = sorted((len(own) - shared, len(other) - shared))
    return shared, low, high, float(low == 0)
