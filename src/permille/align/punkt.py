"""Sentence spans by NLTK's Punkt, to the letter, with its decisions remembered.

Punkt looks at every full stop, question and exclamation mark that white space or punctuation
follows, and decides from the word before it and the token after it. The decision hangs on that
context alone, so one decision is computed per distinct context, and none where the word before
is plain: letters only, no known abbreviation, no initial, in no collocation.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from permille.core.errors import SettingsError

_CONTEXT_LIMIT = 200_000
_CLOSING = re.compile(r'["\')\]}]+?(?:\s+|(?=--)|$)', re.MULTILINE)
_CANDIDATE = re.compile(
    r"[.?!](?=(?P<punctuation>[)\";}\]*:@'({\[?!])|(?P<space>\s+)(?P<next>\S+))"
)
_OTHER_SPACE = re.compile(r"[\t\n\r\x0b\x0c]")
_ASCII_SPACE = " \t\n\r\x0b\x0c"


class Punkt:
    """Splits English text into sentences with parameters read from NLTK's data path.

    Raises:
        SettingsError: If NLTK's `punkt_tab` is not found.
    """

    def __init__(self) -> None:
        from nltk.tokenize.punkt import PunktTokenizer

        try:
            self._slow = PunktTokenizer("english")
        except LookupError as error:
            raise SettingsError(
                "the published rules (align=paper, align=pan) need NLTK's punkt_tab, which is not"
                " in NLTK_DATA or another of its folders; get it with: python -m nltk.downloader"
                " punkt_tab"
            ) from error
        parameters = self._slow._params
        self._special = frozenset(parameters.abbrev_types) | {
            first for first, _ in parameters.collocations
        }
        self._decisions: dict[str, bool] = {}

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return the half-open spans of the text's sentences."""
        return list(_realigned(text, list(self._slices(text))))

    def _slices(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the sentences before closing quotes and brackets are moved to them."""
        start = 0
        for match, word_start in _candidates(text):
            if self._breaks(text, match, word_start):
                yield start, match.end()
                start = match.start("next") if match.group("next") else match.end()
        yield start, len(text.rstrip())

    def _breaks(self, text: str, match: re.Match[str], word_start: int) -> bool:
        """Decide whether a sentence ends at the match."""
        word = text[word_start : match.start()]
        following = match.group("next")
        plain_follows = following is None or following.isalnum()
        if plain_follows and len(word) > 1 and word.isalpha() and self._is_plain(word):
            return True
        context = text[word_start : match.end()] + (
            match.group("punctuation") or match.group("space") + following
        )
        known = self._decisions.get(context)
        if known is None:
            if len(self._decisions) >= _CONTEXT_LIMIT:
                self._decisions.clear()
            known = self._decisions[context] = self._slow.text_contains_sentbreak(context)
        return known

    def _is_plain(self, word: str) -> bool:
        """Tell whether a full stop after the word can only end a sentence."""
        return word.lower() not in self._special


@cache
def load_punkt() -> Punkt:
    """Return the one Punkt of this process.

    Raises:
        SettingsError: If NLTK's `punkt_tab` is not found.
    """
    return Punkt()


def _candidates(text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Yield the marks that may end a sentence, each with the start of the word before it.

    Of marks that share their word ("acting!!!") only the last is yielded.
    """
    spaces = _ASCII_SPACE if _OTHER_SPACE.search(text) else " "
    before: re.Match[str] | None = None
    word_start = word_end = 0
    for match in _CANDIDATE.finditer(text):
        mark = match.start()
        space = max(text.rfind(c, word_end, mark) for c in spaces)
        # a blank at the very start of the stretch counts as none in NLTK's search
        start = space + 1 if space > word_end else word_start
        if before is not None and word_end <= start:
            yield before, word_start
        before, word_start, word_end = match, start, mark
    if before is not None:
        yield before, word_start


def _realigned(text: str, slices: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Move closing quotes and brackets from a sentence's start to the one before."""
    moved = 0
    for (start, end), (next_start, next_end) in pairwise(slices):
        start += moved
        closing = _CLOSING.match(text[next_start:next_end])
        if closing:
            yield start, next_start + len(closing.group().rstrip())
            moved = closing.end()
        else:
            moved = 0
            if start < end:
                yield start, end
    start, end = slices[-1]
    if start + moved < end:
        yield start + moved, end
