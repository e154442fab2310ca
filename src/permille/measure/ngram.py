"""Shares of a generation's n-grams that stand in another text, before whole runs do."""

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

SIZES = (4, 5, 6)
"""The sizes whose shares are averaged."""

_WORD = re.compile(r"\w+(?:['’]\w+)*")


def words(text: str) -> list[str]:
    """Return the lower-cased words of `text`, punctuation left out."""
    return _WORD.findall(text.lower())


def ngrams(items: Sequence[Hashable], size: int) -> list[tuple[Hashable, ...]]:
    """Return all runs of `size` items, in order, repeats included."""
    return list(zip(*(items[start:] for start in range(size)), strict=False))


def ngram_share(
    generation: Sequence[Hashable], others: Iterable[Sequence[Hashable]], size: int
) -> float | None:
    """Return the share of the generation's n-grams that stand in any of `others`.

    Items are words or token ids; a repeated n-gram counts each time. None where the generation is
    shorter than `size`.
    """
    own = ngrams(generation, size)
    if not own:
        return None
    known = {run for other in others for run in ngrams(other, size)}
    return sum(run in known for run in own) / len(own)


@dataclass(frozen=True, slots=True)
class NgramShare:
    """Mean shares over generations by size, over those `of` long enough; None where none is."""

    by_size: dict[int, float | None]
    of: dict[int, int]

    @property
    def mean(self) -> float | None:
        """The mean over the sizes that have a share."""
        known = [share for share in self.by_size.values() if share is not None]
        return sum(known) / len(known) if known else None

    def to_dict(self) -> dict[str, object]:
        """Return the shares in per mille, with how many generations are behind each."""
        shares = {
            str(size): None if share is None else round(1000 * share, 1)
            for size, share in self.by_size.items()
        }
        mean = None if self.mean is None else round(1000 * self.mean, 1)
        return {"permille": mean, "by_size": shares, "of": {str(n): k for n, k in self.of.items()}}


def mean_ngram_share(
    pairs: Iterable[tuple[Sequence[Hashable], Sequence[Hashable]]], sizes: Sequence[int] = SIZES
) -> NgramShare:
    """Return the mean share of each generation's n-grams that stand in its true continuation.

    Args:
        pairs: For each prompt what was generated and what truly follows, as words or token ids.
        sizes: The lengths of the n-grams.
    """
    shares: dict[int, list[float]] = {size: [] for size in sizes}
    for generation, continuation in pairs:
        for size in sizes:
            share = ngram_share(generation, [continuation], size)
            if share is not None:
                shares[size].append(share)
    return NgramShare(
        {size: sum(found) / len(found) if found else None for size, found in shares.items()},
        {size: len(found) for size, found in shares.items()},
    )
