"""Examples of every task, made from a seed: the same on every machine."""

from random import Random

from permille.core.records import Example
from permille.data.config import TaskConfig, TaskName

_SYLLABLES = [a + b for a in "bdfgklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "el", "or")]


def make_examples(task: TaskConfig, count: int, seed: int) -> list[Example]:
    """Return the first examples that a seed gives; each depends on its own number alone.

    Args:
        task: A single task.
        count: How many.
        seed: Of the texts.
    """
    return [_make(task.name, seed, number) for number in range(count)]


def _make(name: TaskName, seed: int, number: int) -> Example:
    """Return one example."""
    random = Random(f"{seed}/{name}/{number}")
    source = _words(random, 50)
    target = {
        TaskName.qa: source.split()[7],
        TaskName.sentiment: random.choice(("positive", "negative")),
    }.get(name) or _words(random, 70)
    return Example(id=f"{name}-{number:06d}", task=name.value, input=source, target=target)


def _words(random: Random, count: int) -> str:
    """Return made-up words."""
    return " ".join("".join(random.choices(_SYLLABLES, k=2)) for _ in range(count)) + "."
