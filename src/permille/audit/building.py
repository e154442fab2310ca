"""From settings to the detector of an audit."""

from permille.align.aligner import Aligner
from permille.audit.aligning import ManyAligner
from permille.audit.config import AuditConfig
from permille.audit.detect import Detector
from permille.audit.judging import Confirmation
from permille.judge.protocol import Judge


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


def sentences_of(aligner: Aligner, passage: str) -> list[str]:
    """Return a passage's sentences as the detector splits them."""
    return [passage[start:end] for start, end in aligner.prepare(passage).sentences.spans]
