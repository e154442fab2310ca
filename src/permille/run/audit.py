"""The audit of a model: prompts, generations, documents, what was found, and the run's report."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from permille.audit.config import AuditName
from permille.audit.files import write_documents, write_generations
from permille.audit.pipeline import run_audit
from permille.audit.report import AuditReport
from permille.config.schema import Settings
from permille.core.records import KINDS_BY_STRENGTH, Arm, Document, Generation
from permille.model.load import LoadedModel
from permille.retrieve.engines import open_retriever
from permille.run.build import build_aligner, build_judge
from permille.run.folder import RunFolder
from permille.run.job import is_first_process
from permille.run.loading import Loaded
from permille.run.prompting import (
    Progress,
    UtilityScores,
    make_all_prompts,
    measure_utility,
    write_generations_of,
)
from permille.run.provenance import Clock


@dataclass(frozen=True, slots=True)
class Audited:
    """A model's audit; `report` lacks settings, provenance and attention."""

    report: AuditReport
    utility: UtilityScores | None = None


def audit_model(
    loaded: Loaded, folder: RunFolder, clock: Clock, progress: Progress
) -> Audited | None:
    """Prompt a model and find what it gives back, with the files of the run.

    Every process of a distributed run has to call it, since they share the generating; only the
    first one searches and writes, and the others get None.

    Args:
        loaded: The examples and the model.
        folder: The run's folder.
        clock: Times the stages.
        progress: Told of each stage how far it is.
    """
    settings = loaded.settings
    tuned = LoadedModel(loaded.model, loaded.tokenizer, from_scratch=loaded.load_base is None)
    utility = measure_utility(settings, tuned, loaded.splits.heldout, progress)
    clock.end("utility")
    if settings.audit.name is AuditName.off:
        return Audited(nothing_audited(settings), utility) if is_first_process() else None
    train, heldout = make_all_prompts(settings, loaded.splits, tuned)
    asked = (train.asked, heldout.asked)
    written = [
        one
        for prompts in asked
        for one in write_generations_of(settings, tuned, prompts, Arm.TUNED, progress)
    ]
    if loaded.load_base and settings.audit.base_model and not settings.audit.is_paper:
        base = loaded.load_base()
        for prompts in asked:
            written += write_generations_of(settings, base, prompts, Arm.BASE, progress)
    clock.end("generate")
    if not is_first_process():
        return None
    documents = [*train.documents(), *heldout.documents()]
    write_generations(folder.generations, written)
    write_documents(folder.documents, documents)
    report = audit_generations(settings, written, documents, folder.path, progress)
    clock.end("audit")
    return Audited(report, utility)


def audit_generations(
    settings: Settings,
    generations: Iterable[Generation],
    documents: Iterable[Document],
    out: Path,
    progress: Progress,
) -> AuditReport:
    """Find what generations give back of documents; cases.jsonl is written into `out`."""
    with open_retriever(settings.retrieve) as retriever:
        return run_audit(
            generations,
            documents,
            retriever=retriever,
            aligner=build_aligner(settings.align),
            judge=build_judge(settings.judge),
            config=settings.audit,
            out=out,
            judge_threshold=settings.judge.threshold,
            top_k=settings.retrieve.top_k,
            progress=progress,
        )


def nothing_audited(settings: Settings) -> AuditReport:
    """Return the report of a run that was not audited."""
    ratio = {"count": 0, "of": 0, "permille": None, "ci95": None, "reason": "audit=off"}
    counts = ("total", "measurable", "not_measurable", "degenerate", "whole_input")
    return AuditReport(
        task=settings.task.name.value,
        audit="off",
        generations=dict.fromkeys(counts, 0),
        ratios={str(kind): dict(ratio) for kind in ("any", *KINDS_BY_STRENGTH)},
    )
