"""Runs of words that two texts have in common."""

import re
from collections.abc import Iterator, Sequence

WORD = re.compile(r"\w+")


class WordRuns:
    """Every run of so many words of a text, case left aside.

    Args:
        text: The text; None has no words.
        num_words: Words of a run, 1 or more.
    """

    def __init__(self, text: str | None, num_words: int) -> None:
        self.num_words = num_words
        words = WORD.findall((text or "").lower())
        self._runs = {tuple(words[i : i + num_words]) for i in self._starts(len(words))}

    def __bool__(self) -> bool:
        """Tell whether there is any run."""
        return bool(self._runs)

    def held(self, words: Sequence[str]) -> list[bool]:
        """Return of each lower-cased word whether it stands in such a run."""
        is_held = [False] * len(words)
        for start in self._starts(len(words)) if self._runs else ():
            if tuple(words[start : start + self.num_words]) in self._runs:
                is_held[start : start + self.num_words] = [True] * self.num_words
        return is_held

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return the half-open character ranges of another text that consist of such runs.

        >>> WordRuns("he has a red car", 3).spans("She has a red car, he said.")
        [(4, 17)]
        """
        found = list(WORD.finditer(text))
        spans: list[tuple[int, int]] = []
        goes_on = False
        for match, is_held in zip(
            found, self.held([one.group().lower() for one in found]), strict=True
        ):
            if is_held:
                start = spans.pop()[0] if goes_on else match.start()
                spans.append((start, match.end()))
            goes_on = is_held
        return spans

    def _starts(self, num_words: int) -> range:
        """Return where a run can begin among so many words."""
        return range(num_words - self.num_words + 1)


def has_own_stretch(
    extents: Sequence[Sequence[int]], is_held: Sequence[bool], least_chars: int
) -> bool:
    """Whether words that are not held, one behind the other, make so long a stretch.

    Args:
        extents: The first character of each word, and the one behind it, of length W.
        is_held: Whether each word belongs to what is taken out, of length W.
        least_chars: Characters of a stretch, gaps between its words included.

    >>> has_own_stretch([(0, 3), (4, 7), (8, 12)], [False, False, True], least_chars=7)
    True
    """
    stretches = _stretches(is_held)
    return any(extents[last][1] - extents[first][0] >= least_chars for first, last in stretches)


def _stretches(is_held: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the first and last index of every stretch of words that are not held."""
    first = None
    for i, held in enumerate([*is_held, True]):
        if not held and first is None:
            first = i
        elif held and first is not None:
            yield first, i - 1
            first = None
