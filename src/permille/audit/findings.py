"""What was found for a generation: its documents with a case, as they are counted and stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from permille.audit.json_lines import JsonObject
from permille.core.records import KINDS_BY_STRENGTH, Direction, Kind, Span

WEAKEST_FIRST = (Kind.NONE, *reversed(KINDS_BY_STRENGTH))
"""A kind's place here is its strength; none is 0."""


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A pair of spans, with what else is known of it.

    Attributes:
        kind: Its kind.
        generation: Its characters in the generation.
        document: Its characters in the document.
        confirmed: The judge's word on a paraphrase; None for other kinds and without a judge.
        copied: Whether its text already stood in the prompt.
        num_examples: In how many examples its text stands; 0 until it is counted.
        boilerplate: Whether too little of one side is left without phrases of many examples; False
            until it is counted.
        stock: Likewise, by the documents of both splits together; it is not stored.
    """

    kind: Kind
    generation: Span
    document: Span
    confirmed: bool | None = None
    copied: bool = False
    num_examples: int = 0
    boilerplate: bool = False
    stock: bool = False

    @property
    def counted_kind(self) -> Kind:
        """Its kind, but none for a paraphrase that the judge does not confirm."""
        return Kind.NONE if self.confirmed is False else self.kind

    def values(self) -> JsonObject:
        """Return the case as a line of cases.jsonl has it, with what is known of it beside."""
        return {
            "kind": str(self.kind),
            "generation": [self.generation.start_char, self.generation.end_char],
            "document": [self.document.start_char, self.document.end_char],
            "confirmed": self.confirmed,
            "input_copied": self.copied,
            "num_examples": self.num_examples,
            "boilerplate": self.boilerplate,
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """A document in which a generation has at least one case.

    Attributes:
        document_id: The document.
        example_id: The document's example, None for foreign texts.
        score: The document's BM25 score in the first view that returned it.
        ranks: The document's rank, from 0, in each view that returned it.
        own: Whether it belongs to the prompted example; None where one of both is unknown.
        direction: Which side of an idea condenses the other.
        cases: The cases, in the detector's order; at least one.
    """

    document_id: str
    example_id: str | None
    score: float
    ranks: Mapping[str, int]
    own: bool | None
    direction: Direction | None
    cases: tuple[FoundCase, ...]

    @property
    def counted_kind(self) -> Kind:
        """The strongest kind that counts, none where there are only unconfirmed paraphrases."""
        return strongest(case.counted_kind for case in self.cases)

    @property
    def kind(self) -> Kind:
        """The strongest kind that counts, else paraphrase."""
        counted = self.counted_kind
        return Kind.PARAPHRASE if counted is Kind.NONE else counted

    @property
    def confirmed(self) -> bool | None:
        """The judge's word where the kind is paraphrase."""
        if self.kind is not Kind.PARAPHRASE:
            return None
        words = [case.confirmed for case in self.cases if case.kind is Kind.PARAPHRASE]
        return None if None in words else True in words

    @property
    def is_copied(self) -> bool:
        """Whether the text of all its cases already stood in the prompt."""
        return all(case.copied for case in self.cases)

    def values(self) -> JsonObject:
        """Return what a stored finding has; `finding_of` reads it."""
        return {
            "document_id": self.document_id,
            "example_id": self.example_id,
            "score": self.score,
            "ranks": dict(self.ranks),
            "own": self.own,
            "direction": None if self.direction is None else str(self.direction),
            "cases": [case.values() for case in self.cases],
        }

    def line(self, generation_id: str, view: str, *, headline: bool) -> JsonObject:
        """Return the finding as a line of cases.jsonl.

        Args:
            generation_id: The generation.
            view: Whose rank is meant.
            headline: Whether it decides the generation's kind in the ratios.
        """
        return {
            "generation_id": generation_id,
            "document_id": self.document_id,
            "example_id": self.example_id,
            "kind": str(self.kind),
            "confirmed": self.confirmed,
            "headline": headline,
            "rank": self.ranks[view],
            "score": self.score,
            "own": self.own,
            "input_copied": self.is_copied,
            "num_examples": min(case.num_examples for case in self.cases),
            "direction": None if self.direction is None else str(self.direction),
            "cases": [case.values() for case in self.cases],
        }


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that was not aligned with a generation, since the pair repeats itself too much.

    Attributes:
        document_id: The document.
        ranks: The document's rank, from 0, in each view that returned it.
    """

    document_id: str
    ranks: Mapping[str, int]

    def values(self) -> JsonObject:
        """Return what is stored of it."""
        return {"document_id": self.document_id, "ranks": dict(self.ranks)}


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of one generation after it was searched for.

    Attributes:
        findings: The documents with a case, in the order in which they were returned.
        refused: Those of which nothing is known, in the same order.
    """

    findings: tuple[Finding, ...] = ()
    refused: tuple[Refused, ...] = ()

    def num_refused(self, view: str) -> int:
        """Return how many of the documents that a view returned were refused."""
        return sum(view in one.ranks for one in self.refused)

    def is_unknown(self, view: str) -> bool:
        """Tell whether a document of a view was refused, and no other of it has a case that counts.

        A paraphrase that the judge does not confirm is none.
        """
        kinds = (
            case.counted_kind for one in self.findings if view in one.ranks for case in one.cases
        )
        return self.num_refused(view) > 0 and all(kind is Kind.NONE for kind in kinds)

    def values(self) -> JsonObject:
        """Return what is stored of a generation; `found_of` reads it."""
        return {
            "findings": [one.values() for one in self.findings],
            "refused": [one.values() for one in self.refused],
        }


def strongest(kinds: Iterable[Kind]) -> Kind:
    """Return the strongest of some kinds, none of no kinds.

    >>> strongest([Kind.IDEA, Kind.NONE, Kind.PARAPHRASE])
    <Kind.PARAPHRASE: 'paraphrase'>
    """
    return max(kinds, key=WEAKEST_FIRST.index, default=Kind.NONE)


def finding_of(values: object) -> Finding:
    """Return the finding that `Finding.values` stored.

    Raises:
        ValueError: If something else was stored.
    """
    match values:
        case {
            "document_id": str(document_id),
            "example_id": str() | None as example_id,
            "score": float() | int() as score,
            "ranks": dict(ranks),
            "own": bool() | None as own,
            "direction": str() | None as direction,
            "cases": [*cases],
        }:
            return Finding(
                document_id,
                example_id,
                float(score),
                ranks,
                own,
                None if direction is None else Direction(direction),
                tuple(_case_of(case) for case in cases),
            )
    raise ValueError(f"no stored finding: {values}")


def found_of(values: Mapping[str, object]) -> Found:
    """Return what `Found.values` stored of a generation.

    Raises:
        ValueError: If something else was stored.
    """
    match values:
        case {"findings": [*findings], "refused": [*refused]}:
            return Found(tuple(map(finding_of, findings)), tuple(map(_refused_of, refused)))
    raise ValueError(f"nothing that was found: {values}")


def _refused_of(values: object) -> Refused:
    """Return what `Refused.values` stored."""
    match values:
        case {"document_id": str(document_id), "ranks": dict(ranks)}:
            return Refused(document_id, ranks)
    raise ValueError(f"no stored refusal: {values}")


def _case_of(values: object) -> FoundCase:
    """Return the case that `FoundCase.values` stored."""
    match values:
        case {
            "kind": str(kind),
            "generation": [int(start), int(end)],
            "document": [int(document_start), int(document_end)],
            "confirmed": bool() | None as confirmed,
            "input_copied": bool(copied),
            "num_examples": int(num_examples),
            "boilerplate": bool(boilerplate),
        }:
            return FoundCase(
                Kind(kind),
                Span(start, end),
                Span(document_start, document_end),
                confirmed,
                copied,
                num_examples,
                boilerplate,
            )
    raise ValueError(f"no stored case: {values}")
