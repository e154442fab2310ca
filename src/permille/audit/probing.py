"""Controls for which samples are searched again."""

from collections.abc import Iterable

from permille.align.aligner import Aligner
from permille.audit.config import AuditConfig
from permille.audit.controls.detector import (
    Probe,
    detector_control,
    retrieval_control,
    try_detector,
)
from permille.audit.controls.thresholds import thresholds
from permille.audit.sampling import sample
from permille.audit.views import TUNED_TRAIN
from permille.core.records import Document, Generation, Split
from permille.measure.ratio import Ratios


def probe_controls(
    probe: Probe,
    generations: Iterable[Generation],
    documents: Iterable[Document],
    observed: Ratios,
    config: AuditConfig,
    aligner: Aligner,
) -> dict[str, object]:
    """Return the controls `retrieval`, `thresholds` and `detector`.

    Args:
        probe: The audit's own detector, and the index of training documents.
        generations: All generations.
        documents: All documents.
        observed: The audit's ratios.
        config: The audit's settings.
        aligner: The audit's own.
    """
    least_chars = probe.detector.least_chars
    long = {
        split: sample(
            (d for d in documents if d.split is split and len(d.text) >= least_chars),
            config.num_planted,
            config.seed,
        )
        for split in Split
    }
    trial = try_detector(probe, long[Split.TRAIN], long[Split.HELDOUT], config.seed)
    measurable = (
        g for g in generations if (g.model, g.split) == TUNED_TRAIN and len(g.text) >= least_chars
    )
    chosen = sample(measurable, config.num_threshold_prompts, config.seed)
    return {
        "retrieval": retrieval_control(trial),
        "thresholds": thresholds(probe, aligner, chosen),
        "detector": detector_control(trial, observed),
    }
