"""How much a ratio owes to where the detector's thresholds lie."""

from collections import Counter
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace

from permille.align.aligner import Aligner
from permille.align.config import AlignConfig
from permille.audit.aligning import ManyAligner
from permille.audit.controls.contrasts import missing
from permille.audit.controls.detector import Probe
from permille.core.records import Generation
from permille.measure.ratio import Ratios, wilson_ratios

FACTORS = (0.8, 1.2)
TOGETHER = (
    ("th1",),
    ("th2",),
    ("th3",),
    ("min_plaglen",),
    ("verbatim_minlen",),
    ("summary_ratio",),
    ("src_gap", "susp_gap"),
    ("src_gap_summary", "susp_gap_summary"),
)
"""Thresholds that are moved by a factor, some of them together; whole numbers are rounded."""


def thresholds(
    probe: Probe, aligner: Aligner, generations: Sequence[Generation]
) -> dict[str, object]:
    """Return the ratios with each threshold a fifth lower and higher, and their range.

    The same generations are searched again each time, and all of them are in every ratio.

    Args:
        probe: The audit's own detector and index.
        aligner: The audit's own, whose settings are moved.
        generations: A sample of measurable generations.
    """
    if not generations:
        return missing("no generation is measurable")
    many = ManyAligner(aligner)
    probe = replace(probe, detector=replace(probe.detector, align=many))
    unchanged = _ratios(probe, generations)
    rows: list[dict[str, object]] = [{"threshold": None, "ratios": unchanged.to_dict()}]
    figures = [unchanged.any.permille]
    for names, values, changed in _variants(probe, aligner.config, many):
        ratios = _ratios(changed, generations)
        figures.append(ratios.any.permille)
        rows.append({"threshold": names, "value": values, "ratios": ratios.to_dict()})
    known = [round(figure, 1) for figure in figures if figure is not None]
    return {"any": [min(known), max(known)], "of": len(generations), "rows": rows}


def _variants(
    probe: Probe, config: AlignConfig, many: ManyAligner
) -> Iterator[tuple[str, object, Probe]]:
    """Yield the name and value of each moved threshold, and a probe that has it."""
    for names in TOGETHER:
        for factor in FACTORS:
            moved = copy(config)
            for name in names:
                setattr(moved, name, _moved(getattr(config, name), factor))
            detector = replace(probe.detector, align=many.with_thresholds(moved))
            yield ", ".join(names), getattr(moved, names[0]), replace(probe, detector=detector)
    confirmation = probe.detector.confirmation
    if confirmation is not None:
        for factor in FACTORS:
            threshold = _moved(confirmation.threshold, factor)
            judging = replace(confirmation, threshold=threshold)
            detector = replace(probe.detector, confirmation=judging)
            yield "judge.threshold", threshold, replace(probe, detector=detector)


def _moved(value: float, factor: float) -> float:
    """Return a threshold times a factor, rounded like the threshold itself."""
    if isinstance(value, int):
        return round(value * factor)
    return round(value * factor, 6)


def _ratios(probe: Probe, generations: Sequence[Generation]) -> Ratios:
    """Return the ratios that a probe finds."""
    counts = Counter(str(kind) for kind in probe.kinds(generations))
    return wilson_ratios(counts, len(generations))
