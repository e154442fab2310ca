"""The detector as others call it: prepare texts, align pairs."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from permille.align.config import AlignConfig
from permille.align.prepare import PreparedText, Preparer
from permille.align.published import align_published
from permille.core.records import Alignment


class Aligner:
    """Finds the passages of one text that stand in another, copied, rewritten or condensed.

    Raises:
        SettingsError: If the rules are the published ones and NLTK's `punkt_tab` is missing.
    """

    def __init__(self, config: AlignConfig | None = None) -> None:
        self.config = replace(config) if config else AlignConfig()
        self._preparer = Preparer(self.config)

    def prepare(self, text: str) -> PreparedText:
        """Return the text with what matching needs of it, for any number of pairs."""
        return self._preparer.prepare(text)

    def align(self, suspicious: str | PreparedText, source: str | PreparedText) -> Alignment:
        """Align one pair; texts that were not prepared are prepared here."""
        left = self.prepare(suspicious) if isinstance(suspicious, str) else suspicious
        right = self.prepare(source) if isinstance(source, str) else source
        return align_published(left, right, self.config, self._preparer)

    def align_many(
        self, pairs: Iterable[tuple[str | PreparedText, str | PreparedText]]
    ) -> Iterator[Alignment]:
        """Align pairs in order; each distinct text is prepared once."""
        known: dict[str, PreparedText] = {}

        def prepared(text: str | PreparedText) -> PreparedText:
            if not isinstance(text, str):
                return text
            if text not in known:
                known[text] = self.prepare(text)
            return known[text]

        for suspicious, source in pairs:
            yield self.align(prepared(suspicious), prepared(source))
