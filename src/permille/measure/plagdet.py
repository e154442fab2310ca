"""How well detected passages match annotated ones: the measures of the PAN competitions.

After Potthast, Stein, Barrón-Cedeño and Rosso, *An Evaluation Framework for Plagiarism Detection*
(COLING 2010). A detection matches a case of the same two documents when they share a character on
either side.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypedDict

from permille.core.records import Span


@dataclass(frozen=True, slots=True)
class Passages:
    """A case or a detection: two documents' names, and the passage in each."""

    suspicious_name: str
    source_name: str
    suspicious: Span
    source: Span

    @property
    def documents(self) -> tuple[str, str]:
        """Names of the two documents."""
        return self.suspicious_name, self.source_name

    def matches(self, other: "Passages") -> bool:
        """Tell whether both, of the same two documents, share characters on either side."""
        return (
            self.suspicious.overlap_chars(other.suspicious) > 0
            and self.source.overlap_chars(other.source) > 0
        )


class PlagdetScores(TypedDict):
    """`recall` and `precision` in [0, 1], `granularity` 1 or more, and `plagdet` of the three."""

    plagdet: float
    recall: float
    precision: float
    granularity: float


def macro_scores(cases: Collection[Passages], detections: Collection[Passages]) -> PlagdetScores:
    """Score with every case and every detection counted alike, however long it is."""
    return _scores(
        _mean_coverage(cases, detections), _mean_coverage(detections, cases), cases, detections
    )


def character_scores(
    cases: Collection[Passages], detections: Collection[Passages]
) -> PlagdetScores:
    """Score with every character of a document counted once (micro averages)."""
    if not cases or not detections:
        agree = float(not cases and not detections)
        return _scores(agree, agree, cases, detections)
    known = _by_documents(detections)
    both = [
        Passages(*case.documents, _common(case.suspicious, found.suspicious), common_source)
        for case in cases
        for found in known[case.documents]
        if case.matches(found)
        for common_source in [_common(case.source, found.source)]
    ]
    hit = _num_chars(both)
    return _scores(hit / _num_chars(cases), hit / _num_chars(detections), cases, detections)


def granularity(cases: Iterable[Passages], detections: Iterable[Passages]) -> float:
    """Return the mean number of detections of a case that has any; 1 where none has."""
    known = _by_documents(detections)
    counts = [sum(case.matches(found) for found in known[case.documents]) for case in cases]
    detected = sum(count > 0 for count in counts)
    return sum(counts) / detected if detected else 1.0


def plagdet(recall: float, precision: float, granularity: float) -> float:
    """Return the harmonic mean of recall and precision over log2(1 + granularity)."""
    if recall + precision == 0:
        return 0.0
    return 2 * recall * precision / (recall + precision) / math.log2(1 + granularity)


def _scores(
    recall: float,
    precision: float,
    cases: Iterable[Passages],
    detections: Iterable[Passages],
) -> PlagdetScores:
    grain = granularity(cases, detections)
    return {
        "plagdet": plagdet(recall, precision, grain),
        "recall": recall,
        "precision": precision,
        "granularity": grain,
    }


def _mean_coverage(wanted: Collection[Passages], given: Collection[Passages]) -> float:
    """Return the mean share of `wanted` passages' characters that lie in matching `given` ones."""
    if not wanted or not given:
        return float(not wanted and not given)
    known = _by_documents(given)
    total = 0.0
    for passages in wanted:
        matching = [other for other in known[passages.documents] if passages.matches(other)]
        inside = _union(_common(passages.suspicious, other.suspicious) for other in matching)
        inside += _union(_common(passages.source, other.source) for other in matching)
        total += inside / (len(passages.suspicious) + len(passages.source))
    return total / len(wanted)


def _by_documents(passages: Iterable[Passages]) -> dict[tuple[str, str], list[Passages]]:
    grouped: dict[tuple[str, str], list[Passages]] = defaultdict(list)
    for each in passages:
        grouped[each.documents].append(each)
    return grouped


def _common(span: Span, other: Span) -> Span:
    """Return what two spans that share a character have in common."""
    return Span(max(span.start_char, other.start_char), min(span.end_char, other.end_char))


def _num_chars(passages: Iterable[Passages]) -> int:
    """Count the characters of all documents that lie in passages, each once."""
    spans: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for each in passages:
        spans["suspicious", each.suspicious_name].append(each.suspicious)
        spans["source", each.source_name].append(each.source)
    return sum(map(_union, spans.values()))


def _union(spans: Iterable[Span]) -> int:
    """Count the characters that lie in any of the spans."""
    total = reached = 0
    for span in sorted(spans):
        total += max(0, span.end_char - max(span.start_char, reached))
        reached = max(reached, span.end_char)
    return total
