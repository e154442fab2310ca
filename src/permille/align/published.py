"""The published detector's decisions on a pair, steps 2 to 9, faults included."""

from permille.align.config import AlignConfig
from permille.align.extension import extend
from permille.align.overlap import resolve_overlap
from permille.align.pair import Seed, Weighted, find_seeds, published_idf
from permille.align.prepare import PreparedText, Preparer
from permille.align.runs import Run, check_equal_words, outermost_runs
from permille.core.records import Alignment, Case, Kind, Span

NOTHING = Alignment(kind=Kind.NONE)


def align_published(
    suspicious: PreparedText, source: PreparedText, config: AlignConfig, preparer: Preparer
) -> Alignment:
    """Align a pair as the published code does: one kind for the whole pair.

    Args:
        suspicious: The text that may hold copies.
        source: The text that may have been copied from.
        config: Thresholds.
        preparer: Gives the words of passages.

    Raises:
        DataError: If the pair would take minutes or gigabytes.
    """
    found = find_seeds(suspicious.sentences.bags, source.sentences.bags, config, published_idf)
    if found is None:
        return NOTHING
    weighted, seeds = found
    gaps = (config.susp_gap, config.src_gap)
    cases = _one_pass(seeds, weighted, gaps, suspicious, source, config)
    passages = [
        (preparer.words(suspicious, *case[:2]), preparer.words(source, *case[2:])) for case in cases
    ]
    check_equal_words(passages)
    runs = [
        run
        for left, right in passages
        for run in outermost_runs(left, right, config.verbatim_minlen)
    ]
    if runs:
        return _alignment(Kind.VERBATIM, runs)
    # the published code reads the source side's gap for both
    gaps = (config.src_gap_summary, config.src_gap_summary)
    summary = _one_pass(seeds, weighted, gaps, suspicious, source, config)
    source_chars = sum(case[3] - case[2] for case in summary)
    suspicious_chars = sum(case[1] - case[0] for case in summary)
    if source_chars and source_chars >= config.summary_ratio * suspicious_chars:
        return _alignment(Kind.IDEA, summary)
    return _alignment(Kind.PARAPHRASE, cases) if cases else NOTHING


def _one_pass(
    seeds: list[Seed],
    weighted: Weighted,
    gaps: tuple[int, int],
    suspicious: PreparedText,
    source: PreparedText,
    config: AlignConfig,
) -> list[Run]:
    """Extend the seeds, resolve overlaps and drop what is too short."""
    boxes = resolve_overlap(extend(seeds, weighted, gaps, config), weighted)
    spans = [
        (*suspicious.sentences.chars(box[0], box[1]), *source.sentences.chars(box[2], box[3]))
        for box in boxes
    ]
    least = config.min_plaglen
    return [span for span in spans if span[1] - span[0] >= least and span[3] - span[2] >= least]


def _alignment(kind: Kind, spans: list[Run]) -> Alignment:
    """Wrap the spans, all of one kind.

    Where lower-casing makes a text longer the published spans drift, and one may end before it
    begins; it is given as empty.
    """
    cases = tuple(
        Case(kind, Span(start, max(start, end)), Span(source_start, max(source_start, source_end)))
        for start, end, source_start, source_end in spans
    )
    return Alignment(kind, cases, summary_of_source=True if kind is Kind.IDEA else None)
