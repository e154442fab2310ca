"""Prepared texts that were used last: pairs often share one."""

from collections import OrderedDict
from collections.abc import Callable, Iterator

from permille.align.prepare import PreparedText


class RecentTexts:
    """Prepares texts, and remembers those that were used last.

    Those of the last pair stay, however long they are: the next one may share either.

    Args:
        prepare: Prepares a text that is not remembered.
        max_chars: Characters of the texts that are remembered at most.
        max_texts: How many are remembered at most; None for as many as `max_chars` allows.
    """

    def __init__(
        self, prepare: Callable[[str], PreparedText], max_chars: int, max_texts: int | None = None
    ) -> None:
        self._prepare = prepare
        self._max_chars, self._max_texts = max_chars, max_texts
        self._kept: OrderedDict[str, PreparedText] = OrderedDict()
        self.num_chars = 0
        """Characters of what is remembered."""

    def __call__(self, text: str) -> PreparedText:
        """Return a text prepared, now or before."""
        if text in self._kept:
            self._kept.move_to_end(text)
            return self._kept[text]
        prepared = self._kept[text] = self._prepare(text)
        self.num_chars += len(text)
        while len(self._kept) > 2 and self._is_too_full():
            forgotten, _ = self._kept.popitem(last=False)
            self.num_chars -= len(forgotten)
        return prepared

    def _is_too_full(self) -> bool:
        has_too_many = self._max_texts is not None and len(self._kept) > self._max_texts
        return has_too_many or self.num_chars > self._max_chars

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[str]:
        """Yield the texts, that which was used last at the end."""
        return iter(self._kept)
