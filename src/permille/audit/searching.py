"""Which documents are looked at for a generation, in which corpus, at which rank."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from permille.core.records import Document, Generation, Part
from permille.retrieve.protocol import Corpus


@dataclass(frozen=True, slots=True)
class View:
    """A corpus, and the generations that are searched for in it.

    Attributes:
        name: Its name among a document's ranks.
        corpus: What is searched.
        includes: Says whether a generation is searched for.
        has_inputs: Whether the corpus holds inputs, which may have stood in a prompt.
    """

    name: str
    corpus: Corpus
    includes: Callable[[Generation], bool]
    has_inputs: bool = False

    def among(self, generations: Sequence[Generation]) -> "View":
        """Return the view of some generations only, which can be sent to another process."""
        return replace(
            self, includes=Among(frozenset(g.id for g in generations if self.includes(g)))
        )


@dataclass(frozen=True, slots=True)
class Among:
    """Includes the generations with some ids."""

    ids: frozenset[str]

    def __call__(self, generation: Generation) -> bool:
        """Say whether a generation is included."""
        return generation.id in self.ids


@dataclass(frozen=True, slots=True)
class Returned:
    """A document that at least one view returned for a generation.

    Attributes:
        document: The document.
        score: Its BM25 score in the first view that returned it.
        ranks: Its rank in each view that returned it, from 0.
    """

    document: Document
    score: float
    ranks: dict[str, int] = field(default_factory=dict)


def search_views(
    generations: Sequence[Generation], views: Sequence[View], top_k: int
) -> list[dict[str, Returned]]:
    """Return for each generation the documents that its views returned, by their ids.

    Documents whose text stood in the generation's own prompt are passed over, and the next best
    ones take their ranks.

    Args:
        generations: What is searched for, with their whole texts.
        views: Where each is searched for.
        top_k: Documents a generation and view at most.
    """
    returned: list[dict[str, Returned]] = [{} for _ in generations]
    for view in views:
        wanted = [i for i, generation in enumerate(generations) if view.includes(generation)]
        depth = 2 * top_k if view.has_inputs else top_k
        answers = view.corpus.search([generations[i].text for i in wanted], depth)
        documents = view.corpus.fetch({hit.document_id for hits in answers for hit in hits})
        for i, hits in zip(wanted, answers, strict=True):
            others = [
                hit
                for hit in hits
                if not stood_in_prompt(documents[hit.document_id], generations[i])
            ]
            for rank, hit in enumerate(others[:top_k]):
                seen = Returned(documents[hit.document_id], hit.score)
                returned[i].setdefault(hit.document_id, seen).ranks[view.name] = rank
    return returned


def stood_in_prompt(document: Document, generation: Generation) -> bool:
    """Whether a document is an input that the model was given together with the prompt.

    That is the prompted example's own input, and any input whose whole text stands in the prompt.
    """
    if document.part is not Part.INPUT:
        return False
    if document.example_id is not None and document.example_id == generation.example_id:
        return True
    return generation.prompt is not None and squeezed(document.text) in squeezed(generation.prompt)


def is_own(document: Document, generation: Generation) -> bool | None:
    """Whether a document belongs to the prompted example; None where one of both is unknown."""
    if document.example_id is None or generation.example_id is None:
        return None
    return document.example_id == generation.example_id


def squeezed(text: str) -> str:
    """Return a text with single blanks for white space, as a tokenizer may have left it."""
    return " ".join(text.split())
