"""The audit: generations and documents in, cases.jsonl and an `AuditReport` out.

Texts are streamed in chunks and kept on disk; a row of figures a generation stays in memory.
Partitions by split and model are made here, so a run's own files and foreign ones take one road.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import orjson

from permille.align.aligner import Aligner
from permille.align.config import AlignConfig
from permille.audit.aligning import ManyAligner
from permille.audit.config import AuditConfig
from permille.audit.controls.detector import (
    Probe,
    detector_control,
    retrieval_control,
    try_detector,
)
from permille.audit.controls.thresholds import thresholds
from permille.audit.counting import seen_in
from permille.audit.detect import Detector
from permille.audit.findings import Finding
from permille.audit.json_lines import write_aside
from permille.audit.judging import Confirmation
from permille.audit.report import AuditReport
from permille.audit.rows import MAIN, RowMaker, lines_of
from permille.audit.sampling import sample
from permille.audit.spread import SplitSpread
from permille.audit.store import FindingStore
from permille.audit.summary import TUNED_TRAIN, summarize
from permille.audit.survey import Survey, is_indexed, survey
from permille.audit.tally import Tally, ratios_of
from permille.audit.views import ARMS, ArmKey, Views, build_views
from permille.core.records import Arm, Document, Generation, Split
from permille.judge.protocol import Judge
from permille.retrieve.protocol import Retriever

Progress = Callable[[str, int, int], None]
"""Told of a stage ("index", "align"), how many texts are done and how many there are."""
CASES_FILE = "cases.jsonl"
PARTIAL_FOLDER = "findings.partial"
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
    cache_dir: Path | None = None,
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
        cache_dir: Where finished chunks are kept until the audit is done, so that the same audit,
            started again, goes on where it was; by default in `out`.
        progress: Told how far it is.

    Raises:
        DataError: If there is nothing to audit, or a file is not what it should be.
    """
    generations, documents = _rereadable(generations), _rereadable(documents)
    found = survey(generations, documents, seed=config.seed, is_paper=config.is_paper)
    views = build_views(documents, found, retriever, config, progress or _ignore)
    detector = build_detector(aligner, judge, config, judge_threshold, top_k)
    settings = [repr(aligner.config), type(judge).__name__, judge_threshold, top_k]
    settings += [config.is_paper, config.max_judge_pairs, config.copied_words]
    store = FindingStore(cache_dir or out / PARTIAL_FOLDER, repr(settings))
    search = _Search(generations, config, found, views, detector, store, progress or _ignore)
    tallies = search.count(out / CASES_FILE, search.look_up(documents))
    probed = {} if config.is_paper else search.probe(documents, aligner.config, tallies)
    store.remove()
    return summarize(
        tallies,
        found,
        config,
        least_chars=detector.least_chars,
        has_judge=judge is not None,
        probed=probed,
    )


def build_detector(
    aligner: Aligner,
    judge: Judge | None,
    config: AuditConfig,
    judge_threshold: float = 0.5,
    top_k: int = 10,
) -> Detector:
    """Return the detector of an audit; the arguments are those of `run_audit`."""
    confirmation = None
    if judge is not None:
        confirmation = Confirmation(
            judge,
            lambda passage: sentences_of(aligner, passage),
            judge_threshold,
            config.max_judge_pairs,
            equal_counts=not config.is_paper,
        )
    return Detector(
        ManyAligner(aligner, config.num_workers),
        aligner.config.measurable_chars,
        confirmation,
        top_k,
        config.copied_words,
        config.is_paper,
    )


@dataclass(frozen=True, slots=True)
class _Search:
    """All that is needed to go through the generations, chunk by chunk."""

    generations: Iterable[Generation]
    config: AuditConfig
    found: Survey
    views: Views
    detector: Detector
    store: FindingStore
    progress: Progress

    def look_up(self, documents: Iterable[Document]) -> dict[Split, SplitSpread]:
        """Find everything, and look up how far it is spread over the documents."""
        spread = {split: SplitSpread(self.detector.least_chars) for split in Split}
        for arm, views in self.views.items():
            for _, found in self.chunks(arm):
                seen = (seen_in(findings, MAIN) for findings in found)
                spread[arm[1]].note(seen, views[0].corpus)
        for split in {split for _, split in self.views}:
            is_paper = self.config.is_paper
            spread[split].scan(
                d for d in documents if d.split is split and is_indexed(d, is_paper=is_paper)
            )
        return spread

    def chunks(self, arm: ArmKey) -> Iterator[tuple[list[Generation], list[list[Finding]]]]:
        """Yield one arm's generations and findings, found now or before."""
        views = self.views[arm]
        prefix = repr([(view.name, view.corpus.fingerprint) for view in views])
        total, done = self.found.num_generations[arm], 0
        stage = "align " + " ".join(arm)
        wanted = (g for g in self.generations if (g.model, g.split) == arm)
        while chunk := list(islice(wanted, self.config.chunk_size)):
            self.progress(stage, done, total)

            def detect(chunk: list[Generation] = chunk) -> list[list[Finding]]:
                return self.detector.detect(chunk, views)

            yield chunk, self.store.findings(prefix, chunk, detect)
            done += len(chunk)
        self.progress(stage, done, total)

    def count(self, cases_file: Path, spread: dict[Split, SplitSpread]) -> dict[ArmKey, Tally]:
        """Write cases.jsonl and return every arm's rows."""
        tallies = {}
        with write_aside(cases_file) as file:
            for arm in ARMS:
                if arm not in self.views:
                    continue
                maker = RowMaker(
                    self.detector.least_chars,
                    self.config.max_examples,
                    self.found.cuts[arm[1]],
                    spread[arm[1]],
                    is_paper=self.config.is_paper,
                )
                rows = []
                for generations, found in self.chunks(arm):
                    for generation, findings in zip(generations, found, strict=True):
                        counted = [spread[arm[1]].counted(finding) for finding in findings]
                        row, headline = maker.row(generation, counted)
                        rows.append(row)
                        decides = headline if arm == (Arm.TUNED, Split.TRAIN) else None
                        for line in lines_of(generation, counted, decides):
                            file.write(orjson.dumps(line) + b"\n")
                tallies[arm] = Tally(rows)
        return tallies

    def probe(
        self,
        documents: Iterable[Document],
        align_config: AlignConfig,
        tallies: Mapping[ArmKey, Tally],
    ) -> dict[str, object]:
        """Return the controls for which samples are searched again."""
        config, least_chars = self.config, self.detector.least_chars
        main = self.views[TUNED_TRAIN][0]
        probe = Probe(self.detector, main.corpus, main.has_inputs)

        def long(split: Split) -> list[Document]:
            wanted = (d for d in documents if d.split is split and len(d.text) >= least_chars)
            return sample(wanted, config.num_planted, config.seed)

        self.progress("probe", 0, 2)
        trial = try_detector(probe, long(Split.TRAIN), long(Split.HELDOUT), config.seed)
        self.progress("probe", 1, 2)
        generations = sample(
            (
                g
                for g in self.generations
                if (g.model, g.split) == TUNED_TRAIN and len(g.text) >= least_chars
            ),
            config.num_threshold_prompts,
            config.seed,
        )
        moved = thresholds(probe, align_config, generations, config.num_workers)
        self.progress("probe", 2, 2)
        return {
            "retrieval": retrieval_control(trial),
            "thresholds": moved,
            "detector": detector_control(trial, ratios_of(tallies[TUNED_TRAIN], MAIN)),
        }


def sentences_of(aligner: Aligner, passage: str) -> list[str]:
    """Return a passage's sentences as the detector splits them."""
    return [passage[start:end] for start, end in aligner.prepare(passage).sentences.spans]


def _rereadable(texts: Iterable[Record]) -> Iterable[Record]:
    """Return texts that can be read again; an iterator's are kept in memory."""
    return list(texts) if isinstance(texts, Iterator) else texts


def _ignore(stage: str, done: int, total: int) -> None:
    """Tell nobody."""
