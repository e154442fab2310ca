"""Words and runs of words as 64-bit hashes, the same in every process."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from permille.align.words import Memo

Hashes = npt.NDArray[np.uint64]
Indices = npt.NDArray[np.int64]

WORD = re.compile(r"\w+")
MAX_KNOWN_WORDS = 1 << 20
BATCH_WORDS = 100_000
"""Words of documents that are looked through at a time: a document by itself is too short."""
SIEVE_PLACES = 32
"""Places of the sieve for each hash that is looked for."""
MAX_SIEVE = 1 << 26
"""Places of a sieve at most, a byte each."""
_BASE = 0x9E3779B97F4A7C15


class WordHasher:
    """Hashes texts word by word; remembers the hashes of words, up to a million."""

    def __init__(self) -> None:
        self._known = Memo(_hash, MAX_KNOWN_WORDS)
        self._powers = self._inverses = np.ones(1, dtype=np.uint64)

    def words(self, text: str) -> Hashes:
        """Return the hashes of a text's lower-cased words, of shape (W,)."""
        words = WORD.findall(text.lower())
        return np.fromiter(map(self._known.__getitem__, words), np.uint64, len(words))

    def runs(self, words: Hashes, num_words: int) -> Hashes:
        """Return the hash of every run of `num_words` words, of shape (W - num_words + 1,).

        A run's hash is the polynomial of its words' hashes, so it does not depend on where it
        stands. Empty where there are fewer words.
        """
        count = len(words) - num_words + 1
        if count < 1:
            return np.zeros(0, dtype=np.uint64)
        self._grow(len(words))
        sums = np.zeros(len(words) + 1, dtype=np.uint64)
        np.cumsum(words * self._powers[: len(words)], out=sums[1:])
        shifted: Hashes = (sums[num_words:] - sums[:count]) * self._inverses[:count]
        return shifted

    def _grow(self, size: int) -> None:
        """Have at least `size` powers of the base and of its inverse modulo 2**64."""
        if len(self._powers) >= size:
            return
        size = max(size, 2 * len(self._powers))
        self._powers = _powers(_BASE, size)
        self._inverses = _powers(pow(_BASE, -1, 1 << 64), size)


class Wanted:
    """Hashes that are looked for among many others.

    Args:
        hashes: Of shape (K,), ascending, each once.
    """

    def __init__(self, hashes: Hashes) -> None:
        self._hashes = hashes
        size = min(MAX_SIEVE, 1 << max(10, (SIEVE_PLACES * len(hashes)).bit_length()))
        self._last_bits = np.uint64(size - 1)
        self._may_be = np.zeros(size, dtype=np.bool_)
        self._may_be[hashes & self._last_bits] = True

    def among(self, others: Hashes) -> tuple[Indices, Indices]:
        """Return where others, of shape (N,), are wanted, and which they are; both (F,)."""
        # a look at the last bits ends it for nearly all, in a tenth of the time of a search
        at = np.flatnonzero(self._may_be[others & self._last_bits])
        which = np.searchsorted(self._hashes, others[at])
        which[which == len(self._hashes)] = 0
        is_wanted = self._hashes[which] == others[at]
        return at[is_wanted], which[is_wanted]


def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "big")


def _powers(base: int, size: int) -> Hashes:
    """Return the powers 0 to `size` - 1 of a base modulo 2**64, of shape (size,)."""
    factors = np.full(size, base, dtype=np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some documents, one behind the other.

    Attributes:
        words: The hashes of their words, of shape (W,).
        ends: Where the words of each end, of shape (D,).
        examples: Whose document each is, of length D.
    """

    words: Hashes
    ends: Indices
    examples: list[str]


def batches(documents: Iterable[tuple[Hashes, str]]) -> Iterator[Batch]:
    """Yield documents together, so many that an array of their words is worth it.

    Args:
        documents: The hashes of each one's words, of shape (W,), and whose it is.
    """
    waiting: list[tuple[Hashes, str]] = []
    num_words = 0
    for document in documents:
        waiting.append(document)
        num_words += len(document[0])
        if num_words >= BATCH_WORDS:
            yield _joined(waiting)
            waiting, num_words = [], 0
    if waiting:
        yield _joined(waiting)


def _joined(documents: list[tuple[Hashes, str]]) -> Batch:
    """Join documents, at least one."""
    words = [own for own, _ in documents]
    ends = np.cumsum([len(own) for own in words], dtype=np.int64)
    return Batch(np.concatenate(words), ends, [example for _, example in documents])
