"""How far the texts of documents are spread over examples: of whole documents, and of cases."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from permille.audit.boilerplate import BoilerplateFinder, words_within
from permille.audit.config import AuditConfig
from permille.audit.duplicates import DuplicateFinder
from permille.audit.findings import Finding, FoundCase
from permille.audit.passages import Passage, PassageCounter, passage_of
from permille.audit.word_hashes import Hashes, WordHasher, batches
from permille.core.records import Document, Generation, Kind, Span, Split
from permille.retrieve.protocol import Corpus

GENERATION, DOCUMENT = "generation", "document"
PassageKey = tuple[str, str, Span]
"""Which of the two a text is, its id, and characters of it."""


class SplitSpread:
    """What is known of the documents of one split.

    `note` is called with everything that was found, then `scan` with every document, then
    `scan_other` where splits are compared; the other methods tell what came out.

    Args:
        least_chars: Shorter documents, such as labels, are not grouped, and shorter stretches of
            a case do not make it one.
        max_examples: Text in more examples is boilerplate.
    """

    def __init__(self, least_chars: int, max_examples: int = AuditConfig.max_examples) -> None:
        self._least_chars = least_chars
        self._max_examples = max_examples
        self._hasher = WordHasher()
        self._passages: dict[PassageKey, Passage | None] = {}
        self._finder: BoilerplateFinder[PassageKey] = BoilerplateFinder(
            self._hasher, least_chars, max_examples
        )
        self._boilerplate: set[PassageKey] = set()
        self._stock: set[PassageKey] = set()
        self._counter = PassageCounter(set(), self._hasher)
        self._num_examples: dict[Passage, int] = {}
        self._groups: dict[str, tuple[str, int]] = {}
        self._examples: set[str] = set()

    def note(
        self,
        generations: Sequence[Generation],
        found: Iterable[Sequence[Finding]],
        corpus: Corpus,
    ) -> None:
        """Note the passages of both sides of cases.

        Args:
            generations: Some, each under an id of its own.
            found: The findings of each.
            corpus: Has the documents of the findings.
        """
        wanted = {
            key
            for generation, findings in zip(generations, found, strict=True)
            for finding in findings
            for case in finding.cases
            for key in _sides(generation.id, finding.document_id, case)
        } - self._passages.keys()
        documents = corpus.fetch({name for side, name, _ in wanted if side == DOCUMENT})
        texts = {(DOCUMENT, name): document.text for name, document in documents.items()}
        texts |= {(GENERATION, one.id): one.text for one in generations}
        for key in wanted:
            side, name, span = key
            words = words_within(texts[side, name], span, self._hasher)
            self._passages[key] = passage_of(words.hashes, self._hasher)
            self._finder.note(key, words)

    def scan(self, documents: Iterable[Document]) -> None:
        """Look at every document of the split."""
        duplicates = DuplicateFinder(self._hasher)
        passages = {passage for passage in self._passages.values() if passage is not None}
        self._counter = PassageCounter(passages, self._hasher)
        self._count(self._hashed(documents, duplicates))
        self._num_examples = {one: self._counter.num_examples(one) for one in passages}
        self._boilerplate = self._stock = self._too_common()
        self._groups = duplicates.groups()

    def scan_other(self, documents: Iterable[Document]) -> None:
        """Look at every document of the other split too, for what is compared with it.

        Of the larger split more phrases stand in so many examples; of both together each is stock
        text on both sides or on neither.
        """
        self._count((self._hasher.words(one.text), f"other {_example(one)}") for one in documents)
        self._stock = self._too_common()

    def _count(self, hashed: Iterable[tuple[Hashes, str]]) -> None:
        """Count the examples of passages and phrases in the words of documents."""
        for batch in batches(hashed):
            self._counter.count(batch)
            self._finder.count(batch)

    def _too_common(self) -> set[PassageKey]:
        """Return the passages that, or the phrases of which, stand in too many examples so far."""
        whole = {
            key
            for key, passage in self._passages.items()
            if passage is not None and self._counter.num_examples(passage) > self._max_examples
        }
        return whole | self._finder.found()

    def _hashed(
        self, documents: Iterable[Document], duplicates: DuplicateFinder
    ) -> Iterator[tuple[Hashes, str]]:
        """Yield the words of each document and whose it is, and note it among the duplicates."""
        for document in documents:
            words = self._hasher.words(document.text)
            example = _example(document)
            if document.example_id is not None:
                self._examples.add(document.example_id)
            is_grouped = document.example_id is not None and len(words) > 0
            if is_grouped and len(document.text) >= self._least_chars:
                duplicates.add(words, example)
            yield words, example

    def counted(self, generation_id: str, finding: Finding) -> Finding:
        """Return a generation's finding with how far the text of each case is spread."""
        document_id = finding.document_id
        cases = tuple(self._counted(generation_id, document_id, case) for case in finding.cases)
        return replace(finding, cases=cases)

    def has_example(self, example_id: str | None) -> bool:
        """Whether a document of the split is of this example."""
        return example_id in self._examples

    def group(self, example_id: str | None) -> tuple[str, int] | None:
        """Return the name and size of the group of examples that share a document with one."""
        return None if example_id is None else self._groups.get(example_id)

    def _counted(self, generation_id: str, document_id: str, case: FoundCase) -> FoundCase:
        """Return a case with the number of its examples; its own is always one."""
        sides = _sides(generation_id, document_id, case)
        passage, num_examples = self._passages.get(sides[0]), 1
        if passage is not None:
            num_examples = max(1, self._num_examples.get(passage, 1))
        return replace(
            case,
            num_examples=num_examples,
            boilerplate=not self._boilerplate.isdisjoint(sides),
            stock=not self._stock.isdisjoint(sides),
        )


def _sides(generation_id: str, document_id: str, case: FoundCase) -> tuple[PassageKey, ...]:
    """Return the passages of a case: the document's, and the generation's where it has other words.

    A rewritten passage may be longer on one side, so that the other alone is stock text.
    """
    of_document = (DOCUMENT, document_id, case.document)
    if case.kind is Kind.VERBATIM:
        return (of_document,)
    return of_document, (GENERATION, generation_id, case.generation)


def _example(document: Document) -> str:
    """Return whose a document is: its example's, or its own where it names none."""
    return document.example_id if document.example_id is not None else document.id


def text_groups(documents: Sequence[Document], least_chars: int) -> dict[str, str]:
    """Return for each example the name of its group of examples that share a document.

    The groups are those of the audit's contrasts, training and held-out apart.

    Args:
        documents: Of both splits.
        least_chars: Shorter documents, such as labels, are not grouped.
    """
    groups = {}
    for split in Split:
        own = [one for one in documents if one.split is split]
        spread = SplitSpread(least_chars)
        spread.scan(own)
        for example in {one.example_id for one in own if one.example_id is not None}:
            if found := spread.group(example):
                groups[example] = found[0]
    return groups
