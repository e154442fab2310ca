"""How much better a model predicts the targets it was trained on than others, token by token.

The share of a target's tokens that are the model's first choice under teacher forcing needs no
generation and no least length, so tasks whose outputs are too short for a detector have it too.
"""

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from permille.measure.intervals import Interval, mover_interval
from permille.measure.mean import bounded_mean

MIN_EACH = 2
METHOD = "newcombe, of wilson at the effective size"


@dataclass(frozen=True, slots=True)
class TokenScore:
    """Mean shares over examples, in [0, 1], and their difference; None with a reason.

    Attributes:
        num_train: Training examples.
        num_heldout: Held-out examples.
        train: Mean share of a training target's tokens that the model predicts.
        heldout: The same of held-out targets.
        difference: `train` minus `heldout`: what was memorized, of what can be told apart.
        ci95: Interval of the difference, which has a length where all shares are 0 or 1 too.
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
        fields = asdict(self) | {"method": METHOD}
        del fields["method" if self.reason else "reason"]
        return fields


def token_score(
    train: NDArray[np.float64],
    heldout: NDArray[np.float64],
    train_groups: npt.ArrayLike | None = None,
    heldout_groups: npt.ArrayLike | None = None,
) -> TokenScore:
    """Compare the shares of predicted target tokens of training and of held-out examples.

    Args:
        train: Share of each training example, shape (N,).
        heldout: Share of each held-out example, shape (M,).
        train_groups: Which training examples share text, labels of shape (N,); None for none.
        heldout_groups: The same of held-out ones, of shape (M,).
    """
    sizes = len(train), len(heldout)
    if min(sizes) < MIN_EACH:
        return TokenScore(
            *sizes, reason=f"want {MIN_EACH} of each split, got {sizes[0]}, {sizes[1]}"
        )
    means = float(train.mean()), float(heldout.mean())
    ends = [_interval(train, train_groups), _interval(heldout, heldout_groups)]
    ci95 = mover_interval(means[0], ends[0], means[1], ends[1])
    return TokenScore(*sizes, *means, means[0] - means[1], ci95)


def _interval(shares: NDArray[np.float64], groups: npt.ArrayLike | None) -> Interval:
    """Return the interval of the mean of shares (N,) in groups (N,)."""
    low, high = bounded_mean(shares.tolist(), groups).ci95 or (0.0, 1000.0)
    return low / 1000, high / 1000
