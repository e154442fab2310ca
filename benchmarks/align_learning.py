"""What the mended rules weigh, learned from pairs of texts whose cases are annotated."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pan_corpus import PanPair
from permille.align.arrays import Floats
from permille.align.candidates import measure, refined
from permille.align.evidence import CODES, Block
from permille.align.logistic import Logistic, with_squares
from permille.align.mended import MendedPair
from permille.align.refine import (
    BREAKS_SHAPE,
    SOURCE,
    SUSPICIOUS,
    TABLE_SHAPE,
    Evidence,
    view,
)
from permille.align.summaries import (
    SUMMARY_BREAKS_SHAPE,
    SUMMARY_TABLE_SHAPE,
    SummaryEvidence,
    condensing,
    find_summary,
)
from permille.core.errors import DataError

PSEUDO_COUNT = 40
GAP_PSEUDO_COUNT = 2
CLEAN_WEIGHT = 5
CLEAN_SUMMARY_WEIGHT = 10
"""How much a candidate of a pair without any case weighs in the two filters."""
TRUE_SHARE = 0.3
"""A candidate is true when more than this share of it lies in an annotated case."""


@dataclass
class Example:
    """A pair with what is learned from it."""

    listed: PanPair
    pair: MendedPair
    proposed: list[Block]
    cases: list[Block]
    summary: Block | None

    @property
    def half(self) -> int:
        """Which half of the corpus the pair is in, by its source document."""
        return zlib.crc32(self.listed.source_name.encode()) % 2


def learn_evidence(examples: Sequence[Example]) -> Evidence:
    """Count the codes of words inside of annotated cases and beside them."""
    counts = np.zeros((2, *TABLE_SHAPE))
    gaps = np.zeros((2, *BREAKS_SHAPE))
    for example in examples:
        for block in example.proposed:
            case = true_case(example, block)
            if case is None:
                continue
            for side in (SUSPICIOUS, SOURCE):
                seen = view(example.pair.worded, side, block)
                first, last = case[2 * side : 2 * side + 2]
                at = np.arange(seen.first, seen.first + len(seen.codes))
                inside = ((first <= at) & (at < last)).astype(int)
                np.add.at(counts, (inside, side, seen.degree, seen.levels, seen.codes), 1)
                breaks = example.pair.worded.texts[side].breaks
                for end, place in enumerate((first, last)):
                    np.add.at(gaps, (0, side, end, breaks[at]), 1)
                    gaps[1, side, end, breaks[place]] += 1
    return Evidence(log_ratio(counts, counts.sum(axis=2, keepdims=True)), gap_ratio(gaps))


def learn_summary_evidence(examples: Sequence[Example]) -> SummaryEvidence:
    """Count the codes of words inside of annotated summaries and in the rest of their texts."""
    counts = np.zeros((2, *SUMMARY_TABLE_SHAPE))
    gaps = np.zeros((2, *SUMMARY_BREAKS_SHAPE))
    for example in examples:
        coded = example.summary and condensing(example.pair.worded, SUSPICIOUS)
        if not coded or not example.summary:
            continue
        own = example.pair.worded.texts[SUSPICIOUS]
        first, last = example.summary[:2]
        inside = np.zeros(len(own), int)
        inside[first:last] = 1
        np.add.at(counts, (inside, coded.size, own.level, coded.codes), 1)
        for end, place in enumerate((first, last)):
            np.add.at(gaps, (0, end, own.breaks), 1)
            gaps[1, end, own.breaks[place]] += 1
    return SummaryEvidence(log_ratio(counts, counts.sum(axis=1, keepdims=True)), gap_ratio(gaps))


def log_ratio(counts: Floats, pooled: Floats) -> Floats:
    """Return ln P(code | inside) / P(code | outside), counts of few smoothed by pooled ones."""
    prior = (pooled + 1) / (pooled.sum(-1, keepdims=True) + CODES)
    shares = (counts + PSEUDO_COUNT * prior) / (counts.sum(-1, keepdims=True) + PSEUDO_COUNT)
    return np.log(shares[1] / shares[0])


def gap_ratio(gaps: Floats) -> Floats:
    """Return ln P(kind of gap | an end of a case) / P(kind of gap | any)."""
    shares = (gaps + GAP_PSEUDO_COUNT) / (gaps + GAP_PSEUDO_COUNT).sum(-1, keepdims=True)
    return np.log(shares[1] / shares[0])


def true_case(example: Example, block: Block) -> Block | None:
    """Return the annotated case that holds most of a candidate, if it holds enough of it."""
    best, most = None, TRUE_SHARE
    for case in example.cases:
        common = [min(block[k + 1], case[k + 1]) - max(block[k], case[k]) for k in (0, 2)]
        share = sum(common) / (block[1] - block[0] + block[3] - block[2])
        if min(common) > 0 and share > most:
            best, most = case, share
    return best


def learn_case_filter(examples: Sequence[Example], evidence: Evidence) -> Logistic:
    """Tell candidates inside of annotated cases from others."""
    rows, labels, importance = [], [], []
    for example in examples:
        pair = example.pair
        blocks = refined(pair.worded, example.proposed, evidence)
        long_runs = pair.long_runs
        for row, block in zip(
            measure(pair.worded, blocks, long_runs, evidence), blocks, strict=True
        ):
            case = true_case(example, block)
            rows.append(row)
            labels.append(case is not None and not any(_fills(run, case) for run in long_runs))
            importance.append(1 if example.cases else CLEAN_WEIGHT)
    return logistic(np.array(rows), labels, importance)


def _fills(run: Block, case: Block) -> bool:
    """Tell whether a run is most of a case already."""
    return 2 * (min(run[1], case[1]) - max(run[0], case[0])) > case[1] - case[0]


def learn_summary_filter(examples: Sequence[Example], evidence: SummaryEvidence) -> Logistic:
    """Tell stretches that lie in annotated summaries from others.

    The corpus has summaries in the suspicious texts only: what is found in a source is none.
    """
    rows, labels, importance = [], [], []
    for example in examples:
        pair = example.pair
        for side in (SUSPICIOUS, SOURCE):
            coded = condensing(pair.worded, side)
            found = coded and find_summary(pair.worded, coded, bool(pair.long_runs), evidence)
            if found:
                (start, end, _, _), row = found
                is_there = example.summary is not None and side == SUSPICIOUS
                first, last = example.summary[:2] if is_there else (0, 0)
                rows.append(row)
                labels.append(min(end, last) - max(start, first) > TRUE_SHARE * (end - start))
                importance.append(1 if example.cases else CLEAN_SUMMARY_WEIGHT)
    return logistic(np.array(rows), labels, importance)


def logistic(rows: Floats, labels: Sequence[bool], importance: Sequence[float]) -> Logistic:
    """Fit a logistic regression to rows (N, M), and give its weights for unscaled measures.

    Raises:
        DataError: If there are not true and false ones.
    """
    if len(set(labels)) < 2:
        raise DataError(f"want true and false candidates to learn from, got {len(labels)} alike")
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=3000))
    model.fit(with_squares(rows), labels, logisticregression__sample_weight=importance)
    scaler, classifier = model[0], model[-1]
    slopes = classifier.coef_[0] / scaler.scale_
    return Logistic(slopes, float(classifier.intercept_[0] - slopes @ scaler.mean_))
