"""From generations to findings: search, align, ask the judge, look at the prompt."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Protocol

from joblib import Parallel, delayed
from joblib.parallel import get_active_backend

from permille.audit.copied import PromptWords
from permille.audit.findings import Finding, Found, FoundCase, Refused
from permille.audit.judging import Confirmation
from permille.audit.searching import Returned, View, is_own, search_views
from permille.core.records import Alignment, Case, Direction, Generation, Kind, Span

TextPair = tuple[str, str]
Detect = Callable[[], list[Found]]
"""Returns what is found of each of some generations."""
SEARCHED_TOGETHER = 64
"""Generations that are searched for at a time."""
TRIAL_CHARS = 1_000
"""Characters of the text that other processes are started with."""


class AlignPairs(Protocol):
    """Aligns pairs of texts."""

    def __call__(self, pairs: Iterable[TextPair]) -> list[Alignment]:
        """Return the alignment of each pair of a suspicious and a source text, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Pair:
    """A generation and a document in which it has cases; without any, the two were refused."""

    generation: Generation
    returned: Returned
    cases: tuple[FoundCase, ...]
    direction: Direction | None

    def passages(self) -> Iterator[tuple[str, str]]:
        """Yield the two texts of every paraphrase."""
        for case in self.cases:
            if case.kind is Kind.PARAPHRASE:
                yield (
                    cut(self.generation.text, case.generation),
                    cut(self.returned.document.text, case.document),
                )

    def finding(self) -> Finding:
        """Return what was found, without the texts."""
        document = self.returned.document
        return Finding(
            document.id,
            document.example_id,
            self.returned.score,
            self.returned.ranks,
            is_own(document, self.generation),
            self.direction,
            self.cases,
        )

    def refusal(self) -> Refused:
        """Return that the two were refused, without the texts."""
        return Refused(self.returned.document.id, self.returned.ranks)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Processes that search and align whole generations.

    Attributes:
        align: Aligns in whatever process it is sent to.
        num_workers: How many processes there are.
    """

    align: AlignPairs
    num_workers: int


@dataclass(frozen=True, slots=True)
class Detector:
    """Finds the cases of generations.

    Attributes:
        align: Aligns pairs of texts.
        least_chars: Characters of a text in which a case could be found.
        confirmation: The judge; None where every paraphrase counts.
        top_k: Documents a generation and view at most.
        copied_words: Words in a row that count as copied from the prompt.
        is_paper: Whether the document takes the suspicious role, as published.
        elsewhere: What else searches and aligns, where the documents lie on this machine; None
            where all is done here.
    """

    align: AlignPairs
    least_chars: int
    confirmation: Confirmation | None = None
    top_k: int = 10
    copied_words: int = 8
    is_paper: bool = False
    elsewhere: Elsewhere | None = None

    def start(self, text: str, views: Sequence[View]) -> int:
        """Have other processes load what they need, which takes seconds; return how many there are.

        Args:
            text: What they search for and align on trial.
            views: Where.
        """
        if self.elsewhere is None or not _are_local(views):
            return 0
        num_workers = self.elsewhere.num_workers
        trial = [Generation("trial", text[:TRIAL_CHARS])] * num_workers
        list(self._pairs_elsewhere(self.elsewhere, [[one] for one in trial], views))
        return num_workers

    def detect(self, generations: Sequence[Generation], views: Sequence[View]) -> list[Found]:
        """Return what is found of each generation, in the order in which documents were returned.

        Args:
            generations: What is searched for.
            views: Where each is searched for; a document that several return is aligned once.
        """
        return self.begin(generations, views)()

    def begin(self, generations: Sequence[Generation], views: Sequence[View]) -> Detect:
        """Have other processes begin with what `detect` does; what is returned waits for them."""
        parts = (
            generations[start : start + SEARCHED_TOGETHER]
            for start in range(0, len(generations), SEARCHED_TOGETHER)
        )
        if self.elsewhere and _are_local(views):
            pairs = self._pairs_elsewhere(self.elsewhere, parts, views)
            return lambda: self._findings(generations, list(pairs))
        # some are aligned by other processes while the next are searched for
        returned = (hits for part in parts for hits in search_views(part, views, self.top_k))
        return lambda: self.detect_among(generations, returned)

    def detect_among(
        self, generations: Sequence[Generation], returned: Iterable[dict[str, Returned]]
    ) -> list[Found]:
        """Return what is found of each generation in documents that were already searched for.

        Args:
            generations: What was searched for.
            returned: The documents of each, as `search_views` gives them.
        """
        return self._findings(generations, list(self.pairs(generations, returned)))

    def _pairs_elsewhere(
        self, elsewhere: Elsewhere, parts: Iterable[Sequence[Generation]], views: Sequence[View]
    ) -> Iterator[Pair]:
        """Let other processes search for parts of the generations and align them, from now on."""
        there = replace(self, align=elsewhere.align, confirmation=None, elsewhere=None)
        # two may be under way, and what ends first would close the backend that both were given
        backend = copy(get_active_backend()[0])
        parallel = Parallel(
            n_jobs=elsewhere.num_workers,
            backend=backend,
            batch_size=1,
            pre_dispatch="all",
            return_as="generator",
        )
        found = parallel(
            delayed(search_and_align)(there, part, [view.among(part) for view in views])
            for part in parts
        )
        return (pair for part in found for pair in part)

    def _findings(self, generations: Sequence[Generation], found: list[Pair]) -> list[Found]:
        """Judge and mark pairs, and return what is found of each generation."""
        pairs = self._confirmed([pair for pair in found if pair.cases])
        findings: dict[str, list[Finding]] = {generation.id: [] for generation in generations}
        refused: dict[str, list[Refused]] = {generation.id: [] for generation in generations}
        for pair in self._marked(pairs):
            findings[pair.generation.id].append(pair.finding())
        for pair in found:
            if not pair.cases:
                refused[pair.generation.id].append(pair.refusal())
        return [Found(tuple(findings[one.id]), tuple(refused[one.id])) for one in generations]

    def pairs(
        self, generations: Sequence[Generation], returned: Iterable[dict[str, Returned]]
    ) -> Iterator[Pair]:
        """Yield the pairs that have a case, not judged yet, and those that were refused."""
        both: list[tuple[Generation, Returned]] = []

        def texts() -> Iterator[TextPair]:
            for generation, hits in zip(generations, returned, strict=True):
                for hit in hits.values():
                    both.append((generation, hit))
                    pair = (generation.text, hit.document.text)
                    yield pair[::-1] if self.is_paper else pair

        alignments = self.align(texts())
        for (generation, hit), alignment in zip(both, alignments, strict=True):
            if alignment.cases or alignment.refused:
                cases = tuple(self._case(case) for case in alignment.cases)
                direction = self._direction(alignment.summary_of_source)
                yield Pair(generation, hit, cases, direction)

    def _case(self, case: Case) -> FoundCase:
        """Return a case by the texts' own names, whichever roles they had."""
        if self.is_paper:
            return FoundCase(case.kind, generation=case.source, document=case.suspicious)
        return FoundCase(case.kind, generation=case.suspicious, document=case.source)

    def _direction(self, summary_of_source: bool | None) -> Direction | None:
        """Say which side of an idea condenses the other."""
        if summary_of_source is None:
            return None
        if summary_of_source is not self.is_paper:
            return Direction.GENERATION_SUMMARIZES_DOCUMENT
        return Direction.DOCUMENT_SUMMARIZES_GENERATION

    def _confirmed(self, pairs: list[Pair]) -> list[Pair]:
        """Set the judge's word on every paraphrase."""
        if self.confirmation is None:
            return pairs
        passages = [passage for pair in pairs for passage in pair.passages()]
        words = iter(self.confirmation.confirm(passages))
        return [
            replace(pair, cases=tuple(_with_word(case, words) for case in pair.cases))
            for pair in pairs
        ]

    def _marked(self, pairs: list[Pair]) -> Iterator[Pair]:
        """Mark the cases whose text already stood in the prompt."""
        prompts: dict[str, PromptWords] = {}
        for pair in pairs:
            text, name = pair.generation.text, pair.generation.id
            if name not in prompts:
                prompts[name] = PromptWords(pair.generation.prompt, self.copied_words)
            words = prompts[name]
            cases = tuple(
                replace(case, copied=words.holds(cut(text, case.generation), self.least_chars))
                for case in pair.cases
            )
            yield replace(pair, cases=cases)


def _are_local(views: Sequence[View]) -> bool:
    """Whether every corpus lies on this machine."""
    return all(view.corpus.local() for view in views)


def search_and_align(
    detector: Detector, generations: Sequence[Generation], views: Sequence[View]
) -> list[Pair]:
    """Return the pairs of some generations that `Detector.pairs` yields."""
    returned = search_views(generations, views, detector.top_k)
    return list(detector.pairs(generations, returned))


def cut(text: str, span: Span) -> str:
    """Return the characters of a span."""
    return text[span.start_char : span.end_char]


def _with_word(case: FoundCase, words: Iterator[bool]) -> FoundCase:
    """Give a paraphrase the next word of the judge."""
    return replace(case, confirmed=next(words)) if case.kind is Kind.PARAPHRASE else case
