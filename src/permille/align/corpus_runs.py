"""Verbatim against a whole corpus: every run of characters that a text shares with any document.

The texts are indexed, not the corpus: of each text a block at every `stride` characters. A run of
block + stride characters holds a whole such block wherever it begins, so none is missed. Documents
then stream by once, and memory depends on the texts and on what is found, not on the corpus.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from permille.align.arrays import Flags, Longs
from permille.align.corpus_kernels import (
    Hashes,
    Sequences,
    block_table,
    known_blocks,
    prefix_hashes,
    runs_at,
)
from permille.align.folding import BLANK, Codes, Folded, code_points, fold
from permille.align.own_parts import own_parts, word_table

Number = TypeVar("Number", np.int64, np.uint64)

MOST_EXAMPLES = 1_000
"""Examples that hold a run are counted up to here."""
LEAST_WORDS = 0.25
"""Letters and digits that a run needs, as a share of its least length: no rules and frames."""
MOST_NAMES = 5
"""Examples that hold a run are named up to here."""
_BATCH_DOCUMENTS = 4_096
_BATCH_CHARS = 4_000_000
_MOST_ROWS = 2_000_000
_WAITING_ROWS = 1_000_000
_SEPARATOR = "\0"


@dataclass(frozen=True, slots=True, order=True)
class CorpusRun:
    """A run of one text that stands in documents, and in no longer one that does.

    Attributes:
        start_char: Where it begins in the text.
        end_char: The character after its last.
        num_examples: How many examples have a document that holds the whole of it, 1 to
            `MOST_EXAMPLES`.
        own_examples: In how many examples, up to as many, its rarest characters stand, as many as a
            run needs, each within a run of that length. Where it is stock text and a chance letter
            beside it, the number of examples that have the stock text.
        own_chars: Characters of its longest stretch that stands in no more examples than the whole
            of it, 0 or more; normalized ones where these count.
        examples: The names of some that hold the whole of it, at most `MOST_NAMES`.
    """

    start_char: int
    end_char: int
    num_examples: int
    own_examples: int
    own_chars: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """Texts one after the other: codes (F,), where each stands in them, and where they came from.

    Text k has the codes `starts[k]:ends[k]`, both (N,); code f is character `positions[f]` (F,) of
    the joined texts, in which text k begins at character `first_chars[k]` (N,).
    """

    codes: Codes
    positions: Longs
    starts: Longs
    ends: Longs
    first_chars: Longs

    @property
    def sequences(self) -> Sequences:
        """The texts as compiled code takes them."""
        return Sequences(self.codes, self.starts, self.ends)

    @classmethod
    def of(cls, texts: Sequence[str], *, normalized: bool) -> "Joined":
        """Join texts as they are, or without case and punctuation."""
        whole = _SEPARATOR.join(texts)
        lengths = np.array([len(text) for text in texts], dtype=np.int64)
        first_chars = np.cumsum(lengths + 1) - lengths - 1
        found = fold(whole) if normalized else _as_given(whole)
        starts = np.searchsorted(found.positions, first_chars)
        ends = np.searchsorted(found.positions, first_chars + lengths)
        if normalized:
            filled = np.flatnonzero(ends > starts)
            ends[filled] -= found.codes[ends[filled] - 1] == BLANK
        return cls(found.codes, found.positions, starts, ends, first_chars)


def _as_given(text: str) -> Folded:
    """Return a text's own characters."""
    codes = code_points(text)
    return Folded(codes, np.arange(len(codes), dtype=np.int64))


class Holders(NamedTuple):
    """Who holds runs: `numbers` of examples (H,), of which runs have slices; `names` by number.

    `reach` is working space, an item an example, (E,).
    """

    numbers: Longs
    names: list[str]
    reach: Longs


class CorpusSearch:
    """Finds what some texts share with documents that are shown to it.

    Args:
        texts: The texts; equal ones are searched for once.
        least_chars: Fewest characters of a run, 2 or more.
        normalized: Whether case, punctuation and the width of gaps do not matter; the length of
            a run is then that of the normalized characters.
        prompts: What each text was written for, as many as texts; none by default. What stands
            there too is no part of a run's own.
    """

    def __init__(
        self,
        texts: Sequence[str],
        least_chars: int = 51,
        *,
        normalized: bool = False,
        prompts: Sequence[str] | None = None,
    ) -> None:
        self._texts = texts
        self._prompts = [""] * len(texts) if prompts is None else prompts
        self._place = {text: k for k, text in enumerate(dict.fromkeys(texts))}
        self._least, self._normalized = least_chars, normalized
        self._joined = Joined.of(list(self._place), normalized=normalized)
        self._block = least_chars // 2
        self._stride = least_chars - self._block
        self._table, is_cut_short = block_table(self._joined.sequences, self._block, self._stride)
        self._prefixes, self._powers = prefix_hashes(self._joined.codes)
        self._spans = np.empty((0, 2), np.int64)
        self._held = np.empty((0, 2), np.uint64)
        self._waiting: list[tuple[Longs, Longs]] = []
        self._num_waiting = 0
        self._numbers: dict[str, int] = {}
        self.num_cut_short = 0
        """Documents that repeat themselves so much that they were not searched to the end."""
        self.num_texts_cut_short = sum(bool(is_cut_short[self._place[text]]) for text in texts)
        """Texts that repeat themselves so much that not every place of theirs is looked up."""

    def add(self, documents: Iterable[tuple[str, str]]) -> None:
        """Search documents, each given as the name of its example and its text."""
        for batch in _batches(documents):
            joined = Joined.of([text for _, text in batch], normalized=self._normalized)
            names = [name for name, _ in batch]
            for rows in self._rows(joined):
                owners, places = np.unique(rows[:, 2], return_inverse=True)
                numbers = [self._number(names[d]) for d in owners.tolist()]
                self._take(rows[:, :2], np.array(numbers, np.int64)[places])

    def _number(self, example: str) -> int:
        """Return the number of an example, a new one where it has none."""
        return self._numbers.setdefault(example, len(self._numbers))

    def _rows(self, documents: Joined) -> Iterator[Longs]:
        """Yield the runs in documents, shape (R, 3), in parts of bounded size."""
        sides = (documents.sequences, self._joined.sequences, self._table)
        hits = known_blocks(documents.sequences, self._table, self._block)
        limits = (self._stride, self._block, self._least, _MOST_ROWS)
        first = 0
        while first < len(hits):
            rows, first, cut_short = runs_at(hits, first, *sides, *limits)
            self.num_cut_short += cut_short
            if len(rows):
                yield rows

    def _take(self, spans: Longs, examples: Longs) -> None:
        """Note runs (R, 2) of examples (R,)."""
        self._waiting.append((spans, examples))
        self._num_waiting += len(spans)
        if self._num_waiting >= max(_WAITING_ROWS, len(self._held)):
            self._merge()

    def _merge(self) -> None:
        """Keep of what waits each run once, and the examples of equal ones together."""
        if not self._waiting:
            return
        new = np.concatenate([spans for spans, _ in self._waiting])
        examples = np.concatenate([examples for _, examples in self._waiting])
        self._waiting, self._num_waiting = [], 0
        self._spans = _distinct(np.concatenate([self._spans, new]))
        pairs = np.stack([self._contents_of(new), examples.astype(np.uint64)], axis=1)
        held = _distinct(np.concatenate([self._held, pairs]))
        place = np.arange(len(held)) - np.searchsorted(held[:, 0], held[:, 0])
        self._held = held[place < MOST_EXAMPLES]

    def _contents_of(self, spans: Longs) -> Hashes:
        """Return a hash of the codes of each span (R, 2), shape (R,)."""
        starts, ends = spans[:, 0], spans[:, 1]
        hashes: Hashes = self._prefixes[ends] - self._prefixes[starts] * self._powers[ends - starts]
        return hashes

    def runs(self) -> list[list[CorpusRun]]:
        """Return what was found so far for each text, in order of the characters.

        A run of which no stretch of the least length is left without its text's prompt is none, nor
        one that has too few letters and digits then.
        """
        self._merge()
        bounds = np.searchsorted(self._spans[:, 0], [self._joined.starts, self._joined.ends])
        contents, keys = self._contents_of(self._spans), self._held[:, 0]
        held = np.stack([np.searchsorted(keys, contents, side) for side in ("left", "right")], 1)
        found: dict[tuple[str, str], list[CorpusRun]] = {}
        names = list(self._numbers)
        holders = Holders(self._held[:, 1].astype(np.int64), names, np.zeros(len(names), np.int64))
        for text, prompt in zip(self._texts, self._prompts, strict=True):
            first, last = bounds[:, self._place[text]]
            if first < last and (text, prompt) not in found:
                sides = self._spans[first:last], held[first:last]
                found[text, prompt] = self._runs_of(text, prompt, *sides, holders)
        return [found.get(both, []) for both in zip(self._texts, self._prompts, strict=True)]

    def _runs_of(
        self, text: str, prompt: str, spans: Longs, held: Longs, holders: Holders
    ) -> list[CorpusRun]:
        """Return the runs of a text, given those with any document and who holds them, (R, 2)."""
        longest = np.flatnonzero(_are_longest(spans))
        # equal runs of a text that repeats itself have the same parts
        _, firsts, again = np.unique(
            self._contents_of(spans[longest]), return_index=True, return_inverse=True
        )
        is_word = word_table()[self._joined.codes[spans[0, 0] : spans[:, 1].max()]]
        limits = self._least, MOST_EXAMPLES
        sides = held, holders.numbers, self._copied(text, prompt), is_word
        parts = own_parts(spans, longest[firsts], *sides, *limits, holders.reach)[again]
        first_char = self._joined.first_chars[self._place[text]]
        chars = self._joined.positions[spans[longest] - [0, 1]] - first_char
        found = []
        for (start, last), (own, words, rarest, alone), (first, end) in zip(
            chars.tolist(), parts.tolist(), held[longest].tolist(), strict=True
        ):
            if own >= self._least and words >= LEAST_WORDS * self._least:
                some = holders.numbers[first : min(end, first + MOST_NAMES)].tolist()
                names_of_some = tuple(holders.names[k] for k in some)
                counts = end - first, rarest, alone
                found.append(CorpusRun(start, last + 1, *counts, names_of_some))
        return found

    def _copied(self, text: str, prompt: str) -> Longs:
        """Return what a text shares with its prompt, as codes of the joined texts, (C, 2)."""
        if len(prompt) < self._least:
            return np.empty((0, 2), np.int64)
        search = CorpusSearch([text], self._least, normalized=self._normalized)
        search.add([("prompt", prompt)])
        search._merge()
        first_char = self._joined.first_chars[self._place[text]]
        chars = search._joined.positions[search._spans - [0, 1]] + first_char
        codes: Longs = np.searchsorted(self._joined.positions, chars)
        codes[:, 1] += 1
        return codes


def _distinct(rows: NDArray[Number]) -> NDArray[Number]:
    """Return rows (R, 2) each once, ascending; `np.unique` takes several times as long."""
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    is_new = np.ones(len(rows), np.bool_)
    is_new[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    return rows[is_new]


def _are_longest(spans: Longs) -> Flags:
    """Tell which spans (R, 2), ascending, lie in no other."""
    order = np.lexsort((-spans[:, 1], spans[:, 0]))
    reach = np.maximum.accumulate(spans[order, 1])
    are_longest = np.ones(len(spans), np.bool_)
    are_longest[order[1:]] = spans[order[1:], 1] > reach[:-1]
    return are_longest


def _batches(documents: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """Yield documents in batches of bounded size; a long document is one by itself."""
    batch: list[tuple[str, str]] = []
    num_chars = 0
    for document in documents:
        if batch and (
            num_chars + len(document[1]) > _BATCH_CHARS or len(batch) == _BATCH_DOCUMENTS
        ):
            yield batch
            batch, num_chars = [], 0
        batch.append(document)
        num_chars += len(document[1])
    if batch:
        yield batch
