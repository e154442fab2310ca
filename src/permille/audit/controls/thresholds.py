"""How much a ratio owes to where the detector's thresholds lie."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace

from permille.align.aligner import Aligner
from permille.align.config import AlignConfig
from permille.audit.aligning import ManyAligner
from permille.audit.controls.contrasts import missing
from permille.audit.controls.detector import Probe
from permille.audit.tally import ratio_by_unit
from permille.core.records import KINDS_BY_STRENGTH, Generation, Kind
from permille.measure.ratio import Ratio, Ratios

FACTORS = (0.8, 1.2)
TOGETHER = (
    ("th1",),
    ("th2",),
    ("th3",),
    ("min_plaglen",),
    ("verbatim_minlen",),
    ("summary_ratio",),
    ("src_gap", "susp_gap"),
    ("src_gap_summary",),
    ("min_summary_probability",),
    ("min_sentlen",),
)
"""Thresholds that are moved by a factor, some of them together; whole numbers are rounded."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a detector with one threshold moved finds.

    Attributes:
        threshold: Names of the thresholds that were moved; None for the detector as it is.
        value: What the first of them was moved to.
        kinds: The kind of each generation.
    """

    threshold: str | None
    value: float | None
    kinds: Sequence[Kind]

    def row(self, ratios: Ratios) -> dict[str, object]:
        """Return the row of `thresholds.rows`."""
        moved = {} if self.value is None else {"value": self.value}
        return {"threshold": self.threshold, **moved, "ratios": ratios.to_dict()}


def move_thresholds(
    probe: Probe,
    aligner: Aligner,
    generations: Sequence[Generation],
    progress: Callable[[str, int, int], None],
) -> list[Moved]:
    """Search generations again with each threshold a fifth lower and higher.

    Args:
        probe: The audit's own detector and index.
        aligner: The audit's own, whose settings are moved.
        generations: A sample of measurable generations.
        progress: Told of how many thresholds it is done with.
    """
    many = ManyAligner(aligner)
    own = replace(probe, detector=replace(probe.detector, align=many))
    variants = [(None, None, own), *_variants(own, aligner.config, many)]
    returned = own.search(generations)
    moved = []
    for done, (names, value, changed) in enumerate(variants):
        progress("thresholds", done, len(variants))
        moved.append(Moved(names, value, changed.kinds(generations, returned)))
    progress("thresholds", len(variants), len(variants))
    return moved


def thresholds(moved: Sequence[Moved], units: Sequence[str | None]) -> dict[str, object]:
    """Return the ratios under each moved threshold, and their range.

    All are of the same generations.

    Args:
        moved: What was found, the detector as it is first.
        units: The example of each generation, or itself; None for one that is not meant.
    """
    wanted = [unit for unit in units if unit is not None]
    if not wanted:
        return missing("no generation is measurable, or none was asked for")
    figures, rows = [], []
    for one in moved:
        kinds = [kind for kind, unit in zip(one.kinds, units, strict=True) if unit is not None]
        ratios = _ratios(kinds, wanted)
        figures.append(1000 * ratios.any.count / ratios.any.of)
        rows.append(one.row(ratios))
    ends = [round(min(figures), 1), round(max(figures), 1)]
    return {"any": ends, "of": len(wanted), "rows": rows}


def _variants(
    probe: Probe, config: AlignConfig, many: ManyAligner
) -> Iterator[tuple[str, float, Probe]]:
    """Yield the name and value of each moved threshold, and a probe that has it."""
    for names in TOGETHER:
        for factor in FACTORS:
            moved = copy(config)
            for name in names:
                setattr(moved, name, _moved(getattr(config, name), factor))
            is_prepared = moved.preparation_fingerprint == config.preparation_fingerprint
            align = many.with_thresholds(moved) if is_prepared else ManyAligner(Aligner(moved))
            detector = replace(probe.detector, align=align)
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


def _ratios(kinds: Sequence[Kind], units: Sequence[str]) -> Ratios:
    """Return the ratios of generations, whose units count once in the intervals."""

    def ratio(wanted: Iterable[Kind]) -> Ratio:
        chosen = set(wanted)
        return ratio_by_unit([kind in chosen for kind in kinds], units)

    return Ratios(
        any=ratio(KINDS_BY_STRENGTH), **{str(kind): ratio([kind]) for kind in KINDS_BY_STRENGTH}
    )
