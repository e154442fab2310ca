"""Alignment of many pairs, in this process or in several; the results are the same."""

import gc
import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from joblib import Parallel, cpu_count, delayed
from joblib.parallel import BACKENDS, get_active_backend

from permille.align.aligner import Aligner
from permille.align.config import AlignConfig
from permille.align.prepare import PreparedText
from permille.align.recent import RecentTexts
from permille.align.stored import Record, open_stored, record_of
from permille.core.errors import RepetitionError
from permille.core.records import Alignment, Kind

TextPair = tuple[str, str]
PART_PAIRS = 640
"""Pairs that a process gets at a time."""
MAX_PREPARED_CHARS = 40_000_000
"""Characters of prepared texts that all processes keep together; a document is often a candidate
of several texts."""
MAX_OWN_CHARS = 8_000_000
"""Characters that one of several processes keeps, some 25 bytes each: joblib ends a process that
has grown by 300 MB, and the next would have to load all anew."""
ON_THIS_MACHINE = ("loky", "threading", "sequential")
"""Joblib's backends that give back what is done while more is begun; dask's and ray's may be of a
cluster."""
LEAST_PAIRS = 20_000
"""Fewer pairs are aligned in less time than other processes take to start."""
REFUSED = Alignment(Kind.NONE, refused=True)
"""Of a pair that repeats itself too much: one pair must not stop all others."""


def workers_for(num_pairs: int, num_workers: int | None = None) -> int:
    """Return how many processes align so many pairs.

    Args:
        num_pairs: Pairs that there will be.
        num_workers: What was asked for; None for as many as pay.
    """
    if num_workers is not None:
        return num_workers
    return int(cpu_count()) if num_pairs >= LEAST_PAIRS else 1


def is_on_this_machine() -> bool:
    """Tell whether joblib's processes are on this machine, where they can read its files."""
    backend, _ = get_active_backend()
    return isinstance(backend, tuple(BACKENDS[name] for name in ON_THIS_MACHINE))


class PreparedTexts:
    """Prepares texts, and keeps those that were used last.

    Args:
        aligner: Prepares them; any other with the same way of preparing can use them.
        folders: Where texts may be stored that were prepared before.
        max_chars: Characters that are kept at most.
    """

    def __init__(
        self,
        aligner: Aligner,
        folders: Sequence[Path] = (),
        max_chars: int = MAX_PREPARED_CHARS,
    ) -> None:
        self._aligner = aligner
        fingerprint = aligner.config.preparation_fingerprint
        opened = (open_stored(folder, fingerprint) for folder in folders)
        self._stored = [stored for stored in opened if stored is not None]
        self._recent = RecentTexts(self._find, max_chars)

    def __call__(self, text: str) -> PreparedText:
        """Return a text prepared, now or before, by this process or another."""
        return self._recent(text)

    def _find(self, text: str) -> PreparedText:
        """Return a stored text, or prepare it."""
        found = (stored.get(text) for stored in self._stored)
        return next(filter(None, found), None) or self._aligner.prepare(text)

    def __len__(self) -> int:
        return len(self._recent)


@dataclass(frozen=True)
class Work:
    """What a process must know to align: the settings, where stored texts are, how many to keep.

    `given_by` is the process that has it done, in itself or in others.
    """

    config: AlignConfig
    folders: tuple[Path, ...] = ()
    max_chars: int = MAX_PREPARED_CHARS
    given_by: int = field(default_factory=os.getpid)


class ManyAligner:
    """Aligns many pairs, shared out over processes where there is more than one.

    Args:
        aligner: The detector; other processes build their own from its settings.
        num_workers: Processes; 1 aligns in this one.
        folders: Where texts may be stored that were prepared before.
    """

    def __init__(
        self, aligner: Aligner, num_workers: int = 1, folders: Sequence[Path] = ()
    ) -> None:
        self._aligner = aligner
        self._num_workers = num_workers
        self.own = OwnAligner(
            Work(
                aligner.config,
                tuple(folders),
                min(MAX_OWN_CHARS, MAX_PREPARED_CHARS // num_workers),
            )
        )
        """Aligns the same in whatever process it is sent to."""
        self._prepared = PreparedTexts(aligner, folders)

    def __call__(self, pairs: Iterable[TextPair]) -> list[Alignment]:
        """Return the alignment of each pair of a suspicious and a source text, in order.

        Pairs are taken in this thread, while other processes align those before them.
        """
        if self._num_workers == 1:
            return align_pairs(self._aligner, self._prepared, pairs)
        waiting = iter(pairs)
        parts = iter(lambda: list(islice(waiting, PART_PAIRS)), [])
        found = Parallel(n_jobs=self._num_workers, batch_size=1, pre_dispatch="all")(
            delayed(self.own)(part) for part in parts
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
    aligner: Aligner, prepared: PreparedTexts, pairs: Iterable[TextPair]
) -> list[Alignment]:
    """Align pairs in order, on texts that are prepared once; a pair may be refused."""
    return [
        _align_or_refuse(aligner, prepared(suspicious), prepared(source))
        for suspicious, source in pairs
    ]


def _align_or_refuse(aligner: Aligner, suspicious: PreparedText, source: PreparedText) -> Alignment:
    try:
        return aligner.align(suspicious, source)
    except RepetitionError:
        return REFUSED


class _Own(threading.local):
    """The detector that a thread keeps between its parts; what it remembers is not shared."""

    key = ""
    aligner: Aligner
    prepared: PreparedTexts


_OWN = _Own()


@dataclass(frozen=True, slots=True)
class OwnAligner:
    """Aligns pairs with the own detector of the thread that it is called in; sent at no cost."""

    work: Work

    def __call__(self, pairs: Iterable[TextPair]) -> list[Alignment]:
        """Return the alignment of each pair of a suspicious and a source text, in order."""
        own = _own(self.work)
        found = align_pairs(own.aligner, own.prepared, pairs)
        # joblib collects garbage every second in its processes, and would walk through all texts
        # that are kept; a caller's own process is not ours to freeze
        if os.getpid() != self.work.given_by:
            gc.freeze()
        return found


def prepare_part(work: Work, texts: Sequence[str]) -> list[Record]:
    """Prepare texts with this thread's own detector, to be stored."""
    return [record_of(text) for text in map(_own(work).aligner.prepare, texts)]


def _own(work: Work) -> _Own:
    """Return what this thread keeps, for these settings."""
    key = repr(work)
    if key != _OWN.key:
        _OWN.aligner = Aligner(work.config)
        _OWN.prepared = PreparedTexts(_OWN.aligner, work.folders, work.max_chars)
        _OWN.key = key
    return _OWN
