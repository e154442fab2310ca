"""The mended rules: every kind that a pair has, each case with its own.

Runs come first and are looked for in the whole pair. What they leave is matched by sentences, as
the published detector does, with an idf that never is 0, and told apart by length in both
directions.
"""

from permille.align.config import AlignConfig
from permille.align.copies import Copyable, copied_spans, make_copyable
from permille.align.extension import extend
from permille.align.folding import fold
from permille.align.overlap import resolve_overlap
from permille.align.pair import Box, find_seeds, mended_idf
from permille.align.prepare import PreparedText, Sentences
from permille.core.records import KINDS_BY_STRENGTH, Alignment, Case, Kind, Span

Quad = tuple[int, int, int, int]
"""Suspicious start and end, source start and end, in characters."""

_MOST_ALIKE = 64


def align_mended(suspicious: PreparedText, source: PreparedText, config: AlignConfig) -> Alignment:
    """Align a pair: verbatim runs, and beside them paraphrases or an idea."""
    runs = copied_spans(
        suspicious.text,
        source.text,
        copyable(suspicious),
        copyable(source),
        config.verbatim_minlen,
    )
    cases = [Case(Kind.VERBATIM, Span(*run[:2]), Span(*run[2:])) for run in runs]
    kind, spans, summary_of_source = _rewritten(suspicious, source, runs, config)
    cases += [Case(kind, Span(*span[:2]), Span(*span[2:])) for span in spans]
    found = {case.kind for case in cases}
    strongest = next((kind for kind in KINDS_BY_STRENGTH if kind in found), Kind.NONE)
    cases.sort(key=lambda case: (case.suspicious, case.source))
    return Alignment(strongest, tuple(cases), summary_of_source)


def copyable(prepared: PreparedText) -> Copyable:
    """Return a text folded and hashed, computed once for each prepared text."""
    if prepared.copyable is None:
        prepared.copyable = make_copyable(fold(prepared.text))
    return prepared.copyable


def _rewritten(
    suspicious: PreparedText, source: PreparedText, runs: list[Quad], config: AlignConfig
) -> tuple[Kind, list[Quad], bool | None]:
    """Find what was rewritten outside the runs: its kind, its spans, and an idea's direction."""
    copied = _covered(suspicious.sentences, [(run[0], run[1]) for run in runs])
    found = find_seeds(
        suspicious.sentences.bags,
        source.sentences.bags,
        config,
        mended_idf,
        skipped=copied,
        most_per_sentence=_MOST_ALIKE,
    )
    if found is None:
        return Kind.PARAPHRASE, [], None
    weighted, seeds = found

    def one_pass(gaps: tuple[int, int]) -> list[Quad]:
        boxes = resolve_overlap(extend(seeds, weighted, gaps, config), weighted)
        return _long_enough(boxes, suspicious.sentences, source.sentences, config.min_plaglen)

    summary = one_pass((config.susp_gap_summary, config.src_gap_summary))
    suspicious_chars = sum(span[1] - span[0] for span in summary)
    source_chars = sum(span[3] - span[2] for span in summary)
    if summary and source_chars >= config.summary_ratio * suspicious_chars:
        return Kind.IDEA, summary, True
    if summary and suspicious_chars >= config.summary_ratio * source_chars:
        return Kind.IDEA, summary, False
    return Kind.PARAPHRASE, one_pass((config.susp_gap, config.src_gap)), None


def _covered(sentences: Sentences, runs: list[tuple[int, int]]) -> set[int]:
    """List the sentences of which more than half lies in runs."""
    covered = set()
    for index, (start, end) in enumerate(sentences.spans):
        inside = sum(max(0, min(end, stop) - max(start, begin)) for begin, stop in runs)
        if 2 * inside > end - start:
            covered.add(index)
    return covered


def _long_enough(
    boxes: list[Box], suspicious: Sentences, source: Sentences, least_chars: int
) -> list[Quad]:
    """Give the boxes' spans, leaving out those too short on a side."""
    spans = [(*suspicious.chars(box[0], box[1]), *source.chars(box[2], box[3])) for box in boxes]
    return [
        span
        for span in spans
        if span[1] - span[0] >= least_chars and span[3] - span[2] >= least_chars
    ]
