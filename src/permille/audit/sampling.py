"""Seeded samples of streams, which do not depend on the stream's order."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Protocol, TypeVar

from permille.audit.survey import seeded_hash


class HasText(Protocol):
    """A text with an id."""

    @property
    def id(self) -> str:
        """Its id, unique in the stream."""
        ...

    @property
    def text(self) -> str:
        """The text itself."""
        ...


Text = TypeVar("Text", bound=HasText)
Group = TypeVar("Group")


def samples(
    texts: Iterable[Text], groups_of: Callable[[Text], Iterable[Group]], size: int | None, seed: int
) -> dict[Group, list[Text]]:
    """Return `size` texts of each group, all where it has no more, in a random order.

    Args:
        texts: With unique ids; only the samples are kept in memory.
        groups_of: Names the groups that a text belongs to.
        size: Texts of a group at most; None takes all.
        seed: Of the choice.
    """
    kept: dict[Group, list[tuple[int, str, Text]]] = defaultdict(list)
    for text in texts:
        key = seeded_hash(f"sample {text.id}", seed)
        for group in groups_of(text):
            entry = (-key, text.id, text)
            if size is None or len(kept[group]) < size:
                heapq.heappush(kept[group], entry)
            elif size:
                heapq.heappushpop(kept[group], entry)
    return {
        group: [text for _, _, text in sorted(found, key=lambda entry: -entry[0])]
        for group, found in kept.items()
        if found
    }


def first_chars(texts: Sequence[Text], most_chars: int | None) -> Sequence[Text]:
    """Return the first texts, as many as have no more characters together, at least one.

    Args:
        texts: The texts.
        most_chars: Characters of them at most; None takes all.
    """
    if most_chars is None:
        return texts
    ends = accumulate(len(one.text) for one in texts)
    return texts[: max(1, sum(end <= most_chars for end in ends))]
