"""How far the texts of documents are spread over examples: of whole documents, and of cases."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from permille.audit.duplicates import DuplicateFinder
from permille.audit.findings import Finding, FoundCase
from permille.audit.passages import Passage, PassageCounter, passage_of
from permille.audit.word_hashes import WORD, WordHasher
from permille.core.records import Document, Span, Split
from permille.retrieve.protocol import Corpus

PassageKey = tuple[str, Span]
"""A document's id, and characters of it."""


class SplitSpread:
    """What is known of the documents of one split.

    `note` is called with everything that was found, then `scan` with every document; the other
    methods tell what came out.

    Args:
        least_chars: Shorter documents, such as labels, are not grouped.
    """

    def __init__(self, least_chars: int) -> None:
        self._least_chars = least_chars
        self._hasher = WordHasher()
        self._passages: dict[PassageKey, Passage | None] = {}
        self._counter: PassageCounter | None = None
        self._groups: dict[str, tuple[str, int]] = {}

    def note(self, found: Iterable[Sequence[Finding]], corpus: Corpus) -> None:
        """Note the passages of findings, whose documents a corpus has."""
        wanted = {
            (finding.document_id, case.document)
            for findings in found
            for finding in findings
            for case in finding.cases
        } - self._passages.keys()
        documents = corpus.fetch({document_id for document_id, _ in wanted})
        for document_id, span in wanted:
            passage = whole_words(documents[document_id].text, span)
            self._passages[document_id, span] = passage_of(passage, self._hasher)

    def scan(self, documents: Iterable[Document]) -> None:
        """Look at every document of the split."""
        finder = DuplicateFinder(self._hasher)
        passages = {passage for passage in self._passages.values() if passage is not None}
        self._counter = PassageCounter(passages, self._hasher)
        for document in documents:
            words = self._hasher.words(document.text)
            example = document.example_id if document.example_id is not None else document.id
            self._counter.add(words, example)
            is_grouped = document.example_id is not None and len(words) > 0
            if is_grouped and len(document.text) >= self._least_chars:
                finder.add(words, example)
        self._groups = finder.groups()

    def counted(self, finding: Finding) -> Finding:
        """Return a finding with the number of examples in which each case's text stands."""
        cases = tuple(
            replace(case, num_examples=self._num_examples(finding.document_id, case))
            for case in finding.cases
        )
        return replace(finding, cases=cases)

    def group(self, example_id: str | None) -> tuple[str, int] | None:
        """Return the name and size of the group of examples that share a document with one."""
        return None if example_id is None else self._groups.get(example_id)

    def _num_examples(self, document_id: str, case: FoundCase) -> int:
        """Return in how many examples a case's text stands; its own is always one."""
        passage = self._passages.get((document_id, case.document))
        if passage is None or self._counter is None:
            return 1
        return max(1, self._counter.num_examples(passage))


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


def whole_words(text: str, span: Span) -> str:
    """Return the words that lie inside a span whole; a run of characters may begin within one."""
    start, end = span.start_char, span.end_char
    # the span alone is read: there may be as many spans as the text is long
    return " ".join(
        match.group()
        for match in WORD.finditer(text, start, end)
        if not (match.start() == start and WORD.match(text[max(0, start - 1) : start]))
        and not (match.end() == end and WORD.match(text[end : end + 1]))
    )
