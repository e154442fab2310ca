"""Can the probabilities of targets tell training examples from held-out ones?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from permille.audit.controls.contrasts import groups_or_none
from permille.measure.membership import (
    loss_score,
    membership,
    min_k_plus_score,
    min_k_score,
    ratio_score,
    zlib_score,
)

Floats = NDArray[np.float64]
READING = (
    "Training and held-out examples are of one distribution. There an area near 0.5 proves nothing:"
    " it says that this attack does not tell them apart, not that nothing is memorized. An area"
    " whose interval lies above 0.5 shows that training left a trace in the probabilities."
)
NO_BASE = "there is no model before fine-tuning to compare with"


class Scores(Protocol):
    """What a model says of one target's tokens, arrays of shape (T,)."""

    @property
    def log_probabilities(self) -> Floats:
        """Of the true tokens."""
        ...

    @property
    def means(self) -> Floats:
        """Means of the log-probability over the model's distribution."""
        ...

    @property
    def deviations(self) -> Floats:
        """Its standard deviations."""
        ...


@dataclass(frozen=True, slots=True)
class Scored:
    """One target with what the tuned model says of it, and the base model where there is one.

    `group` names the examples that share text with it; None where each is by itself.
    """

    text: str
    tuned: Scores
    base: Scores | None = None
    group: str | None = None


ATTACKS: Mapping[str, Callable[[Scored], float | None]] = {
    "loss": lambda one: loss_score(one.tuned.log_probabilities),
    "loss_against_base": lambda one: (
        None
        if one.base is None
        else ratio_score(one.tuned.log_probabilities, one.base.log_probabilities)
    ),
    "zlib": lambda one: zlib_score(one.tuned.log_probabilities, one.text),
    "min_k": lambda one: min_k_score(one.tuned.log_probabilities),
    "min_k_plus": lambda one: min_k_plus_score(
        one.tuned.log_probabilities, one.tuned.means, one.tuned.deviations
    ),
}
"""Each gives a target a score, higher where the model knows it better."""


def describe_membership(
    train: Sequence[Scored], heldout: Sequence[Scored], *, seed: int = 0
) -> dict[str, object]:
    """Return how well each attack tells members, and how to read it."""
    found: dict[str, object] = {"reading": READING}
    groups = [groups_or_none([one.group for one in side]) for side in (train, heldout)]
    for name, attack in ATTACKS.items():
        sides = [[attack(one) for one in side] for side in (train, heldout)]
        known = [[score for score in side if score is not None] for side in sides]
        if any(len(side) < len(scores) for side, scores in zip(known, sides, strict=True)):
            found[name] = {"missing": NO_BASE}
        else:
            found[name] = membership(
                *known, train_groups=groups[0], heldout_groups=groups[1], seed=seed
            ).to_dict()
    return found
