"""Whether the text of a case already stood in the generation's own prompt."""

from collections.abc import Iterator

from permille.measure.word_runs import WORD, WordRuns


class PromptWords:
    """The runs of words of one prompt.

    Args:
        prompt: The prompt; None copies nothing.
        num_words: Words in a row that count as copied.
    """

    def __init__(self, prompt: str | None, num_words: int) -> None:
        self._runs = WordRuns(prompt, num_words)

    def holds(self, text: str, least_chars: int) -> bool:
        """Whether what is new in a text is too short to be a case by itself.

        Words are taken out that belong to a run of `num_words` words of the prompt.

        Args:
            text: The text of a case.
            least_chars: Characters that a stretch of other words needs to be a case.

        Returns:
            True where such a run stands in the text and no other stretch reaches `least_chars`.
        """
        if not self._runs:
            return False
        found = list(WORD.finditer(text))
        is_copied = self._runs.held([match.group().lower() for match in found])
        lengths = (
            found[last].end() - found[first].start() for first, last in _stretches(is_copied)
        )
        return any(is_copied) and all(length < least_chars for length in lengths)


def _stretches(is_copied: list[bool]) -> Iterator[tuple[int, int]]:
    """Yield the first and last index of every stretch of words that are not copied."""
    first = None
    for i, copied in enumerate([*is_copied, True]):
        if not copied and first is None:
            first = i
        elif copied and first is not None:
            yield first, i - 1
            first = None
