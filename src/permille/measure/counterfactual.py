"""Counterfactual memorization: given back by models that saw an example, minus by the others.

Zhang et al., "Counterfactual Memorization in Neural Language Models" (2023), with giving back in
the place of accuracy.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

NUM_RESAMPLES = 2_000


@dataclass(frozen=True, slots=True)
class ExampleMemory:
    """One example: models that were trained with it and without it, and how many gave it back."""

    example_id: str
    num_in: int
    given_in: int
    num_out: int
    given_out: int

    @property
    def difference(self) -> float:
        """The share of models with it that gave it back, minus that of those without, [-1, 1]."""
        return self.given_in / self.num_in - self.given_out / self.num_out


def counterfactual_mean(examples: Sequence[ExampleMemory], *, seed: int = 0) -> dict[str, object]:
    """Return the mean difference in per mille and every example's, greatest first.

    The interval is a percentile bootstrap over examples, given the models; None where all examples
    differ alike, since it would have no length.

    Args:
        examples: Those that some models saw and some did not.
        seed: Of the bootstrap.
    """
    if not examples:
        return {"of": 0, "permille": None, "ci95": None, "reason": "no example was in and out"}
    values = np.array([one.difference for one in examples])
    rng = np.random.default_rng(seed)
    drawn = values[rng.integers(len(values), size=(NUM_RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    has_spread = float(values.min()) < float(values.max())
    ordered = sorted(examples, key=lambda one: (-one.difference, one.example_id))
    return {
        "of": len(examples),
        "permille": round(1000 * float(values.mean()), 1),
        "ci95": [round(1000 * float(low), 1), round(1000 * float(high), 1)] if has_spread else None,
        "method": f"percentile bootstrap over examples, {NUM_RESAMPLES} draws",
        "examples": [
            {
                "example_id": one.example_id,
                "in": [one.given_in, one.num_in],
                "out": [one.given_out, one.num_out],
                "difference": round(one.difference, 3),
            }
            for one in ordered
        ],
    }
