"""Which texts are nearly the same, or share a long run of words.

Of near-duplicates datasketch's MinHash proposes pairs and the exact Jaccard similarity decides:
Broder, "On the resemblance and containment of documents" (1997), on sets of word 3-grams. Hashes
are of the words themselves, so that neither the order of the texts nor the machine matters.
"""

import re
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from permille.measure.min_hash import Signature, Signer

Hashes = NDArray[np.uint64]

_SHINGLE_WORDS = 3
_NUM_PERMUTATIONS = 128
_WANTED_RECALL = 0.99
_MOST_TEXTS_OF_A_RUN = 10
_LONGEST_SET_PHRASE = 25
_WORD = re.compile(r"\w+")


def normalized(text: str) -> str:
    """Return a text's words in lower case, without punctuation, a blank between two.

    >>> normalized("  Yes,  it IS! ")
    'yes it is'
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_WORD.findall(folded)) or folded.strip()


def near_duplicates(texts: Sequence[str], jaccard: float) -> Iterator[tuple[int, int]]:
    """Yield positions of pairs of texts whose sets of word 3-grams are similar.

    Of pairs just as similar as `jaccard`, at least 99 % are found; more similar ones nearly always.

    Args:
        texts: Normalized texts, all different.
        jaccard: Least similarity, above 0 and below 1: shared 3-grams of all that either has.
    """
    shingles = [_grams(_word_hashes(text), _SHINGLE_WORDS, whole=True) for text in texts]
    rows = _rows_per_band(jaccard)
    signer = Signer(_NUM_PERMUTATIONS)
    signatures = np.zeros((len(texts), _NUM_PERMUTATIONS), np.uint32)
    for position, one in enumerate(shingles):
        signatures[position] = signer.sign(one)
    seen = set()
    for band in range(0, _NUM_PERMUTATIONS - rows + 1, rows):
        for bucket in _buckets(signatures[:, band : band + rows]):
            for second, first in _pairs(bucket):
                if (first, second) not in seen:
                    seen.add((first, second))
                    if _similarity(shingles[first], shingles[second]) >= jaccard:
                        yield first, second


def shared_runs(texts: Sequence[str], num_words: int) -> Iterator[tuple[int, int]]:
    """Yield positions of pairs of texts that share a run of words, through which all are joined.

    A run of up to 25 words that more than 10 texts have is a set phrase, and passed over.

    Args:
        texts: Normalized texts, all different.
        num_words: Words of a run.
    """
    words = [_word_hashes(text) for text in texts]
    if num_words <= _LONGEST_SET_PHRASE:
        yield from _sharing(words, num_words, _MOST_TEXTS_OF_A_RUN)
    yield from _sharing(words, max(num_words, _LONGEST_SET_PHRASE + 1), len(texts))


def _sharing(texts: Sequence[Hashes], num_words: int, most: int) -> Iterator[tuple[int, int]]:
    """Yield the first text of each run of words with every other, if at most so many have it.

    Args:
        texts: Hashes of the words of each text.
        num_words: Words of a run.
        most: Texts that have it.
    """
    grams = [_grams(words, num_words, whole=False) for words in texts]
    if not grams:
        return
    hashes = np.concatenate(grams)
    owners = np.repeat(np.arange(len(texts)), [one.size for one in grams])
    order = np.argsort(hashes, kind="stable")
    hashes, owners = hashes[order], owners[order]
    starts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])) if hashes.size else order
    sizes = np.diff(np.append(starts, hashes.size))
    chosen = (sizes > 1) & (sizes <= most)
    for start, size in zip(starts[chosen], sizes[chosen], strict=True):
        for other in owners[start + 1 : start + size]:
            yield int(owners[start]), int(other)


@lru_cache(maxsize=1 << 18)
def _word_hash(word: str) -> int:
    """Return 64 bits of a word, the same everywhere."""
    data = word.encode()
    return zlib.crc32(data) << 32 | zlib.adler32(data[::-1])


def _word_hashes(text: str) -> Hashes:
    """Return the hashes of a normalized text's words."""
    words = text.split()
    return np.fromiter((_word_hash(word) for word in words), np.uint64, len(words))


def _grams(hashes: Hashes, width: int, *, whole: bool) -> Hashes:
    """Return the hashes of runs of words, each once; of a text that is shorter, all or none."""
    if whole:
        width = min(width, hashes.size)
    count = max(0, hashes.size - width + 1)
    mixed = np.zeros(count, np.uint64)
    for offset in range(width):
        mixed = _scrambled(mixed + hashes[offset : offset + count])
    return np.unique(mixed)


def _scrambled(values: Hashes) -> Hashes:
    """Mix the bits of each value (the finalizer of splitmix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (values ^ (values >> np.uint64(31))) + np.uint64(0x9E3779B97F4A7C15)


def _rows_per_band(jaccard: float) -> int:
    """Return the widest band under which pairs at the threshold still meet in some band."""
    rows = 1
    for wider in range(2, _NUM_PERMUTATIONS):
        bands = _NUM_PERMUTATIONS // wider
        if 1 - (1 - jaccard**wider) ** bands < _WANTED_RECALL:
            break
        rows = wider
    return rows


def _buckets(band: Signature) -> Iterator[list[int]]:
    """Yield the positions of texts whose rows of a band are equal; `band` is (texts, rows)."""
    members: dict[bytes, list[int]] = defaultdict(list)
    for position, row in enumerate(band):
        members[row.tobytes()].append(position)
    yield from (bucket for bucket in members.values() if len(bucket) > 1)


def _pairs(bucket: list[int]) -> Iterator[tuple[int, int]]:
    """Yield each pair of a bucket, the later position first."""
    for index, second in enumerate(bucket):
        for first in bucket[:index]:
            yield second, first


def _similarity(one: Hashes, other: Hashes) -> float:
    """Return the Jaccard similarity of two sets."""
    common = np.intersect1d(one, other, assume_unique=True).size
    return float(common / (one.size + other.size - common))
