"""Of cases that share suspicious sentences, the better one; after the published walk."""

from dataclasses import dataclass, field

from permille.align.pair import Box, Weighted

_PERFECT = 0.99


def resolve_overlap(boxes: list[Box], weighted: Weighted) -> list[Box]:
    """Walk over the cases from the left and keep the better of those that overlap.

    What no longer overlaps the best is counted from the last compared case on; where nothing
    follows, that last case is skipped.
    """
    if len(boxes) < 2:
        return boxes
    boxes = sorted(boxes, key=lambda box: box[0])
    qualities = _Qualities(weighted)
    kept: list[Box] = []
    at, current = 0, boxes[0]
    while at < len(boxes):
        after = at + 1
        while after < len(boxes) and boxes[after][0] <= current[1]:
            after += 1
        if after > at + 1:
            current = qualities.best(current, boxes[at + 1 : after])
        if after == len(boxes) or after == at + 1:
            kept.append(current)
            at = after
            current = boxes[min(at, len(boxes) - 1)]
        else:
            at = after - 1
    return kept


@dataclass
class _Qualities:
    """Compares cases, remembering sentences' best cosines."""

    weighted: Weighted
    _best: dict[tuple[int, int, int], float] = field(default_factory=dict)

    def best(self, current: Box, others: list[Box]) -> Box:
        """Compare the current case with each of the others, one after the other."""
        winner, score = current, 0.0
        for other in others:
            mine, theirs = self._of(current, other), self._of(other, current)
            taken, quality = self._choose(current, other, mine, theirs, score)
            if taken:
                winner, score = taken, quality
        return winner

    @staticmethod
    def _choose(
        current: Box, other: Box, mine: float, theirs: float, score: float
    ) -> tuple[Box | None, float]:
        """Return the case to note, or None where neither is, and its quality."""
        if mine > _PERFECT and theirs > _PERFECT:
            if other[1] - other[0] > current[1] - current[0]:
                return (other, theirs) if theirs > score else (None, 0.0)
            return (current, mine) if mine > score else (None, 0.0)
        if theirs <= mine:
            return None, 0.0
        if theirs > score:
            return other, theirs
        return (current, mine) if mine > score else (None, 0.0)

    def _of(self, box: Box, other: Box) -> float:
        """Return how well a case's sentences match its own source, the shared ones first."""
        shared, count_shared, rest, count_rest = 0.0, 0, 0.0, 0
        for i in range(box[0], box[1] + 1):
            best = self._sentence(i, box)
            if other[0] <= i <= other[1]:
                shared, count_shared = shared + best, count_shared + 1
            else:
                rest, count_rest = rest + best, count_rest + 1
        mean = shared / count_shared
        return mean + (1 - mean) * (rest / count_rest) if count_rest else mean

    def _sentence(self, i: int, box: Box) -> float:
        """Return a suspicious sentence's greatest cosine with the case's source sentences."""
        key = (i, box[2], box[3])
        if key not in self._best:
            self._best[key] = max(
                self.weighted.cosine((i, i, j, j)) for j in range(box[2], box[3] + 1)
            )
        return self._best[key]
