"""In how many examples the passage of a case stands, word for word."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from permille.audit.word_hashes import Batch, Hashes, Wanted, WordHasher

MAX_ANCHOR_WORDS = 8
"""Words of a passage that are looked for first; the rest is compared only where they stand."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of words: how many, the hash of all, and the hash of the first few."""

    num_words: int
    whole: int
    anchor: int

    @property
    def num_anchor_words(self) -> int:
        """Words that the anchor covers."""
        return min(self.num_words, MAX_ANCHOR_WORDS)


def passage_of(words: Hashes, hasher: WordHasher) -> Passage | None:
    """Return the passage that hashes of words, of shape (W,), are; None where there is no word."""
    if not len(words):
        return None
    whole = hasher.runs(words, len(words))[0]
    anchor = hasher.runs(words, min(len(words), MAX_ANCHOR_WORDS))[0]
    return Passage(len(words), int(whole), int(anchor))


class PassageCounter:
    """Counts the examples in whose documents passages stand.

    Args:
        passages: What is looked for.
        hasher: That which made them.
    """

    def __init__(self, passages: set[Passage], hasher: WordHasher) -> None:
        self._hasher = hasher
        self._by_anchor: dict[int, dict[int, list[Passage]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for passage in passages:
            self._by_anchor[passage.num_anchor_words][passage.anchor].append(passage)
        self._anchors = {
            size: Wanted(np.array(sorted(found), dtype=np.uint64))
            for size, found in self._by_anchor.items()
        }
        self._examples: dict[Passage, set[str]] = {passage: set() for passage in passages}

    def count(self, batch: Batch) -> None:
        """Note which passages stand in some documents."""
        for size, anchors in self._anchors.items():
            runs = self._hasher.runs(batch.words, size)
            starts, _ = anchors.among(runs)
            owners = np.searchsorted(batch.ends, starts, side="right")
            for start, owner in zip(starts.tolist(), owners.tolist(), strict=True):
                document = batch.words[start : batch.ends[owner]]
                for passage in self._by_anchor[size][int(runs[start])]:
                    if self._stands(passage, document[: passage.num_words]):
                        self._examples[passage].add(batch.examples[owner])

    def num_examples(self, passage: Passage) -> int:
        """Return in how many examples a passage stands."""
        return len(self._examples[passage])

    def _stands(self, passage: Passage, words: Hashes) -> bool:
        """Whether words are a passage."""
        if len(words) < passage.num_words:
            return False
        return int(self._hasher.runs(words, passage.num_words)[0]) == passage.whole
