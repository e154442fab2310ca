"""From settings to the detector of an audit."""

from collections.abc import Sequence
from pathlib import Path

from permille.align.aligner import Aligner
from permille.audit.aligning import ManyAligner, is_on_this_machine
from permille.audit.config import AuditConfig
from permille.audit.detect import Detector, Elsewhere
from permille.audit.judging import Confirmation
from permille.judge.protocol import Judge


def build_detector(
    aligner: Aligner,
    judge: Judge | None,
    config: AuditConfig,
    judge_threshold: float = 0.5,
    top_k: int = 10,
    num_workers: int = 1,
    folders: Sequence[Path] = (),
) -> Detector:
    """Return the detector of an audit.

    Args:
        aligner: Aligns a pair.
        judge: The paraphrase judge; None counts every paraphrase.
        config: What is counted how.
        judge_threshold: A probability has to be greater to confirm a paraphrase.
        top_k: Documents that are looked at for a generation.
        num_workers: Processes that search and align.
        folders: Where texts may be stored that were prepared before.
    """
    confirmation = None
    if judge is not None:
        confirmation = Confirmation(
            judge,
            lambda passage: sentences_of(aligner, passage),
            judge_threshold,
            config.max_judge_pairs,
            equal_counts=not config.is_paper,
        )
    many = ManyAligner(aligner, num_workers, folders)
    return Detector(
        many,
        aligner.config.measurable_chars,
        confirmation,
        top_k,
        config.copied_words,
        config.is_paper,
        Elsewhere(many.own, num_workers) if num_workers > 1 and is_on_this_machine() else None,
    )


def sentences_of(aligner: Aligner, passage: str) -> list[str]:
    """Return a passage's sentences as the detector splits them."""
    return [passage[start:end] for start, end in aligner.prepare(passage).sentences.spans]
