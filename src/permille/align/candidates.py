"""Cases that loose seeds propose, refined word by word, and the filter that they must pass."""

import math
from dataclasses import dataclass

import numpy as np

from permille.align.arrays import Floats
from permille.align.evidence import SUPPORT_NAMES, Block
from permille.align.refine import MOST_IN_ORDER, Evidence, WordedPair, refine, support

LONG_RUN_CHARS = 256
"""A copied run as long as this is a circumstance by itself, whatever is asked of runs otherwise."""

MEASURES = (
    *(f"suspicious_{name}" for name in SUPPORT_NAMES),
    *(f"source_{name}" for name in SUPPORT_NAMES),
    "suspicious_in_order",
    "source_in_order",
    "length_ratio",
    "behind_best",
    "is_best",
    "suspicious_words_to_best",
    "source_words_to_best",
    "long_run",
    "suspicious_words_to_run",
    "source_words_to_run",
)
"""What is measured of a candidate. Lengths and distances are ln(1 + words)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A case with the probability that it is one."""

    block: Block
    probability: float


def measure(
    pair: WordedPair, blocks: list[Block], long_runs: list[Block], evidence: Evidence
) -> Floats:
    """Measure refined cases of a pair; shape (blocks, `MEASURES`)."""
    supports = [support(pair, block, evidence) for block in blocks]
    totals = [row[0] + row[len(SUPPORT_NAMES)] for row in supports]
    best = totals.index(max(totals)) if totals else 0
    rows = []
    for block, row, total in zip(blocks, supports, totals, strict=True):
        # by the C library, not by numpy, whose logarithms hang on the processor
        sizes = math.log1p(block[1] - block[0]), math.log1p(block[3] - block[2])
        run_gaps = [_gaps(block, run) for run in long_runs] or [(0, 0)]
        rows.append(
            [
                *row,
                *_in_order(pair, block),
                abs(sizes[0] - sizes[1]),
                totals[best] - total,
                float(block == blocks[best]),
                *map(math.log1p, _gaps(block, blocks[best])),
                float(bool(long_runs)),
                *(math.log1p(min(gaps)) for gaps in zip(*run_gaps, strict=True)),
            ]
        )
    return np.array(rows, np.float64).reshape(len(blocks), len(MEASURES))


def _in_order(pair: WordedPair, block: Block) -> tuple[float, float]:
    """Return the share of either side's words that the other has in the same order."""
    count = pair.in_order(block)
    sizes = (min(MOST_IN_ORDER, block[k + 1] - block[k]) for k in (0, 2))
    left, right = (count / size for size in sizes)
    return left, right


def _gaps(block: Block, other: Block) -> tuple[int, int]:
    """Count the words between two cases on either side; 0 where they overlap."""
    return (
        max(0, other[0] - block[1], block[0] - other[1]),
        max(0, other[2] - block[3], block[2] - other[3]),
    )


def refined(pair: WordedPair, blocks: list[Block], evidence: Evidence) -> list[Block]:
    """Refine cases, giving once those that become the same."""
    return list(dict.fromkeys(refine(pair, block, evidence) for block in blocks))


def beside_runs(block: Block, runs: list[Block]) -> list[Block]:
    """Return what of a case lies before, between and behind runs; all of it where none is in it."""
    parts = [block]
    for run in runs:
        parts = [rest for part in parts for rest in _beside(part, run)]
    return parts


def _beside(block: Block, run: Block) -> list[Block]:
    """Return what lies before a run and behind it, on both sides in the same order."""
    if min(block[1], run[1]) <= max(block[0], run[0]):
        return [block]
    before = (block[0], run[0], block[2], min(run[2], block[3]))
    behind = (run[1], block[1], max(run[3], block[2]), block[3])
    return [part for part in (before, behind) if part[0] < part[1] and part[2] < part[3]]


def best_apart(judged: list[Judged]) -> list[Judged]:
    """Of cases that share more than half of the shorter one's suspicious words, keep the best."""
    kept: list[Judged] = []
    for each in sorted(judged, key=lambda each: -each.probability):
        if all(not _mostly_same(each.block, other.block) for other in kept):
            kept.append(each)
    return kept


def _mostly_same(block: Block, other: Block) -> bool:
    common = min(block[1], other[1]) - max(block[0], other[0])
    return 2 * common > min(block[1] - block[0], other[1] - other[0])
