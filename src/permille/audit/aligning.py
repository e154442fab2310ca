"""Alignment of many pairs, in this process or in several; the results are the same."""

from collections.abc import Sequence

from joblib import Parallel, delayed

from permille.align.aligner import Aligner
from permille.align.config import AlignConfig
from permille.core.records import Alignment

TextPair = tuple[str, str]
_OWN: dict[str, Aligner] = {}
PARTS_A_WORKER = 4
"""Parts of a chunk that each process gets, so that a slow part does not hold up the others."""


class ManyAligner:
    """Aligns lists of pairs, shared out over processes where there is more than one.

    Args:
        aligner: The detector; other processes build their own from its settings.
        num_workers: Processes; 1 aligns in this one.
    """

    def __init__(self, aligner: Aligner, num_workers: int = 1) -> None:
        self._aligner = aligner
        self._num_workers = num_workers

    def __call__(self, pairs: Sequence[TextPair]) -> list[Alignment]:
        """Return the alignment of each pair of a suspicious and a source text, in order."""
        if self._num_workers == 1:
            return list(self._aligner.align_many(pairs))
        size = max(1, -(-len(pairs) // (PARTS_A_WORKER * self._num_workers)))
        parts = [pairs[start : start + size] for start in range(0, len(pairs), size)]
        config = self._aligner.config
        found = Parallel(n_jobs=self._num_workers)(
            delayed(align_part)(config, part) for part in parts
        )
        return [alignment for part in found for alignment in part]


def align_part(config: AlignConfig, pairs: Sequence[TextPair]) -> list[Alignment]:
    """Align pairs with this process's own detector of these settings."""
    key = repr(config)
    if key not in _OWN:
        _OWN.clear()
        _OWN[key] = Aligner(config)
    return list(_OWN[key].align_many(pairs))
