"""What every paraphrase judge can do."""

from collections.abc import Sequence
from typing import Protocol

SentencePair = tuple[str, str]


class Judge(Protocol):
    """Says how probable it is that two sentences paraphrase each other."""

    def probabilities(self, pairs: Sequence[SentencePair]) -> list[float]:
        """Return one probability in [0, 1] a pair, in the pairs' order."""
        ...
