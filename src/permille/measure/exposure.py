"""Exposure of canaries, random strings put into the training data (Carlini et al. 2019)."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Exposure:
    """How much a canary's rank among its candidates tells of it, in bits.

    0 bits is no better than the last place, log2(`space`) the first. Of a sampled space `rank` is
    among the sample, and no more than log2(sample + 1) bits can be shown.
    """

    bits: float
    rank: int
    space: int
    sampled: int | None

    @property
    def most_bits(self) -> float:
        """The greatest exposure that could have been shown."""
        return math.log2(self.space if self.sampled is None else self.sampled + 1)

    def to_dict(self) -> dict[str, object]:
        """Return the figures, bits with two decimals."""
        return {
            "bits": round(self.bits, 2),
            "most_bits": round(self.most_bits, 2),
            "rank": self.rank,
            "space": self.space,
            "sampled": self.sampled,
        }


def exposure(
    canary_loss: float, candidate_losses: npt.ArrayLike, *, space: int | None = None
) -> Exposure:
    """Return log2 |R| - log2 rank of a canary, rank 1 being the lowest loss.

    Args:
        canary_loss: The model's loss on the canary.
        candidate_losses: Losses of other strings of the same form, of shape (N,); a tie ranks
            before the canary.
        space: |R|, how many strings of the form there are. None says that the candidates and the
            canary are all of them; otherwise the candidates are a sample, and the rank is scaled.

    Raises:
        ValueError: If the space is smaller than the candidates and the canary.
    """
    losses = np.asarray(candidate_losses, dtype=np.float64)
    rank = 1 + int((losses <= canary_loss).sum())
    seen = losses.size + 1
    if space is None or space == seen:
        return Exposure(math.log2(seen) - math.log2(rank), rank, seen, None)
    if space < seen:
        raise ValueError(f"want a space of at least {seen} strings, got {space}")
    return Exposure(math.log2(seen) - math.log2(rank), rank, space, losses.size)
