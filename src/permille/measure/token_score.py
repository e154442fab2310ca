"""How much better a model predicts the targets it was trained on than others, token by token.

The share of a target's tokens that are the model's first choice under teacher forcing needs no
generation and no least length, so tasks whose outputs are too short for a detector have it too.
"""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from permille.measure.clusters import NUM_RESAMPLES
from permille.measure.intervals import Interval

MIN_EACH = 2


@dataclass(frozen=True, slots=True)
class TokenScore:
    """Mean shares over examples, in [0, 1], and their difference; None with a reason.

    Attributes:
        num_train: Training examples.
        num_heldout: Held-out examples.
        train: Mean share of a training target's tokens that the model predicts.
        heldout: The same of held-out targets.
        difference: `train` minus `heldout`: what was memorized, of what can be told apart.
        ci95: Percentile interval of the difference over resampled examples.
        reason: Why there are no figures; None where there are.
    """

    num_train: int
    num_heldout: int
    train: float | None = None
    heldout: float | None = None
    difference: float | None = None
    ci95: Interval | None = None
    reason: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the form of report.json."""
        fields = asdict(self) | {"method": f"bootstrap of {NUM_RESAMPLES} over examples"}
        del fields["method" if self.reason else "reason"]
        return fields


def token_score(
    train: NDArray[np.float64], heldout: NDArray[np.float64], *, seed: int = 0
) -> TokenScore:
    """Compare the shares of predicted target tokens of training and of held-out examples.

    Args:
        train: Share of each training example, shape (N,).
        heldout: Share of each held-out example, shape (M,).
        seed: Of the bootstrap.
    """
    sizes = len(train), len(heldout)
    if min(sizes) < MIN_EACH:
        return TokenScore(
            *sizes, reason=f"want {MIN_EACH} of each split, got {sizes[0]}, {sizes[1]}"
        )
    rng = np.random.default_rng(seed)
    drawn = [rng.choice(s, (NUM_RESAMPLES, len(s))).mean(axis=1) for s in (train, heldout)]
    low, high = np.percentile(drawn[0] - drawn[1], [2.5, 97.5])
    means = float(train.mean()), float(heldout.mean())
    return TokenScore(*sizes, *means, means[0] - means[1], (float(low), float(high)))
