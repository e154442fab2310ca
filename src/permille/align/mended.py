"""The mended rules: every kind that a pair has, each case with its own.

Runs come first and are looked for in the whole pair. Sentences outside of them that are alike
propose cases; these are refined word by word and filtered. Beside them a passage of either text may
condense the other text.
"""

from dataclasses import dataclass
from operator import itemgetter

from permille.align.candidates import (
    LONG_RUN_CHARS,
    Judged,
    beside_runs,
    best_apart,
    measure,
    refined,
)
from permille.align.config import AlignConfig
from permille.align.copies import (
    Copyable,
    Quad,
    common_spans,
    copied_spans,
    lies_mostly_in,
    min_chars,
    mostly_inside,
    overlap,
)
from permille.align.evidence import Block
from permille.align.extension import extend
from permille.align.overlap import resolve_overlap
from permille.align.pair import find_seeds, mended_idf
from permille.align.prepare import PreparedText
from permille.align.refine import SOURCE, SUSPICIOUS, WordedPair
from permille.align.summaries import condensing, find_summary
from permille.align.weights import Learned
from permille.align.wording import Wording
from permille.core.errors import DataError
from permille.core.records import KINDS_BY_STRENGTH, Alignment, Case, Kind, Span

SHORT_WORDS = 120
BRIEF_WORDS = 500
_MOST_ALIKE = 64
_MOST_STRETCHES = 64
_AROUND_WORDS = 15


@dataclass(frozen=True)
class MendedPair:
    """Two prepared texts, word by word, with the runs and all stretches that they share."""

    suspicious: PreparedText
    source: PreparedText
    worded: WordedPair
    runs: list[Quad]
    common: list[Quad]

    @classmethod
    def of(
        cls, suspicious: PreparedText, source: PreparedText, config: AlignConfig
    ) -> "MendedPair":
        """Match the words of two texts and look for runs."""
        common = common_spans(copyable(suspicious), copyable(source))
        runs = copied_spans(common, config.verbatim_minlen)
        worded = WordedPair.of(wording(suspicious), wording(source))
        return cls(suspicious, source, worded, runs, common)

    @property
    def is_short(self) -> bool:
        """Whether the suspicious text is as short as a generation: such have their own filters."""
        return len(self.worded.texts[SUSPICIOUS]) <= SHORT_WORDS

    @property
    def is_brief(self) -> bool:
        """Whether both texts are so small that likeness is seldom found in them by chance."""
        return max(map(len, self.worded.texts)) <= BRIEF_WORDS

    @property
    def long_runs(self) -> list[Block]:
        """The runs that are long whatever is asked of runs, in words."""
        return [self.block(run) for run in self.runs if run[1] - run[0] > LONG_RUN_CHARS]

    def block(self, span: Quad) -> Block:
        """Return the words of a span of characters."""
        left, right = self.worded.texts
        return (*left.words_in(span[0], span[1]), *right.words_in(span[2], span[3]))

    def around(self, span: Quad) -> Block:
        """Return the words of a span of characters and some on either side."""
        first, last, source_first, source_last = self.block(span)
        left, right = self.worded.texts
        return (
            max(0, first - _AROUND_WORDS),
            min(len(left), last + _AROUND_WORDS),
            max(0, source_first - _AROUND_WORDS),
            min(len(right), source_last + _AROUND_WORDS),
        )

    def span(self, block: Block) -> Quad:
        """Return the characters of a span of words."""
        left, right = self.worded.texts
        return (
            *left.chars(block[0], block[1], self.suspicious.text),
            *right.chars(block[2], block[3], self.source.text),
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that was rewritten or condensed.

    Attributes:
        span: Its characters on both sides.
        probability: That it is a case.
        side: Which one condenses the other; of no meaning where nothing was condensed.
    """

    span: Quad
    probability: float
    side: int = SUSPICIOUS


def align_mended(
    suspicious: PreparedText, source: PreparedText, config: AlignConfig, learned: Learned
) -> Alignment:
    """Align a pair of prepared texts."""
    return align_pair(MendedPair.of(suspicious, source, config), config, learned)


def align_pair(pair: MendedPair, config: AlignConfig, learned: Learned) -> Alignment:
    """Align a pair: verbatim runs, and beside them paraphrases and an idea."""
    cases = [(Kind.VERBATIM, run) for run in pair.runs]
    rewritten = find_rewritten(pair, config, learned)
    idea = find_idea(pair, config, learned)
    if idea:
        within = [one for one in rewritten if lies_mostly_in(one.span, idea.span, idea.side)]
        # in a short text an edited window looks like both; in a long one a summary holds passages
        if pair.is_short and any(one.probability > idea.probability for one in within):
            idea = None
        else:
            rewritten = [one for one in rewritten if one not in within]
            cases.append((Kind.IDEA, idea.span))
    cases += [(Kind.PARAPHRASE, one.span) for one in rewritten]
    if not cases:
        return Alignment(Kind.NONE)
    found = {kind for kind, _ in cases}
    cases.sort(key=itemgetter(1, 0))
    return Alignment(
        next(kind for kind in KINDS_BY_STRENGTH if kind in found),
        tuple(Case(kind, Span(*span[:2]), Span(*span[2:])) for kind, span in cases),
        (idea.side == SUSPICIOUS) if idea else None,
    )


def copyable(prepared: PreparedText) -> Copyable:
    """Return a text as what may be copied, folded once for each prepared text."""
    if prepared.copyable is None:
        prepared.copyable = Copyable(prepared.text)
    return prepared.copyable


def wording(prepared: PreparedText) -> Wording:
    """Return a text word by word.

    Raises:
        DataError: If it was prepared for the published rules.
    """
    if prepared.wording is None:
        raise DataError("a text prepared for the published rules has no words for the mended ones")
    return prepared.wording


def propose(pair: MendedPair, config: AlignConfig) -> list[Block]:
    """List what like sentences outside of runs propose, and in a short text common stretches."""
    spans = _like_sentences(pair, config)
    if not spans and not pair.common:
        return []
    blocks = [pair.block(span) for span in spans if min_chars(span) >= config.min_plaglen / 2]
    if not pair.is_short:
        return list(filter(_has_words, blocks))
    longest = sorted(pair.common, key=lambda span: (span[0] - span[1], span))[:_MOST_STRETCHES]
    known = [*spans, *pair.runs]
    apart = (span for span in longest if not any(overlap(span, other) for other in known))
    return list(filter(_has_words, [*blocks, *map(pair.around, apart)]))


def _like_sentences(pair: MendedPair, config: AlignConfig) -> list[Quad]:
    """Return the spans of passages that are alike, by their sentences outside of the runs."""
    left, right = pair.suspicious.sentences, pair.source.sentences
    found = find_seeds(
        left.bags,
        right.bags,
        config,
        mended_idf,
        skipped=mostly_inside(left.spans, pair.runs),
        most_per_sentence=_MOST_ALIKE,
        matched=pair.worded.matched[SOURCE],
    )
    if found is None:
        return []
    weighted, seeds = found
    boxes = extend(seeds, weighted, (config.susp_gap, config.src_gap), config)
    return [
        (*left.chars(box[0], box[1]), *right.chars(box[2], box[3]))
        for box in resolve_overlap(boxes, weighted)
    ]


def find_rewritten(pair: MendedPair, config: AlignConfig, learned: Learned) -> list[Found]:
    """Find what was rewritten outside the runs; what goes over one must be a case beside it too."""
    blocks = propose(pair, config)
    if not blocks:
        return []
    judged = _judge(pair, refined(pair.worded, blocks, learned.evidence), config, learned)
    least = _least_probability(pair, config)
    judged += [Judged(block, least) for block in _short_copies(pair, config)]
    runs = [pair.block(run) for run in pair.runs]
    found = []
    for each in best_apart(judged):
        parts = beside_runs(each.block, runs)
        if parts == [each.block] or _judge(pair, parts, config, learned):
            found.append(Found(pair.span(each.block), each.probability))
    return found


def _judge(
    pair: MendedPair, blocks: list[Block], config: AlignConfig, learned: Learned
) -> list[Judged]:
    """Return which blocks are likely and long enough to be cases."""
    measures = measure(pair.worded, blocks, pair.long_runs, learned.evidence)
    probabilities = learned.filters(pair.is_short).cases.probabilities(measures).tolist()
    least = _least_probability(pair, config)
    return [
        Judged(block, probability)
        for block, probability in zip(blocks, probabilities, strict=True)
        if probability > least and min_chars(pair.span(block)) >= config.min_plaglen
    ]


def _least_probability(pair: MendedPair, config: AlignConfig) -> float:
    """Return what a candidate's probability must exceed in texts as long as these."""
    if pair.is_short:
        return config.min_short_probability
    return config.min_brief_probability if pair.is_brief else config.min_probability


def _short_copies(pair: MendedPair, config: AlignConfig) -> list[Block]:
    """List the copies in a short text that are long enough for a case and too short for a run.

    They need no probability, and yield to likelier candidates that they lie in.
    """
    if not pair.is_short:
        return []
    copies = (span for span in pair.common if min_chars(span) >= config.min_plaglen)
    apart = (span for span in copies if not any(overlap(span, run) for run in pair.runs))
    return list(filter(_has_words, map(pair.block, apart)))


def find_idea(pair: MendedPair, config: AlignConfig, learned: Learned) -> Found | None:
    """Find the passage of one text that condenses the other, and on which side it is."""
    best: Found | None = None
    for side in (SUSPICIOUS, SOURCE):
        coded = condensing(pair.worded, side)
        found = coded and find_summary(
            pair.worded, coded, bool(pair.long_runs), learned.summary_evidence
        )
        if found:
            span = pair.span(found[0])
            is_short = len(pair.worded.texts[side]) <= SHORT_WORDS
            judge = learned.filters(is_short).summaries
            probability = float(judge.probabilities(found[1][None])[0])
            least = (
                config.min_short_summary_probability if is_short else config.min_summary_probability
            )
            most = max(least, best.probability) if best else least
            if probability > most and _may_be_idea(span, side, pair.runs, config):
                best = Found(span, probability, side)
    return best


def _may_be_idea(span: Quad, side: int, runs: list[Quad], config: AlignConfig) -> bool:
    """Tell whether one side is long enough, condensed enough, and not for the most part copied."""
    sizes = span[1] - span[0], span[3] - span[2]
    ends = span[2 * side : 2 * side + 2]
    copied = sum(
        max(0, min(ends[1], run[2 * side + 1]) - max(ends[0], run[2 * side])) for run in runs
    )
    return (
        min(sizes) >= config.min_plaglen
        and sizes[1 - side] >= config.summary_ratio * sizes[side]
        and 2 * copied <= sizes[side]
    )


def _has_words(block: Block) -> bool:
    """Tell whether both sides have a word: what is copied may be nothing but symbols."""
    return block[1] > block[0] and block[3] > block[2]
