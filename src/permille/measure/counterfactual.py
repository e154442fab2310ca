"""Counterfactual memorization: given back by models that saw an example, minus by the others.

Zhang et al., "Counterfactual Memorization in Neural Language Models" (2023), with giving back in
the place of accuracy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from permille.measure.intervals import Interval, rounded_figures, tango_interval


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


def counterfactual_interval(examples: Sequence[ExampleMemory]) -> Interval:
    """Return Tango's interval of the mean difference, part of one counting as part of a pair."""
    gained = fsum(max(0.0, one.difference) for one in examples)
    lost = fsum(max(0.0, -one.difference) for one in examples)
    return tango_interval(gained, lost, len(examples))


def counterfactual_mean(examples: Sequence[ExampleMemory]) -> dict[str, object]:
    """Return the mean difference in per mille and every example's, greatest first.

    The interval is Tango's over examples, given the models: an example is a pair, and part of a
    difference counts as that part of a gained or lost one. This is wider than a bootstrap where
    there are such parts, and has a length where all examples differ alike.

    Args:
        examples: Those that some models saw and some did not.
    """
    if not examples:
        return {"of": 0, "permille": None, "ci95": None, "reason": "no example was in and out"}
    low, high = counterfactual_interval(examples)
    mean = fsum(one.difference for one in examples) / len(examples)
    permille, ci95 = rounded_figures(1000 * mean, (1000 * low, 1000 * high))
    ordered = sorted(examples, key=lambda one: (-one.difference, one.example_id))
    return {
        "of": len(examples),
        "permille": permille,
        "ci95": ci95,
        "method": "tango over examples, given the models",
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
