"""The judge's word on paraphrases: sentences of a case's two passages, pair by pair."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from permille.judge.protocol import Judge, SentencePair

WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Confirms a paraphrase where any pair of sentences of its passages is one.

    Attributes:
        judge: Says how probable a paraphrase is.
        split: Splits a passage into sentences.
        threshold: A probability has to be greater.
        max_pairs: Pairs of a case that are judged at most: those with most words in common.
        equal_counts: Whether two equal sentences confirm; the published caller scores them 0.
    """

    judge: Judge
    split: Callable[[str], list[str]]
    threshold: float = 0.5
    max_pairs: int = 64
    equal_counts: bool = True

    def confirm(self, passages: Sequence[tuple[str, str]]) -> list[bool]:
        """Say of each pair of passages whether it is confirmed.

        Args:
            passages: The text of a case in the generation, and in the document.
        """
        pairs = [self._pairs(*both) for both in passages]
        probabilities = iter(self.judge.probabilities([pair for case in pairs for pair in case]))
        confirmed = []
        for case in pairs:
            scores = [self._score(pair, next(probabilities)) for pair in case]
            confirmed.append(any(score > self.threshold for score in scores))
        return confirmed

    def _pairs(self, generation: str, document: str) -> list[SentencePair]:
        """Return the pairs of sentences of two passages, most common words first, cut off."""
        sides = [self.split(generation), self.split(document)]
        pairs = [(first, second) for first in sides[0] for second in sides[1]]
        if len(pairs) <= self.max_pairs:
            return pairs
        words = {text: frozenset(WORD.findall(text.lower())) for side in sides for text in side}
        return sorted(pairs, key=lambda pair: -len(words[pair[0]] & words[pair[1]]))[
            : self.max_pairs
        ]

    def _score(self, pair: SentencePair, probability: float) -> float:
        """Return a pair's probability, 0 for equal sentences where they do not count."""
        return probability if self.equal_counts or pair[0] != pair[1] else 0.0
