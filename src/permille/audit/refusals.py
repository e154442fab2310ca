"""Pairs of texts that repeat themselves too much to be aligned: how many, and a word on them."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from permille.audit.findings import Found
from permille.core.records import Generation

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class RefusedPairs:
    """The refused pairs of an audit, in all its models and splits.

    Attributes:
        count: How many there are.
        first: The ids of the first one's generation and document; None where there is none.
    """

    count: int = 0
    first: tuple[str, str] | None = None

    def note(self, generations: Iterable[Generation], found: Iterable[Found]) -> None:
        """Count those of some generations, of which `found` has one each."""
        for generation, one in zip(generations, found, strict=True):
            self.count += len(one.refused)
            if one.refused and self.first is None:
                self.first = generation.id, one.refused[0].document_id

    def warn(self) -> None:
        """Warn once, with what to do; say nothing where there is none."""
        if self.first is None:
            return
        _LOG.warning(
            "%d %s not aligned, since it would take minutes or gigabytes where texts are so large "
            "or repeat themselves so much: first generation %s with document %s; generations "
            "without a case in another document are unknown, not clean; to measure them cut the "
            "texts into parts",
            self.count,
            "pair of texts was" if self.count == 1 else "pairs of texts were",
            *self.first,
        )
