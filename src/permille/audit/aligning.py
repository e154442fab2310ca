"""Alignment of many pairs, in this process or in several; the results are the same."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

from joblib import Parallel, delayed

from permille.align.aligner import Aligner
from permille.align.config import AlignConfig
from permille.align.prepare import PreparedText
from permille.core.records import Alignment

TextPair = tuple[str, str]
PARTS_A_WORKER = 2
"""Parts of a chunk that each process gets, so that a slow part does not hold up the others."""
MAX_PREPARED_CHARS = 40_000_000
"""Characters of prepared texts that are kept; a document is often a candidate of several texts."""


class PreparedTexts:
    """Prepares texts, and keeps those that were used last.

    Args:
        aligner: Prepares them; any other with the same way of preparing can use them.
        max_chars: Characters that are kept at most.
    """

    def __init__(self, aligner: Aligner, max_chars: int = MAX_PREPARED_CHARS) -> None:
        self._aligner = aligner
        self._max_chars = max_chars
        self._num_chars = 0
        self._kept: OrderedDict[str, PreparedText] = OrderedDict()

    def __call__(self, text: str) -> PreparedText:
        """Return a text prepared, now or before."""
        if text in self._kept:
            self._kept.move_to_end(text)
            return self._kept[text]
        prepared = self._aligner.prepare(text)
        self._kept[text] = prepared
        self._num_chars += len(text)
        while self._num_chars > self._max_chars and len(self._kept) > 1:
            forgotten, _ = self._kept.popitem(last=False)
            self._num_chars -= len(forgotten)
        return prepared

    def __len__(self) -> int:
        return len(self._kept)


class ManyAligner:
    """Aligns lists of pairs, shared out over processes where there is more than one.

    Args:
        aligner: The detector; other processes build their own from its settings.
        num_workers: Processes; 1 aligns in this one.
    """

    def __init__(self, aligner: Aligner, num_workers: int = 1) -> None:
        self._aligner = aligner
        self._num_workers = num_workers
        self._prepared = PreparedTexts(aligner)

    def __call__(self, pairs: Sequence[TextPair]) -> list[Alignment]:
        """Return the alignment of each pair of a suspicious and a source text, in order."""
        if self._num_workers == 1:
            return align_pairs(self._aligner, self._prepared, pairs)
        size = max(1, -(-len(pairs) // (PARTS_A_WORKER * self._num_workers)))
        parts = [pairs[start : start + size] for start in range(0, len(pairs), size)]
        config = self._aligner.config
        found = Parallel(n_jobs=self._num_workers)(
            delayed(align_part)(config, part) for part in parts
        )
        return [alignment for part in found for alignment in part]

    def with_thresholds(self, config: AlignConfig) -> "ManyAligner":
        """Return one with other thresholds, which works in this process on the same texts.

        Args:
            config: Settings that prepare texts in the same way.

        Raises:
            ValueError: If they prepare texts in another way.
        """
        own, other = self._aligner.config, config
        if own.preparation_fingerprint != other.preparation_fingerprint:
            raise ValueError(f"want thresholds only to differ from {own}, got {other}")
        moved = ManyAligner(Aligner(config))
        moved._prepared = self._prepared
        return moved


def align_pairs(
    aligner: Aligner, prepared: PreparedTexts, pairs: Sequence[TextPair]
) -> list[Alignment]:
    """Align pairs in order, on texts that are prepared once."""
    return [aligner.align(prepared(suspicious), prepared(source)) for suspicious, source in pairs]


class _Own(threading.local):
    """The detector that a thread keeps between its parts; what it remembers is not shared."""

    key = ""
    aligner: Aligner
    prepared: PreparedTexts


_OWN = _Own()


def align_part(config: AlignConfig, pairs: Sequence[TextPair]) -> list[Alignment]:
    """Align pairs with this thread's own detector of these settings."""
    key = repr(config)
    if key != _OWN.key:
        _OWN.aligner = Aligner(config)
        _OWN.prepared = PreparedTexts(_OWN.aligner)
        _OWN.key = key
    return align_pairs(_OWN.aligner, _OWN.prepared, pairs)
