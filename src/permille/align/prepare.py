"""A text prepared for matching: its sentences as bags of stems, and its words with their spans."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Protocol

import numpy as np

from permille.align.arrays import Floats, Ints, Longs
from permille.align.config import AlignConfig
from permille.align.punkt import load_punkt
from permille.align.rarity import load_rarity
from permille.align.sentences import RuleSplitter
from permille.align.wording import Wording, word_by_word
from permille.align.words import Lexicon

if TYPE_CHECKING:
    from permille.align.copies import Copyable

Spans = list[tuple[int, int]]
_LEAST_CHARS = 3
Bag = dict[int, int]
"""Counts of a sentence's stems, in order of first occurrence."""


class Splitter(Protocol):
    """Splits a text into sentences."""

    def spans(self, text: str) -> Spans:
        """Return the half-open spans of the text's sentences."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a stretch of text, with their spans in the whole text; all shapes (W,)."""

    ids: Longs
    starts: Ints
    ends: Ints

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Bags:
    """Sentences as counted stems: S sentences, U distinct stems, E entries, in sentence order.

    `stems` (U,) ascends; `df` (U,) is how many sentences hold a stem, if any. Sentence s has the
    entries `offsets[s]:offsets[s + 1]` (S + 1,), each an index into `stems` and a count, both (E,),
    under the published rules in the order in which the sentence first has them.
    """

    stems: Longs
    df: Ints
    offsets: Ints
    entry_stems: Ints
    entry_counts: Floats

    @classmethod
    def of(cls, sentences: Sequence[dict[int, int]]) -> "Bags":
        """Build the arrays from one dictionary of counts a sentence."""
        keys = [stem for sentence in sentences for stem in sentence]
        counts = [count for sentence in sentences for count in sentence.values()]
        entries = np.array(keys, dtype=np.int64)
        stems = np.array(sorted(set(keys)), dtype=np.int64)
        entry_stems = np.searchsorted(stems, entries)
        offsets = np.array([0, *accumulate(map(len, sentences))], dtype=np.int32)
        return cls(
            stems=stems,
            df=np.bincount(entry_stems, minlength=len(stems)).astype(np.int32),
            offsets=offsets,
            entry_stems=entry_stems.astype(np.int32),
            entry_counts=np.array(counts, dtype=np.float64),
        )

    def __len__(self) -> int:
        return len(self.offsets) - 1


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences that matching sees: spans, after short ones were annexed, and bags."""

    spans: Spans
    bags: Bags

    def chars(self, first: int, last: int) -> tuple[int, int]:
        """Return the span from the first sentence's start to the last one's end."""
        return self.spans[first][0], self.spans[last][1]


@dataclass
class PreparedText:
    """A text with what matching needs of it; reusable in any number of pairs.

    `fingerprint` is that of the settings it was prepared under; `wording` is there under the mended
    rules only. `passages` (published rules) and `copyable` (mended rules) remember what pairs have
    asked for.
    """

    text: str
    fingerprint: bytes
    sentences: Sentences
    wording: Wording | None = field(default=None, repr=False)
    passages: dict[tuple[int, int], Words] = field(default_factory=dict, repr=False)
    copyable: "Copyable | None" = field(default=None, repr=False)


class Preparer:
    """Prepares texts under one setting; remembers words, stems and decisions from text to text.

    Raises:
        SettingsError: If the rules are the published ones and NLTK's `punkt_tab` is missing.
    """

    def __init__(self, config: AlignConfig) -> None:
        self.fingerprint = config.preparation_fingerprint
        self._least_words = config.min_sentlen
        self._mended = config.rules == "mended"
        self._lexicon = Lexicon()
        self._splitter: Splitter = RuleSplitter() if self._mended else load_punkt()

    def prepare(self, text: str) -> PreparedText:
        """Split into sentences, stem them, and annex the short ones."""
        clean = text.replace("\0", " ")
        spans = self._splitter.spans(clean)
        if self._mended:
            wording = word_by_word(clean, self._lexicon.written_stems, load_rarity())
            sentences = mended_sentences(wording, spans, self._least_words)
            return PreparedText(text, self.fingerprint, sentences, wording)
        bags = [self._lexicon.bag(clean[start:end].lower()) for start, end in spans]
        kept = [index for index, bag in enumerate(bags) if bag]
        sentences = annex_published(
            [spans[index] for index in kept], [bags[index] for index in kept], self._least_words
        )
        return PreparedText(text, self.fingerprint, sentences)

    def words(self, prepared: PreparedText, start: int, end: int) -> Words:
        """Return the words of a passage, which is split into sentences by itself."""
        key = (start, end)
        if key not in prepared.passages:
            passage = prepared.text[start:end]
            prepared.passages[key] = passage_words(passage, start, self._splitter, self._lexicon)
        return prepared.passages[key]


def annex_published(spans: Spans, bags: list[Bag], least_words: int) -> Sentences:
    """Join a sentence with too few words to the next; its length grows by the next one's."""
    joined_spans: Spans = []
    joined_bags: list[Bag] = []
    waiting: tuple[int, int, Bag] | None = None
    for index, ((start, end), bag) in enumerate(zip(spans, bags, strict=True)):
        if waiting:
            first, length, short = waiting
            start, end, bag = first, first + length + end - start, _add(bag, short)
        if _is_short(bag, least_words) and index < len(bags) - 1:
            waiting = (start, end - start, bag)
        else:
            waiting = None
            joined_spans.append((start, end))
            joined_bags.append(bag)
    return Sentences(joined_spans, Bags.of(joined_bags))


def mended_sentences(wording: Wording, spans: Spans, least_words: int) -> Sentences:
    """Count the words of more than two characters by sentence, joining a sentence with too few.

    It joins the next one, and a last one the one before.
    """
    # compiled, so imported only where it is used
    from permille.align.numbering import count_by_sentence, join_sentences

    both = np.array(spans, np.int64).reshape(-1, 2)
    joined, own = join_sentences(wording.starts, wording.ends, both, least_words, _LEAST_CHARS)
    num_stems = len(wording.stems)
    bags = Bags(wording.stems, *count_by_sentence(own, wording.index, len(joined), num_stems))
    return Sentences([(start, end) for start, end in joined.tolist()], bags)


def _is_short(bag: Bag, least_words: int) -> bool:
    """Tell whether a sentence has fewer words, repeats counted; as many stems are enough."""
    return len(bag) < least_words and sum(bag.values()) < least_words


def _add(left: Bag, right: Bag) -> Bag:
    """Sum two bags; the left one's stems come first."""
    total = dict(left)
    for stem, count in right.items():
        total[stem] = total.get(stem, 0) + count
    return total


def passage_words(passage: str, start: int, splitter: Splitter, lexicon: Lexicon) -> Words:
    """List a passage's words.

    A sentence's first word begins where the sentence does, and at a sentence's end the last word
    so far ends there, so that they take over quotes, brackets and full stops.
    """
    ids: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    for sentence_start, sentence_end in splitter.spans(passage):
        first = start + sentence_start
        size = len(ids)
        for word, begin, end in lexicon.words(passage[sentence_start:sentence_end].lower()):
            ids.append(word)
            starts.append(first + begin)
            ends.append(first + end)
        if len(ids) > size:
            starts[size] = first
        if ids:
            ends[-1] = start + sentence_end
    return Words(
        np.array(ids, dtype=np.int64), np.array(starts, np.int32), np.array(ends, np.int32)
    )
