"""Two prepared texts side by side: their common weights and the seeds between them."""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from permille.align.arrays import Floats, Ints
from permille.align.config import AlignConfig
from permille.align.kernels import (
    range_cosine,
    similar_sentences,
)
from permille.align.matching import match_stems
from permille.align.prepare import Bags
from permille.core.errors import RepetitionError

Seed = tuple[int, int]
"""A suspicious and a source sentence that are alike."""

Box = tuple[int, int, int, int]
"""First and last suspicious sentence, first and last source sentence."""

Idf = Callable[[int], Floats]
"""Gives for a number of sentences the idf of every df from 0 (unused) to that number."""

MOST_STEPS = 20_000_000_000
"""Suspicious sentences times distinct stems of the source sentences, a minute's work."""
MOST_PAIRS = 1_000_000
"""Pairs of sentences that are alike by their stems."""
_CACHED_SENTENCES = 512


def published_idf(sentences: int) -> Floats:
    """Return ln(sentences / df) for every df, shape (sentences + 1,); 0 where all hold a stem."""
    return _cached_logs(sentences) if sentences <= _CACHED_SENTENCES else _logs(sentences)


def mended_idf(sentences: int) -> Floats:
    """Return ln((sentences + 1) / df), shape (sentences + 1,), which is never 0."""
    return published_idf(sentences + 1)[:-1]


@lru_cache(maxsize=_CACHED_SENTENCES)
def _cached_logs(sentences: int) -> Floats:
    return _logs(sentences)


def _logs(sentences: int) -> Floats:
    """Compute the logarithms by the C library: numpy's own may differ in the last bit."""
    ratios = sentences / np.arange(1, sentences + 1)
    return np.array([0.0, *map(math.log, ratios.tolist())], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Weighted:
    """The bags of two texts with the tf-idf weights that they have together.

    `matched` (V,) is the suspicious index of each source stem, or -1; weights are (E,) and (F,).
    """

    suspicious: Bags
    source: Bags
    matched: Ints
    suspicious_weights: Floats
    source_weights: Floats

    def cosine(self, box: Box) -> float:
        """Return the cosine of two passages."""
        return float(
            range_cosine(
                self.suspicious.offsets,
                self.suspicious.entry_stems,
                self.suspicious_weights,
                self.source.offsets,
                self.source.entry_stems,
                self.source_weights,
                self.matched,
                len(self.suspicious.stems),
                box,
            )
        )


def find_seeds(
    suspicious: Bags,
    source: Bags,
    config: AlignConfig,
    idf: Idf,
    skipped: Collection[int] = (),
    most_per_sentence: int = MOST_PAIRS,
    matched: Ints | None = None,
) -> tuple[Weighted, list[Seed]] | None:
    """List the sentence pairs above both thresholds; None where there is none.

    The exact condition on the sets of stems comes first: most pairs of texts end there, before
    any weight is computed.

    Args:
        suspicious: One text's sentences.
        source: The other's.
        config: Thresholds.
        idf: The rule for the weights.
        skipped: Suspicious sentences to leave out.
        most_per_sentence: Source sentences looked at for each suspicious one that are alike.
        matched: The suspicious index of each source stem or -1, (V,), where it is known.

    Raises:
        RepetitionError: If the pair would take minutes or gigabytes.
    """
    sentences, source_sentences = len(suspicious), len(source)
    if not sentences or not source_sentences:
        return None
    if matched is None:
        matched = match_stems(suspicious.stems, source.stems)
    _check_size(suspicious, source)
    flags = np.zeros(sentences, np.bool_)
    if skipped:
        flags[list(skipped)] = True
    pairs, *weights = similar_sentences(
        suspicious.offsets,
        suspicious.entry_stems,
        suspicious.entry_counts,
        suspicious.df,
        source.offsets,
        source.entry_stems,
        source.entry_counts,
        source.df,
        matched,
        idf(sentences + source_sentences),
        config.th2,
        config.th1,
        flags,
        most_per_sentence,
        MOST_PAIRS,
    )
    if len(pairs) > MOST_PAIRS:
        raise _too_repetitive(suspicious, source, int(pairs[-1, 0]) + 1, config)
    if not len(pairs):
        return None
    seeds = [(i, j) for i, j in pairs.tolist()]
    return Weighted(suspicious, source, matched, *weights), seeds


def _check_size(suspicious: Bags, source: Bags) -> None:
    """Refuse two texts that would take minutes.

    Raises:
        RepetitionError: If they would.
    """
    steps = len(suspicious) * len(source.entry_stems)
    if steps > MOST_STEPS:
        raise RepetitionError(
            f"a pair of texts with {len(suspicious):,} and {len(source):,} sentences is too large"
            f" to align: {steps:,} steps, at most {MOST_STEPS:,}; cut one of them into parts"
        )


def _too_repetitive(
    suspicious: Bags, source: Bags, looked_at: int, config: AlignConfig
) -> RepetitionError:
    """Say that too many pairs of like sentences were found, and what to do."""
    advice = ", or use align=default" if config.rules == "published" else ""
    return RepetitionError(
        f"a pair of texts with {len(suspicious):,} and {len(source):,} sentences repeats itself too"
        f" much to align: more than {MOST_PAIRS:,} pairs of like sentences in the first"
        f" {looked_at:,}; cut one of them into parts{advice}"
    )
