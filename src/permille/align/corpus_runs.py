"""Verbatim against a whole corpus: every run of characters that a text shares with any document.

The texts are indexed, not the corpus: of each text a block at every `stride` characters. A run of
block + stride characters holds a whole such block wherever it begins, so none is missed. Documents
then stream by once, and memory depends on the texts and on what is found, not on the corpus.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from permille.align.corpus_kernels import (
    Sequences,
    block_table,
    known_blocks,
    prefix_hashes,
    runs_at,
)
from permille.align.folding import Codes, Folded, code_points, fold

Flags = NDArray[np.bool_]
Longs = NDArray[np.int64]
Hashes = NDArray[np.uint64]

MOST_EXAMPLES = 1_000
"""Examples that hold a run are counted up to here."""
MOST_NAMES = 5
"""Examples that hold a run are named up to here."""
_BATCH_DOCUMENTS = 4_096
_BATCH_CHARS = 4_000_000
_MOST_ROWS = 2_000_000
_WAITING_ROWS = 1_000_000
_SEPARATOR = "\0"
_BLANK = 32


@dataclass(frozen=True, slots=True, order=True)
class CorpusRun:
    """A run of one text that stands in documents, and in no longer one that does.

    Attributes:
        start_char: Where it begins in the text.
        end_char: The character after its last.
        num_examples: How many examples have a document that holds the whole of it, 1 to
            `MOST_EXAMPLES`.
        own_examples: In how many examples its rarest characters stand, as many as a run needs, each
            within a run of that length: where it is stock text and a chance letter beside it, the
            number of examples that have the stock text.
        examples: The names of some that hold the whole of it, at most `MOST_NAMES`.
    """

    start_char: int
    end_char: int
    num_examples: int
    own_examples: int
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
            ends[filled] -= found.codes[ends[filled] - 1] == _BLANK
        return cls(found.codes, found.positions, starts, ends, first_chars)


def normalized(text: str) -> str:
    """Return a text without case, punctuation and the width of gaps."""
    return fold(text).codes.tobytes().decode("utf-32-le", "surrogatepass")


def _as_given(text: str) -> Folded:
    """Return a text's own characters."""
    codes = code_points(text)
    return Folded(codes, np.arange(len(codes), dtype=np.int64))


class CorpusSearch:
    """Finds what some texts share with documents that are shown to it.

    Args:
        texts: The texts; equal ones are searched for once.
        least_chars: Fewest characters of a run, 2 or more.
        normalized: Whether case, punctuation and the width of gaps do not matter; the length of
            a run is then that of the normalized characters.
    """

    def __init__(
        self, texts: Sequence[str], least_chars: int = 51, *, normalized: bool = False
    ) -> None:
        self._texts = texts
        self._place = {text: k for k, text in enumerate(dict.fromkeys(texts))}
        self._least, self._normalized = least_chars, normalized
        self._joined = Joined.of(list(self._place), normalized=normalized)
        self._block = least_chars // 2
        self._stride = least_chars - self._block
        self._table, is_cut_short = block_table(self._joined.sequences, self._block, self._stride)
        self._prefixes, self._powers = prefix_hashes(self._joined.codes)
        self._spans = np.empty((0, 2), np.int64)
        self._held = np.empty((0, 2), np.uint64)
        self._waiting: list[tuple[Longs, Hashes]] = []
        self._names: dict[int, str] = {}
        self.num_cut_short = 0
        """Documents that repeat themselves so much that they were not searched to the end."""
        self.num_texts_cut_short = sum(bool(is_cut_short[self._place[text]]) for text in texts)
        """Texts that repeat themselves so much that not every place of theirs is looked up."""

    def add(self, documents: Iterable[tuple[str, str]]) -> None:
        """Search documents, each given as the name of its example and its text."""
        for batch in _batches(documents):
            joined = Joined.of([text for _, text in batch], normalized=self._normalized)
            hashes = [_name_hash(name) for name, _ in batch]
            examples = np.array(hashes, dtype=np.uint64)
            for rows in self._rows(joined):
                owners = np.unique(rows[:, 2]).tolist()
                self._names.update((hashes[d], batch[d][0]) for d in owners)
                self._take(rows[:, :2], examples[rows[:, 2]])

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

    def _take(self, spans: Longs, examples: Hashes) -> None:
        """Note runs (R, 2) of examples (R,)."""
        self._waiting.append((spans, examples))
        if sum(len(spans) for spans, _ in self._waiting) >= max(_WAITING_ROWS, len(self._held)):
            self._merge()

    def _merge(self) -> None:
        """Keep of what waits each run once, and the examples of equal ones together."""
        if not self._waiting:
            return
        new = np.concatenate([spans for spans, _ in self._waiting])
        examples = np.concatenate([examples for _, examples in self._waiting])
        self._waiting = []
        self._spans = np.unique(np.concatenate([self._spans, new]), axis=0)
        pairs = np.stack([self._contents_of(new), examples], axis=1)
        held = np.unique(np.concatenate([self._held, pairs]), axis=0)
        place = np.arange(len(held)) - np.searchsorted(held[:, 0], held[:, 0])
        self._held = held[place < MOST_EXAMPLES]

    def _contents_of(self, spans: Longs) -> Hashes:
        """Return a hash of the codes of each span (R, 2), shape (R,)."""
        starts, ends = spans[:, 0], spans[:, 1]
        hashes: Hashes = self._prefixes[ends] - self._prefixes[starts] * self._powers[ends - starts]
        return hashes

    def runs(self) -> list[list[CorpusRun]]:
        """Return what was found so far for each text, in order of the characters."""
        self._merge()
        starts, ends = self._spans[:, 0], self._spans[:, 1]
        contents, keys = self._contents_of(self._spans), self._held[:, 0]
        held = np.searchsorted(keys, contents), np.searchsorted(keys, contents, side="right")
        owners = np.searchsorted(self._joined.starts, starts, side="right") - 1
        chars = (
            self._joined.positions[self._spans - [0, 1]] - self._joined.first_chars[owners, None]
        )
        found: list[list[CorpusRun]] = [[] for _ in self._place]
        for k in np.flatnonzero(_are_longest(self._spans)).tolist():
            near = slice(*np.searchsorted(owners, [owners[k], owners[k] + 1]))
            shared = np.minimum(ends[near], ends[k]) - np.maximum(starts[near], starts[k])
            parts = near.start + np.flatnonzero(shared >= self._least)
            by_part = [self._held[held[0][j] : held[1][j], 1] for j in parts.tolist()]
            whole = self._held[held[0][k] : held[1][k], 1]
            names = sorted(self._names[key] for key in whole[:MOST_NAMES].tolist())
            own = _fewest(np.clip(self._spans[parts], starts[k], ends[k]), by_part, self._least)
            start, last = chars[k].tolist()
            found[owners[k]].append(CorpusRun(start, last + 1, len(whole), own, tuple(names)))
        return [found[self._place[text]] for text in self._texts]


def _are_longest(spans: Longs) -> Flags:
    """Tell which spans (R, 2), ascending, lie in no other."""
    order = np.lexsort((-spans[:, 1], spans[:, 0]))
    reach = np.maximum.accumulate(spans[order, 1])
    are_longest = np.ones(len(spans), np.bool_)
    are_longest[order[1:]] = spans[order[1:], 1] > reach[:-1]
    return are_longest


def _fewest(spans: Longs, examples: Sequence[Hashes], least: int) -> int:
    """Return in how many examples the rarest `least` places of a run stand.

    Args:
        spans: Parts of the run, shape (P, 2), one of them the whole run.
        examples: The examples of each part, each once.
        least: How many places.
    """
    if len(spans) == 1:
        return len(examples[0])
    first, end = spans[:, 0].min(), spans[:, 1].max()
    _, numbers = np.unique(np.concatenate(examples), return_inverse=True)
    # the parts of each example on a line of its own, so that what two of them share counts once
    line = end - first + 1
    rows = np.repeat(spans - first, [len(some) for some in examples], axis=0)
    rows = rows + (numbers * line)[:, None]
    rows = rows[np.argsort(rows[:, 0])]
    begins = np.maximum(rows[1:, 0], np.maximum.accumulate(rows[:-1, 1]))
    begins = np.concatenate([rows[:1, 0], begins])
    is_new = rows[:, 1] > begins
    counts = np.bincount(begins[is_new] % line, minlength=line) - np.bincount(
        rows[is_new, 1] % line, minlength=line
    )
    return int(np.partition(np.cumsum(counts)[:-1], least - 1)[least - 1])


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


def _name_hash(name: str) -> int:
    """Return 64 bits that stand for an example."""
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
