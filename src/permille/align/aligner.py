"""The detector as others call it: prepare texts, align pairs."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from permille.align.config import AlignConfig
from permille.align.prepare import PreparedText, Preparer
from permille.align.recent import RecentTexts
from permille.core.errors import DataError
from permille.core.records import Alignment

_RECENT_TEXTS = 1_000
_RECENT_CHARS = 5_000_000


class Aligner:
    """Finds the passages of one text that stand in another, copied, rewritten or condensed.

    Raises:
        SettingsError: If the rules are the published ones and NLTK's `punkt_tab` is missing.
    """

    def __init__(self, config: AlignConfig | None = None) -> None:
        self.config = replace(config) if config else AlignConfig()
        self._preparer = Preparer(self.config)
        self._detect = self._detector()
        self._recent = RecentTexts(self.prepare, _RECENT_CHARS, _RECENT_TEXTS)

    def _detector(self) -> Callable[[PreparedText, PreparedText], Alignment]:
        """Return the rules as a function; the compiled code is imported only here."""
        if self.config.rules == "mended":
            from permille.align.mended import align_mended
            from permille.align.weights import load_weights

            return partial(align_mended, config=self.config, learned=load_weights())
        from permille.align.published import align_published

        return partial(align_published, config=self.config, preparer=self._preparer)

    def prepare(self, text: str) -> PreparedText:
        """Return the text with what matching needs of it, for any number of pairs.

        Raises:
            DataError: If it is no text.
        """
        if not isinstance(text, str):
            raise DataError(f"want a text to prepare, got {type(text).__name__}")
        return self._preparer.prepare(text)

    def align(self, suspicious: str | PreparedText, source: str | PreparedText) -> Alignment:
        """Align one pair; texts that were not prepared are prepared here.

        Raises:
            DataError: If one is no text, or was prepared under settings that prepare otherwise.
            RepetitionError: If the pair repeats itself too much, or is too large.
        """
        return self._detect(
            self._prepared(suspicious, "suspicious"), self._prepared(source, "source")
        )

    def _prepared(self, text: str | PreparedText, side: str) -> PreparedText:
        """Return a text prepared, now or some pairs ago: pairs often share one."""
        if isinstance(text, str):
            return self._recent(text)
        if not isinstance(text, PreparedText):
            raise DataError(
                f"{side}: want a text or one that the detector prepared, got {type(text).__name__}"
            )
        if text.fingerprint != self._preparer.fingerprint:
            raise DataError(
                f"{side}: want a text prepared as this detector does, got one prepared under other"
                " settings; prepare it by the detector that aligns it"
            )
        return text

    def align_many(
        self, pairs: Iterable[tuple[str | PreparedText, str | PreparedText]]
    ) -> Iterator[Alignment]:
        """Align pairs in order, each as it is asked for.

        A text that comes again is not prepared again, unless 1,000 other texts, or texts of 5
        million characters, came in between: no more are remembered, but always the last pair.

        Raises:
            DataError: At what `align` refuses; no further pair is aligned.
            RepetitionError: At a pair that repeats itself too much, likewise.
        """
        for suspicious, source in pairs:
            yield self.align(suspicious, source)
