"""Which passages have nothing of their own, once words that many examples share are taken out."""

from array import array
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import repeat
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from permille.audit.word_hashes import WORD, Batch, Hashes, Indices, Wanted, WordHasher
from permille.core.records import Span
from permille.measure.word_runs import has_own_stretch

Key = TypeVar("Key", bound=Hashable)
Flags = npt.NDArray[np.bool_]

PHRASE_WORDS = 6
"""Words in a row that make a phrase. Five stand in many texts by chance, and eight are too many for
"for further information consult a cardiologist"."""
WAITING_PAIRS = 1_000_000
"""Phrases in examples that wait until they are counted."""


@dataclass(frozen=True, slots=True)
class WordsWithin:
    """The words of a text within a span.

    Attributes:
        extents: The half-open characters of each, cut where the span ends within a word.
        hashes: Of those that lie in the span whole, of shape (W,); they follow each other.
        first: Which of all is the first that lies in it whole.
    """

    extents: list[tuple[int, int]]
    hashes: Hashes
    first: int


def words_within(text: str, span: Span, hasher: WordHasher) -> WordsWithin:
    """Return the words of a text within a span; a run of characters may begin within a word."""
    found = [m.span() for m in WORD.finditer(text, span.start_char, span.end_char)]
    first, last = 0, len(found)
    if found and found[0][0] > 0 and WORD.match(text, found[0][0] - 1):
        first = 1
    if last > first and WORD.match(text, found[-1][1]):
        last -= 1
    whole = found[first:last]
    hashes = hasher.words(" ".join(text[start:end] for start, end in whole))
    if len(hashes) != len(whole):
        # a letter that is two in lower case can cut its word in two
        whole = [
            word for word in whole for _ in repeat(None, len(hasher.words(text[slice(*word)])))
        ]
    return WordsWithin([*found[:first], *whole, *found[last:]], hashes, first)


class BoilerplateFinder(Generic[Key]):
    """Finds the passages that consist of phrases of many examples and too little else.

    `note` is called with every passage, then `count` with every document, then `found`.

    Args:
        hasher: Hashes words.
        least_chars: Characters that a stretch of other words needs to be a case by itself.
        max_examples: A phrase of more examples is boilerplate.
    """

    def __init__(self, hasher: WordHasher, least_chars: int, max_examples: int) -> None:
        self._hasher = hasher
        self._least_chars = least_chars
        self._max_examples = max_examples
        self._noted: list[tuple[Key, int, int, int]] = []
        self._phrases = array("Q")
        self._extents = array("q")
        self._counter: PhraseCounter | None = None

    def note(self, key: Key, words: WordsWithin) -> None:
        """Note a passage under a name."""
        phrases = self._hasher.runs(words.hashes, PHRASE_WORDS)
        if not len(phrases):
            return
        self._phrases.frombytes(phrases.tobytes())
        for extent in words.extents:
            self._extents.extend(extent)
        self._noted.append((key, len(words.extents), words.first, len(phrases)))

    def count(self, batch: Batch) -> None:
        """Note which phrases stand in some documents."""
        if self._counter is None:
            self._counter = PhraseCounter(self._all_phrases(), self._hasher, self._max_examples)
        self._counter.count(batch)

    def found(self) -> set[Key]:
        """Return the names of the passages that are boilerplate."""
        if self._counter is None:
            return set()
        is_common = self._counter.is_common(self._all_phrases())
        extents = np.frombuffer(self._extents, dtype=np.int64).reshape(-1, 2)
        found = set()
        phrase = word = 0
        for key, num_words, first, num_phrases in self._noted:
            common = np.flatnonzero(is_common[phrase : phrase + num_phrases])
            if len(common):
                is_held = [False] * num_words
                for start in (common + first).tolist():
                    is_held[start : start + PHRASE_WORDS] = [True] * PHRASE_WORDS
                own = extents[word : word + num_words].tolist()
                if not has_own_stretch(own, is_held, self._least_chars):
                    found.add(key)
            phrase, word = phrase + num_phrases, word + num_words
        return found

    def _all_phrases(self) -> Hashes:
        """Return the hashes of the phrases of every passage, one behind the other."""
        return np.frombuffer(self._phrases, dtype=np.uint64)


class PhraseCounter:
    """Tells the phrases that stand in more than so many examples.

    Args:
        phrases: Hashes of runs of `PHRASE_WORDS` words; the others of a document do not count.
        hasher: That which made them.
        max_examples: Examples are counted up to here.
    """

    def __init__(self, phrases: Hashes, hasher: WordHasher, max_examples: int) -> None:
        self._hasher = hasher
        self._max_examples = max_examples
        self._phrases = np.unique(phrases)
        self._wanted = Wanted(self._phrases)
        self._is_common = np.zeros(len(self._phrases), dtype=np.bool_)
        self._numbers: dict[str, int] = {}
        self._pairs: Indices = np.zeros(0, dtype=np.int64)
        """Place of a phrase times 2**32 plus the number of an example, each pair once."""
        self._waiting: list[Indices] = []
        self._num_waiting = 0

    def count(self, batch: Batch) -> None:
        """Note which phrases stand in some documents."""
        runs = self._hasher.runs(batch.words, PHRASE_WORDS)
        if not len(self._phrases) or not len(runs):
            return
        starts, places = self._wanted.among(runs)
        owners = np.searchsorted(batch.ends, starts, side="right")
        counts = (starts + PHRASE_WORDS <= batch.ends[owners]) & ~self._is_common[places]
        numbers = [self._numbers.setdefault(name, len(self._numbers)) for name in batch.examples]
        examples = np.array(numbers, dtype=np.int64)[owners[counts]]
        self._waiting.append(np.unique((places[counts] << 32) | examples))
        self._num_waiting += len(self._waiting[-1])
        if self._num_waiting >= max(WAITING_PAIRS, len(self._pairs)):
            self._merge()

    def is_common(self, phrases: Hashes) -> Flags:
        """Return of phrases that are looked for whether each stands in too many examples."""
        self._merge()
        return np.asarray(self._is_common[np.searchsorted(self._phrases, phrases)])

    def _merge(self) -> None:
        """Count what waits; of a phrase that stands in enough examples nothing is kept."""
        pairs = np.unique(np.concatenate([self._pairs, *self._waiting]))
        places, counts = np.unique(pairs >> 32, return_counts=True)
        self._is_common[places[counts > self._max_examples]] = True
        self._pairs = pairs[~self._is_common[pairs >> 32]]
        self._waiting, self._num_waiting = [], 0
