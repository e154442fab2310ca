"""Whether the text of a case already stood in the generation's own prompt."""

from permille.measure.word_runs import WORD, WordRuns, has_own_stretch


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
        extents = [match.span() for match in found]
        return any(is_copied) and not has_own_stretch(extents, is_copied, least_chars)
