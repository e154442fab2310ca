"""Which examples hold the same document, exactly or nearly, by datasketch's MinHash.

Broder, "On the resemblance and containment of documents" (1997), on sets of runs of five words.
A few hundred bytes a document are kept, never the texts.
"""

from collections import Counter

import numpy as np
import numpy.typing as npt

from permille.audit.word_hashes import Hashes, WordHasher
from permille.measure.min_hash import Signature, Signer

NUM_PERMUTATIONS = 64
NUM_BANDS = 8
SHINGLE_WORDS = 5
LEAST_SIMILARITY = 0.8
"""Documents are nearly the same where so large a share of their signatures agrees."""

Indices = npt.NDArray[np.int64]


class DuplicateFinder:
    """Collects signatures of documents, and groups the examples that share one.

    Args:
        hasher: Hashes words.
    """

    def __init__(self, hasher: WordHasher) -> None:
        self._hasher = hasher
        self._signer = Signer(NUM_PERMUTATIONS)
        self._signatures: list[Signature] = []
        self._examples: list[str] = []

    def add(self, words: Hashes, example: str) -> None:
        """Note a document.

        Args:
            words: The hashes of its words, of shape (W,), at least one.
            example: Whose document it is.
        """
        shingles = self._hasher.runs(words, min(SHINGLE_WORDS, len(words)))
        self._signatures.append(self._signer.sign(shingles))
        self._examples.append(example)

    def groups(self) -> dict[str, tuple[str, int]]:
        """Return each example's group: the name of one of its examples, and its size."""
        names = list(dict.fromkeys(self._examples))
        place = {name: i for i, name in enumerate(names)}
        parent = list(range(len(names)))
        for first, second in self._pairs():
            roots = sorted(
                _root(parent, place[self._examples[document]]) for document in (first, second)
            )
            parent[roots[1]] = roots[0]
        roots = [_root(parent, i) for i in range(len(names))]
        sizes = Counter(roots)
        return {name: (names[root], sizes[root]) for name, root in zip(names, roots, strict=True)}

    def _pairs(self) -> list[tuple[int, int]]:
        """Return pairs of documents that are nearly the same, enough of them to tie each group."""
        if not self._signatures:
            return []
        signatures = np.stack(self._signatures)
        pairs: set[tuple[int, int]] = set()
        for band in np.split(signatures, NUM_BANDS, axis=1):
            first, second = _meeting(band)
            similar = (signatures[first] == signatures[second]).mean(axis=1) >= LEAST_SIMILARITY
            pairs.update(zip(first[similar].tolist(), second[similar].tolist(), strict=True))
        return sorted(pairs)


def _meeting(band: Signature) -> tuple[Indices, Indices]:
    """Return each document, of shape (P,), with the first one whose rows of a band are equal.

    Args:
        band: Rows of the signatures, of shape (D, rows).
    """
    rows = np.ascontiguousarray(band)
    keys = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    others = np.flatnonzero(first[which] != np.arange(len(keys)))
    return first[which[others]], others


def _root(parent: list[int], i: int) -> int:
    """Return the root of a tree, halving the path to it."""
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i
