"""Random strings among the training examples, inserted once, 10 and 100 times.

After Carlini et al., "The Secret Sharer" (2019): what a model gives back of a string that nothing
else could have taught it is memorized for certain. A string is drawn from a known space, so that
others of the same space can be drawn and ranked against it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from permille.core.records import Example
from permille.data.builtin.lexicon import words

TIMES = (1, 10, 100)
"""How often strings are inserted, in turn."""
NUM_WORDS = 12
"""Words of a string; with their lengths always more than 50 characters."""


@dataclass(frozen=True, slots=True)
class Canary:
    """A random string as an example, and how often it is inserted."""

    example: Example
    times: int


def make_canaries(task_name: str, count: int, seed: int) -> list[Canary]:
    """Return the first canaries that a seed gives, their ids `canary-000`, `canary-001`, ...

    Args:
        task_name: The task whose instruction stands before their input.
        count: How many different strings.
        seed: Of the strings.
    """
    canaries = []
    for number in range(count):
        name = f"canary-{number:03d}"
        example = Example(
            id=name,
            task=task_name,
            input=f"What is the secret of {name}?",
            target=draw_secret(Random(f"{seed}/{name}")),
        )
        canaries.append(Canary(example, TIMES[number % len(TIMES)]))
    return canaries


def draw_secret(random: Random) -> str:
    """Return a string of the space: words drawn one by one, with repetition."""
    return " ".join(random.choices(_nouns(), k=NUM_WORDS))


def space_size() -> int:
    """Return how many strings the space has."""
    return int(len(_nouns()) ** NUM_WORDS)


def space_bits() -> float:
    """Return the logarithm to base 2 of how many strings the space has."""
    return NUM_WORDS * math.log2(len(_nouns()))


def describe_space() -> str:
    """Say in words what strings the space has."""
    return (
        f"strings of {NUM_WORDS} words, each drawn from {len(_nouns())} nouns:"
        f" 2^{space_bits():.1f} strings"
    )


def _nouns() -> list[str]:
    """Return the words of which strings are made."""
    return [word for word in words()["noun"] if len(word) >= 4]


def copies(canaries: Sequence[Canary]) -> list[Example]:
    """Return the training examples of the canaries, each copy with an id of its own."""
    return [
        replace(canary.example, id=f"{canary.example.id}/copy-{copy:03d}")
        for canary in canaries
        for copy in range(canary.times)
    ]
