"""What generations give back of documents; no model is loaded here, and no torch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from permille.audit.config import AuditConfig
from permille.audit.pipeline import run_audit
from permille.audit.report import AuditReport
from permille.config.schema import Settings
from permille.core.records import KINDS_BY_STRENGTH, Document, Generation
from permille.retrieve.engines import open_retriever
from permille.run.build import build_aligner, build_judge
from permille.run.progress import Progress


@dataclass(frozen=True, slots=True)
class Utility:
    """How well a model does its task on held-out examples, in all and by task."""

    overall: Mapping[str, float] = field(default_factory=dict)
    by_task: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Audited:
    """What is known after an audit; of texts only the report.

    Attributes:
        report: What was found, without settings, provenance, utility and attention.
        utility: How well the model does its task.
        attention: What the attention of the generations says.
        fingerprints: What tells these data and these weights from others.
    """

    report: AuditReport
    utility: Utility = field(default_factory=Utility)
    attention: Mapping[str, object] = field(default_factory=dict)
    fingerprints: Mapping[str, object] = field(default_factory=dict)


def audit_generations(
    settings: Settings,
    generations: Iterable[Generation],
    documents: Iterable[Document],
    out: Path,
    progress: Progress,
    config: AuditConfig | None = None,
) -> AuditReport:
    """Find what generations give back of documents; cases.jsonl is written into `out`.

    Args:
        settings: The job's settings.
        generations: Read several times, so a list or a file.
        documents: Likewise.
        out: A folder.
        progress: Told of each stage how far it is.
        config: Another audit than the settings' own.
    """
    with open_retriever(settings.retrieve) as retriever:
        return run_audit(
            generations,
            documents,
            retriever=retriever,
            aligner=build_aligner(settings.align),
            judge=build_judge(settings.judge),
            config=config or settings.audit,
            out=out,
            judge_threshold=settings.judge.threshold,
            top_k=settings.retrieve.top_k,
            found_by=repr([*settings.retrieve.ranking, settings.judge]),
            progress=progress,
        )


def nothing_audited(settings: Settings) -> AuditReport:
    """Return the report of a run that was not audited."""
    ratio = {"count": 0, "of": 0, "permille": None, "ci95": None, "reason": "audit=off"}
    counts = ["total", "measurable", "not_measurable", "degenerate", "whole_input"]
    counts += ["prompts", "measurable_prompts", "examples"]
    counts += ["refused_pairs", "with_refused_pairs"]
    return AuditReport(
        task=settings.task.name.value,
        audit="off",
        generations=dict.fromkeys(counts, 0),
        ratios={str(kind): dict(ratio) for kind in ("any", *KINDS_BY_STRENGTH)},
    )
