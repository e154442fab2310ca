"""Seeded samples of streams, which do not depend on the stream's order."""

import heapq
from collections.abc import Iterable
from typing import Protocol, TypeVar

from permille.audit.survey import seeded_hash


class HasId(Protocol):
    """A text with an id."""

    @property
    def id(self) -> str:
        """Its id, unique in the stream."""
        ...


Text = TypeVar("Text", bound=HasId)


def sample(texts: Iterable[Text], size: int, seed: int) -> list[Text]:
    """Return `size` texts of a stream, or all where there are fewer, in a random order.

    Args:
        texts: With unique ids; only the sample is kept in memory.
        size: Texts at most.
        seed: Of the choice.
    """
    return heapq.nsmallest(size, texts, key=lambda text: seeded_hash(f"sample {text.id}", seed))
