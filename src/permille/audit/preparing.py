"""Documents prepared for alignment once, and kept beside their index."""

import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from joblib import Parallel, delayed

from permille.align.config import AlignConfig
from permille.align.stored import Record, open_stored, stored_path, write_prepared
from permille.audit.aligning import Work, prepare_part
from permille.audit.survey import Survey
from permille.audit.views import Views
from permille.core.records import Document
from permille.retrieve.protocol import Corpus

Progress = Callable[[str, int, int], None]
PART_DOCUMENTS = 500
"""Documents that a process gets at a time."""
PAIRS_A_DOCUMENT = 4
"""With fewer pairs for each document of an index, many documents are never a candidate."""
PARTS_AT_ONCE = 8
"""Parts that are in memory at a time, for each process."""
_STAGE = "index prepared texts"
_LOG = logging.getLogger(__name__)


def prepare_corpora(
    views: Views,
    found: Survey,
    config: AlignConfig,
    top_k: int,
    num_workers: int,
    progress: Progress,
) -> list[Path]:
    """Prepare the documents of corpora most of which will be aligned, where that can be kept.

    Args:
        views: Which arm is searched for where.
        found: How many generations each has.
        config: How texts are prepared.
        top_k: Documents that are aligned with a generation at most.
        num_workers: Processes that prepare.
        progress: Told of how many documents are prepared.

    Returns:
        The folders in which prepared texts are.
    """
    corpora: dict[str, Corpus] = {}
    num_pairs: dict[str, int] = {}
    for arm, searched in views.items():
        for view in searched:
            name = view.corpus.fingerprint
            corpora[name] = view.corpus
            num_pairs[name] = num_pairs.get(name, 0) + top_k * found.num_generations[arm]
    folders = []
    for name, corpus in corpora.items():
        local = corpus.local()
        if local is None:
            continue
        folders.append(local.beside)
        is_there = _is_stored(local.beside, config.preparation_fingerprint)
        if not is_there and num_pairs[name] >= PAIRS_A_DOCUMENT * len(corpus):
            records = _records(local.documents, len(corpus), config, num_workers, progress)
            try:
                write_prepared(local.beside, config.preparation_fingerprint, records)
            except OSError as error:
                _LOG.info("prepared texts are not kept in %s: %s", local.beside, error.strerror)
    return folders


def _is_stored(folder: Path, fingerprint: bytes) -> bool:
    """Tell whether a folder has whole prepared texts, and say if it has damaged ones."""
    is_whole = open_stored(folder, fingerprint) is not None
    path = stored_path(folder, fingerprint)
    if path.is_dir() and not is_whole:
        _LOG.warning("%s: damaged prepared texts are prepared again", path)
    return is_whole


def _records(
    documents: Iterable[Document],
    total: int,
    config: AlignConfig,
    num_workers: int,
    progress: Progress,
) -> Iterator[Record]:
    """Yield the documents prepared, and tell how far it is."""
    texts = (document.text for document in documents)
    parts = iter(lambda: list(islice(texts, PART_DOCUMENTS)), [])
    done = 0
    progress(_STAGE, done, total)
    while block := list(islice(parts, PARTS_AT_ONCE * num_workers)):
        work = Work(config)
        prepared = Parallel(n_jobs=num_workers, batch_size=1)(
            delayed(prepare_part)(work, part) for part in block
        )
        for records in prepared:
            yield from records
        done += sum(map(len, block))
        progress(_STAGE, done, total)
