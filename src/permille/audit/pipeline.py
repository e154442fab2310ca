"""The audit: generations and documents in, cases.jsonl and an `AuditReport` out.

Texts are streamed in chunks and kept on disk; a row of figures a generation stays in memory.
Partitions by split and model are made here, so a run's own files and foreign ones take one road.
"""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from permille.align.aligner import Aligner
from permille.audit.aligning import workers_for
from permille.audit.anywhere import search_everywhere
from permille.audit.building import build_detector
from permille.audit.config import AuditConfig
from permille.audit.controls.detector import Probe
from permille.audit.detect import Detector
from permille.audit.passes import Passes, Progress
from permille.audit.preparing import prepare_corpora
from permille.audit.probing import Probed, probe_samples
from permille.audit.report import AuditReport
from permille.audit.store import FindingStore, findings_folder
from permille.audit.summary import summarize
from permille.audit.survey import Survey, survey
from permille.audit.views import TUNED_TRAIN, Views, build_views
from permille.core.records import Document, Generation, Split
from permille.judge.protocol import Judge
from permille.retrieve.protocol import Retriever

_LOG = logging.getLogger(__name__)
CASES_FILE = "cases.jsonl"
Record = TypeVar("Record")


def run_audit(
    generations: Iterable[Generation],
    documents: Iterable[Document],
    *,
    retriever: Retriever,
    aligner: Aligner,
    judge: Judge | None,
    config: AuditConfig,
    out: Path,
    judge_threshold: float = 0.5,
    top_k: int = 10,
    found_by: str = "",
    progress: Progress | None = None,
) -> AuditReport:
    """Find what generations give back of documents, count it, and compute its controls.

    Args:
        generations: Read several times, so a list, or a file by `read_generations`.
        documents: Likewise, by `read_documents`.
        retriever: An open engine.
        aligner: The detector.
        judge: The paraphrase judge; None counts every paraphrase.
        config: What is counted how.
        out: A folder; cases.jsonl is written there.
        judge_threshold: A probability has to be greater to confirm a paraphrase.
        top_k: Documents that are looked at for a generation.
        found_by: Names engine and judge with their settings: what an interrupted audit had found
            is only taken up by one with the same name.
        progress: Told how far it is.

    Raises:
        DataError: If there is nothing to audit, or a file is not what it should be.
        SettingsError: If what is found cannot be kept in `config.cache_dir`.
    """
    generations, documents = _rereadable(generations), _rereadable(documents)
    told = progress or _ignore
    found = survey(generations, documents, seed=config.seed, is_paper=config.is_paper)
    _warn_of_nothing_held_out(found, config)
    views = build_views(documents, found, retriever, config, told)
    num_workers = workers_for(top_k * sum(found.num_generations.values()), config.num_workers)
    _start_workers(
        build_detector(aligner, None, config, num_workers=num_workers), documents, views, told
    )
    folders = prepare_corpora(views, found, aligner.config, top_k, num_workers, told)
    detector = build_detector(aligner, judge, config, judge_threshold, top_k, num_workers, folders)
    settings = [found_by, repr(aligner.config), type(judge).__name__, judge_threshold, top_k]
    settings += [config.is_paper, config.max_judge_pairs, config.copied_words]
    store = FindingStore(findings_folder(config.cache_dir), repr(settings))
    passes = Passes(generations, config, found, views, detector, store, told)
    tallies = passes.count(out / CASES_FILE, passes.look_up(documents))
    probed = _probed(detector, views, generations, documents, config, aligner, told)
    report = summarize(
        tallies,
        found,
        config,
        least_chars=detector.least_chars,
        has_judge=judge is not None,
        probed=probed,
    )
    if not config.is_paper:
        least_chars = detector.least_chars
        shared = search_everywhere(generations, documents, tallies, least_chars, out, told)
        report = shared.added_to(report)
    store.remove()
    return report


def _start_workers(
    trial: Detector, documents: Iterable[Document], views: Views, told: Progress
) -> None:
    """Start other processes before they keep anything.

    joblib ends a process that has grown much since its first task, so that this is to load all.
    """
    text = next(iter(documents)).text
    if num_started := trial.start(text, views[TUNED_TRAIN]):
        told("start workers", num_started, num_started)


def _probed(
    detector: Detector,
    views: Views,
    generations: Iterable[Generation],
    documents: Iterable[Document],
    config: AuditConfig,
    aligner: Aligner,
    told: Progress,
) -> Probed:
    """Probe the detector, which the published counting does not."""
    if config.is_paper:
        return Probed()
    main = views[TUNED_TRAIN][0]
    probe = Probe(detector, main.corpus, main.has_inputs)
    return probe_samples(probe, generations, documents, config, aligner, told)


def _warn_of_nothing_held_out(found: Survey, config: AuditConfig) -> None:
    """Warn of held-out generations that are searched for nowhere."""
    if config.is_paper:
        return
    num_heldout = sum(
        count for (_, split), count in found.num_generations.items() if split is Split.HELDOUT
    )
    if num_heldout and not found.num_documents[Split.HELDOUT]:
        _LOG.warning(
            "%d of the generations are held out and no document is, so that they are left out and "
            'nothing is compared with them; give documents with "split": "heldout" too',
            num_heldout,
        )


def _rereadable(texts: Iterable[Record]) -> Iterable[Record]:
    """Return texts that can be read again; an iterator's are kept in memory."""
    return list(texts) if isinstance(texts, Iterator) else texts


def _ignore(stage: str, done: int, total: int) -> None:
    """Tell nobody."""
