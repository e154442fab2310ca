"""Words and stems of a sentence: Treebank tokens and Porter stems, each computed once.

The Treebank rules look no further than the blanks around a chunk of text, except at the ends of a
sentence. So a chunk is tokenized once for all sentences in whose middle it stands, by NLTK's own
rules, and once more for each end that it closes.
"""

import hashlib
import string
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import chain
from typing import TypeVar

from permille.align.porter import porter_stem
from permille.align.treebank import plain_tokens

_PUNCTUATION = frozenset(string.punctuation)
_FIRST, _LAST = " ", "  "
_REMEMBERED_CHARS = 64
_MEMO_LIMIT = 400_000

Word = tuple[int, int, int]
"""Identity, and half-open span in the sentence."""

Found = TypeVar("Found")


class Memo(dict[str, Found]):
    """Remembers what a function gave for short strings; forgets all when it grows too large.

    Args:
        compute: The function.
        limit: Strings that are remembered at most; None for 400,000.
    """

    def __init__(self, compute: Callable[[str], Found], limit: int | None = None) -> None:
        super().__init__()
        self._compute = compute
        self._limit = limit

    def __missing__(self, key: str) -> Found:
        found = self._compute(key)
        if len(key) <= _REMEMBERED_CHARS:
            if len(self) >= (self._limit or _MEMO_LIMIT):
                self.clear()
            self[key] = found
        return found


def identity(word: str) -> int:
    """Return 64 bits that stand for a word; the same in every process."""
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


class Lexicon:
    """Counts stems and lists words of lower-cased sentences.

    `written_stems` gives the identity of the stem of a word in any case.

    Chunks are remembered under the chunk itself, followed by one blank where it is the first of
    its sentence and by two where it is the last.
    """

    def __init__(self) -> None:
        self._stems = Memo(self._stem)
        self.written_stems = Memo(lambda word: self.stem(word.lower()))
        self._identities = Memo(identity)
        self._chunk_tokens = Memo(self._tokens)
        self._chunk_stems = Memo(self._stems_in)
        self._chunk_words = Memo(self._words_in)

    def stem(self, token: str) -> int:
        """Return the identity of a lower-cased word's stem; of a very long one, its own."""
        return self._stems[token] if len(token) <= _REMEMBERED_CHARS else identity(token)

    def bag(self, sentence: str) -> dict[int, int]:
        """Count a sentence's stems, in order of first occurrence."""
        return Counter(chain.from_iterable(map(self._chunk_stems.__getitem__, _keys(sentence))))

    def words(self, sentence: str) -> list[Word]:
        """List a sentence's words, which are its tokens that are not all ASCII punctuation."""
        found: list[Word] = []
        at = 0
        for key in _keys(sentence):
            for word, start, end in self._chunk_words[key]:
                found.append((word, at + start, at + end))
            at += len(key.rstrip(" ")) + 1
        return found

    def _stems_in(self, key: str) -> tuple[int, ...]:
        """Return the stems of a chunk's tokens that are long enough."""
        return tuple(
            self._stems[token]
            for token in self._chunk_tokens[key]
            if len(token) > 2 and token[0].isalnum()
        )

    def _words_in(self, key: str) -> tuple[Word, ...]:
        """Return a chunk's words with their spans in it."""
        piece = key.rstrip(" ")
        words, at = [], 0
        for token in self._chunk_tokens[key]:
            if not _PUNCTUATION.issuperset(token):
                start = piece.index(token, at)
                at = start + len(token)
                words.append((self._identities[token], start, at))
        return tuple(words)

    def _tokens(self, key: str) -> list[str]:
        """Tokenize a chunk as it stands in its sentence, a word on each side that is no end."""
        piece = key.rstrip(" ")
        place = len(key) - len(piece)
        plain = plain_tokens(piece, is_last=place >= len(_LAST))
        if plain is not None:
            return plain
        before, after = place in (0, len(_LAST)), place <= len(_FIRST)
        tokens = _tokenize()("x " * before + piece + " x" * after)
        return tokens[before : len(tokens) - after]

    def _stem(self, token: str) -> int:
        """Return the identity of a token's Porter stem."""
        return self._identities[porter_stem(token)]


@cache
def _tokenize() -> Callable[[str], list[str]]:
    """Return NLTK's rules; it takes seconds to load, and plain text never asks for it."""
    from nltk.tokenize.treebank import TreebankWordTokenizer

    tokenize: Callable[[str], list[str]] = TreebankWordTokenizer().tokenize
    return tokenize


def _keys(sentence: str) -> list[str]:
    """Cut a sentence at its blanks and mark its ends."""
    if sentence[-1:].isspace():
        # the rule for the final full stop reaches past the last blank, so nothing is cut
        return [sentence + _FIRST + _LAST]
    keys = sentence.split(" ")
    keys[0] += _FIRST
    keys[-1] += _LAST
    return keys
