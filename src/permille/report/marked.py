"""Texts cut into marked and plain pieces around the spans of their cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

CONTEXT_CHARS = 300


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; `number` is that of the first case that covers it, 0 if none does."""

    text: str
    number: int = 0


def marked_pieces(
    text: str, spans: Sequence[tuple[int, int]], context_chars: int = CONTEXT_CHARS
) -> list[Piece]:
    """Cut `text` at the ends of `spans`, which are numbered from 1 in their order.

    What lies further than `context_chars` from every span is left out, with an ellipsis in its
    place. Joined pieces are a substring of the text but for those ellipses.
    """
    inside = [(max(0, start), min(len(text), end)) for start, end in spans]
    cuts = {0, len(text), *(end for span in inside for end in span)}
    for start, end in inside:
        cuts |= {max(0, start - context_chars), min(len(text), end + context_chars)}
    edges = sorted(cuts)
    pieces: list[Piece] = []
    for start, end in pairwise(edges):
        if not is_near(start, end, inside, context_chars):
            pieces.append(Piece(" … "))
            continue
        pieces.append(Piece(text[start:end], covering(start, end, inside)))
    return pieces


def covering(start: int, end: int, spans: Sequence[tuple[int, int]]) -> int:
    """Return the number of the first span that covers the stretch, or 0."""
    numbered = enumerate(spans, start=1)
    return next((number for number, (a, b) in numbered if a <= start and end <= b), 0)


def is_near(start: int, end: int, spans: Sequence[tuple[int, int]], context_chars: int) -> bool:
    """Tell whether the stretch lies within `context_chars` of a span, or there is no span."""
    if not spans:
        return True
    return any(start >= a - context_chars and end <= b + context_chars for a, b in spans)
