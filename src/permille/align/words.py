"""Words and stems of a sentence: Treebank tokens and Porter stems, each computed once.

The Treebank rules look no further than the blanks around a chunk of text, except at the ends of a
sentence. So a chunk is tokenized once for all sentences in whose middle it stands, by NLTK's own
rules, and once more for each end that it closes.
"""

import hashlib
import string
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nltk.stem.porter import PorterStemmer
    from nltk.tokenize.treebank import TreebankWordTokenizer

_PUNCTUATION = frozenset(string.punctuation)
_MIDDLE, _FIRST, _LAST = 0, 1, 2
_REMEMBERED_CHARS = 64
_MEMO_LIMIT = 400_000

Word = tuple[int, int, int]
"""Identity, and half-open span in the chunk or sentence."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What stands between two blanks: its length with one blank, its stems and its words."""

    length: int
    stems: tuple[int, ...]
    words: tuple[Word, ...]


def identity(word: str) -> int:
    """Return 64 bits that stand for a word; the same in every process."""
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


@dataclass
class Lexicon:
    """Remembers chunks, stems and identities; forgets everything when it grows too large."""

    _middles: dict[str, Chunk] = field(default_factory=dict)
    _edges: dict[tuple[str, int], Chunk] = field(default_factory=dict)
    _stems: dict[str, int] = field(default_factory=dict)

    @cached_property
    def _tokenizer(self) -> "TreebankWordTokenizer":
        from nltk.tokenize.treebank import TreebankWordTokenizer

        return TreebankWordTokenizer()

    @cached_property
    def _stemmer(self) -> "PorterStemmer":
        from nltk.stem.porter import PorterStemmer

        return PorterStemmer()

    def chunks(self, sentence: str) -> list[Chunk]:
        """Return the chunks of a lower-cased sentence, one for each blank-delimited piece."""
        if sentence[-1:].isspace():
            # the rule for the final full stop would reach past the last blank
            return [self._compute(sentence, _FIRST | _LAST)]
        pieces = sentence.split(" ")
        middles = self._middles
        found = [middles.get(piece) or self._middle(piece) for piece in pieces[1:-1]]
        if len(pieces) == 1:
            return [self._edge(sentence, _FIRST | _LAST)]
        return [self._edge(pieces[0], _FIRST), *found, self._edge(pieces[-1], _LAST)]

    def _middle(self, piece: str) -> Chunk:
        """Look up or compute a chunk with blanks on both sides."""
        chunk = self._middles.get(piece)
        if chunk is None:
            chunk = self._compute(piece, _MIDDLE)
            if len(piece) <= _REMEMBERED_CHARS:
                self._make_room()
                self._middles[piece] = chunk
        return chunk

    def _edge(self, piece: str, place: int) -> Chunk:
        """Look up or compute a chunk at an end of a sentence; one all of letters is the same."""
        if piece.isalnum():
            return self._middle(piece)
        chunk = self._edges.get((piece, place))
        if chunk is None:
            chunk = self._compute(piece, place)
            if len(piece) <= _REMEMBERED_CHARS:
                self._make_room()
                self._edges[piece, place] = chunk
        return chunk

    def _compute(self, piece: str, place: int) -> Chunk:
        """Tokenize a chunk at its place in a sentence."""
        before, after = place & _FIRST == 0, place & _LAST == 0
        tokens = self._tokenizer.tokenize("x " * before + piece + " x" * after)
        stems, words, at = [], [], 0
        for token in tokens[before : len(tokens) - after]:
            if _PUNCTUATION.issuperset(token):
                continue
            start = piece.index(token, at)
            at = start + len(token)
            words.append((identity(token), start, at))
            if len(token) > 2 and token[0].isalnum():
                stems.append(self._stem(token))
        return Chunk(len(piece) + 1, tuple(stems), tuple(words))

    def _stem(self, token: str) -> int:
        """Return the identity of a token's stem."""
        stem = self._stems.get(token)
        if stem is None:
            stem = identity(self._stemmer.stem(token))
            if len(token) <= _REMEMBERED_CHARS:
                self._stems[token] = stem
        return stem

    def _make_room(self) -> None:
        """Forget everything when the limit is reached."""
        if len(self._middles) + len(self._edges) >= _MEMO_LIMIT:
            self._middles.clear()
            self._edges.clear()
            self._stems.clear()
