"""How much a ratio owes to where the detector's thresholds lie."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product

from permille.align.aligner import Aligner
from permille.align.config import COUNTS, GAPS, SHARES, AlignConfig
from permille.audit.aligning import ManyAligner
from permille.audit.controls.contrasts import missing
from permille.audit.controls.detector import Answer, Probe
from permille.audit.tally import ratio_by_unit
from permille.core.records import KINDS_BY_STRENGTH, Generation, Kind
from permille.measure.ratio import Ratio, Ratios

FACTORS = (0.8, 1.2)
MOST_SHARE = 0.99
"""Thresholds of shares and probabilities are moved no further up, above which nothing is found."""
_OF_BOTH_RULES = (
    ("th1",),
    ("th2",),
    ("th3",),
    ("min_plaglen",),
    ("verbatim_minlen",),
    ("summary_ratio",),
    ("src_gap", "susp_gap"),
    ("src_gap_least", "susp_gap_least"),
    ("src_size", "susp_size"),
    ("min_sentlen",),
)
TOGETHER = {
    "mended": (
        *_OF_BOTH_RULES,
        ("min_probability",),
        ("min_brief_probability",),
        ("min_short_probability",),
        ("min_summary_probability",),
        ("min_short_summary_probability",),
    ),
    "published": (*_OF_BOTH_RULES, ("src_gap_summary",)),
}
"""By the rules of the detector the thresholds that these have, some of them moved together."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a detector with one threshold moved finds.

    Attributes:
        threshold: Names of the thresholds that were moved; None for the detector as it is.
        value: What the first of them was moved to.
        answers: What it says of each generation.
    """

    threshold: str | None
    value: float | None
    answers: Sequence[Answer]

    def row(self, ratios: Ratios, answers: Sequence[Answer]) -> dict[str, object]:
        """Return the row of `thresholds.rows`, of some of the answers and their ratios."""
        moved = {} if self.value is None else {"value": self.value}
        return {
            "threshold": self.threshold,
            **moved,
            "ratios": ratios.to_dict(),
            "refused_pairs": sum(answer.num_refused for answer in answers),
            "with_refused_pairs": sum(answer.is_unknown for answer in answers),
        }


def move_thresholds(
    probe: Probe,
    aligner: Aligner,
    generations: Sequence[Generation],
    progress: Callable[[str, int, int], None],
) -> list[Moved]:
    """Search generations again with each threshold a fifth lower and higher.

    Whole numbers are moved by at least one. A threshold that its range keeps where it is, such as a
    least number of one, is not moved that way.

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
        moved.append(Moved(names, value, changed.answers(generations, returned)))
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
        answers = [of for of, unit in zip(one.answers, units, strict=True) if unit is not None]
        ratios = _ratios([answer.kind for answer in answers], wanted)
        figures.append(1000 * ratios.any.count / ratios.any.of)
        rows.append(one.row(ratios, answers))
    ends = [round(min(figures), 1), round(max(figures), 1)]
    return {"any": ends, "of": len(wanted), "rows": rows}


def _variants(
    probe: Probe, config: AlignConfig, many: ManyAligner
) -> Iterator[tuple[str, float, Probe]]:
    """Yield the name and value of each moved threshold, and a probe that has it."""
    for names, factor in product(TOGETHER[config.rules], FACTORS):
        moved = move(config, names, factor)
        if moved is not None:
            is_prepared = moved.preparation_fingerprint == config.preparation_fingerprint
            align = many.with_thresholds(moved) if is_prepared else ManyAligner(Aligner(moved))
            detector = replace(probe.detector, align=align)
            yield ", ".join(names), getattr(moved, names[0]), replace(probe, detector=detector)
    confirmation = probe.detector.confirmation
    if confirmation is None:
        return
    for factor in FACTORS:
        threshold = _moved(confirmation.threshold, factor, (0, MOST_SHARE))
        if threshold != confirmation.threshold:
            judging = replace(confirmation, threshold=threshold)
            detector = replace(probe.detector, confirmation=judging)
            yield "judge.threshold", threshold, replace(probe, detector=detector)


def move(config: AlignConfig, names: Sequence[str], factor: float) -> AlignConfig | None:
    """Return settings whose thresholds of these names are moved, each within its range.

    Args:
        config: The settings.
        names: The thresholds that are moved together.
        factor: Below 1 moves down, above 1 up.

    Returns:
        The settings, or None where ranges leave all of these thresholds where they are.
    """
    values = {
        name: _moved(
            getattr(config, name), factor, _range(config, name), is_whole=name in GAPS + COUNTS
        )
        for name in names
    }
    if all(value == getattr(config, name) for name, value in values.items()):
        return None
    return AlignConfig(**(asdict(config) | values))


def _range(config: AlignConfig, name: str) -> tuple[float, float]:
    """Return how far down and up a threshold may be moved."""
    if name in SHARES:
        return 0, MOST_SHARE
    if name in ("src_gap", "susp_gap"):
        return getattr(config, f"{name}_least"), math.inf
    if name in ("src_gap_least", "susp_gap_least"):
        return 0, getattr(config, name.removesuffix("_least"))
    return (0 if name in GAPS else 1), math.inf


def _moved(
    value: float, factor: float, within: tuple[float, float], *, is_whole: bool = False
) -> float:
    """Return a threshold times a factor, within a range; a whole number moves by at least one."""
    moved = round(value * factor, 6)
    if is_whole:
        step = 1 if factor > 1 else -1
        moved = round(moved) if round(moved) != value else value + step
    least, most = within
    if factor > 1:
        return type(value)(min(max(moved, least), max(most, value)))
    return type(value)(max(moved, min(least, value)))


def _ratios(kinds: Sequence[Kind], units: Sequence[str]) -> Ratios:
    """Return the ratios of generations, whose units count once in the intervals."""

    def ratio(wanted: Iterable[Kind]) -> Ratio:
        chosen = set(wanted)
        return ratio_by_unit([kind in chosen for kind in kinds], units)

    return Ratios(
        any=ratio(KINDS_BY_STRENGTH), **{str(kind): ratio([kind]) for kind in KINDS_BY_STRENGTH}
    )
