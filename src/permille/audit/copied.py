"""Whether the text of a case already stood in the generation's own prompt."""

import re
from collections.abc import Iterator

WORD = re.compile(r"\w+")


class PromptWords:
    """The runs of words of one prompt.

    Args:
        prompt: The prompt; None copies nothing.
        num_words: Words in a row that count as copied.
    """

    def __init__(self, prompt: str | None, num_words: int) -> None:
        self.num_words = num_words
        words = WORD.findall((prompt or "").lower())
        self._runs = {tuple(words[i : i + num_words]) for i in self._starts(len(words))}

    def holds(self, text: str, least_chars: int) -> bool:
        """Whether what is new in a text is too short to be a case by itself.

        Words are taken out that belong to a run of `num_words` words of the prompt.

        Args:
            text: The text of a case.
            least_chars: Characters that a stretch of other words needs to be a case.

        Returns:
            True where such a run stands in the text and no other stretch reaches `least_chars`.
        """
        found = list(WORD.finditer(text))
        words = [match.group().lower() for match in found]
        is_copied = [False] * len(words)
        for start in self._starts(len(words)):
            if tuple(words[start : start + self.num_words]) in self._runs:
                is_copied[start : start + self.num_words] = [True] * self.num_words
        lengths = (
            found[last].end() - found[first].start() for first, last in _stretches(is_copied)
        )
        return any(is_copied) and all(length < least_chars for length in lengths)

    def _starts(self, num_words: int) -> range:
        """Return where a run can begin among so many words."""
        return range(num_words - self.num_words + 1)


def _stretches(is_copied: list[bool]) -> Iterator[tuple[int, int]]:
    """Yield the first and last index of every stretch of words that are not copied."""
    first = None
    for i, copied in enumerate([*is_copied, True]):
        if not copied and first is None:
            first = i
        elif copied and first is not None:
            yield first, i - 1
            first = None
