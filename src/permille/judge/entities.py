"""Named entities of the two sentences of a paraphrase, by spaCy (an extra of this package).

The published detector looks at them where its judge is less than certain: a sentence about another
person or place is no paraphrase, however alike the words are.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from permille.core.errors import SettingsError, require
from permille.judge.protocol import Judge, SentencePair

CERTAIN = 0.99
"""From this probability on, entities are not compared."""


class EntityFinder(Protocol):
    """Finds the named entities of a text."""

    def entities(self, texts: Sequence[str]) -> list[frozenset[str]]:
        """Return the distinct entities of each text, lower-cased."""
        ...


class _Entity(Protocol):
    @property
    def label_(self) -> str: ...


class _Doc(Protocol):
    @property
    def ents(self) -> Iterable[_Entity]: ...


class _Pipeline(Protocol):
    def pipe(self, texts: Iterable[str]) -> Iterable[_Doc]: ...


class SpacyEntities:
    """Entities as a spaCy pipeline sees them, by default in lower-cased text as published.

    Args:
        pipeline: The name or folder of an installed pipeline, or a loaded one.
        label: The only kind of entity that is wanted, such as PERSON; None wants all.
        is_lower: Whether texts are lower-cased first; pipelines then miss many names.

    Raises:
        SettingsError: If spaCy or the pipeline is not installed.
    """

    def __init__(
        self,
        pipeline: "str | _Pipeline" = "en_core_web_sm",
        *,
        label: str | None = None,
        is_lower: bool = True,
    ) -> None:
        self._pipeline = _load(pipeline) if isinstance(pipeline, str) else pipeline
        self._label = label
        self._is_lower = is_lower

    def entities(self, texts: Sequence[str]) -> list[frozenset[str]]:
        """Return the distinct entities of each text, lower-cased; equal texts are read once."""
        read = [text.lower() if self._is_lower else text for text in texts]
        distinct = sorted(set(read))
        found = {
            text: frozenset(str(one).lower() for one in doc.ents if self._wants(one))
            for text, doc in zip(distinct, self._pipeline.pipe(distinct), strict=True)
        }
        return [found[text] for text in read]

    def _wants(self, entity: _Entity) -> bool:
        """Tell whether an entity is of the wanted kind."""
        return self._label is None or entity.label_ == self._label


def _load(name: str) -> _Pipeline:
    """Return an installed pipeline.

    Raises:
        SettingsError: If spaCy or the pipeline is not installed.
    """
    spacy = require("spacy", extra="spacy")
    try:
        pipeline: _Pipeline = spacy.load(name)
    except OSError as error:
        raise SettingsError(
            f"no spaCy pipeline {name!r} is installed; get it with: python -m spacy download {name}"
        ) from error
    return pipeline


def same_entities(first: frozenset[str], second: frozenset[str]) -> bool:
    """Return whether one set holds the other; both empty is the same, too.

    As in every comparison of sets the empty one is held by any.
    """
    return first <= second or second <= first


class EntityCheckedJudge:
    """A judge that takes back its yes where the sentences name different entities.

    Args:
        judge: Says how probable a paraphrase is.
        finder: Finds the entities.
        threshold: Pairs with a greater probability, up to `CERTAIN`, are looked at.
    """

    def __init__(self, judge: Judge, finder: EntityFinder, *, threshold: float = 0.5) -> None:
        self._judge = judge
        self._finder = finder
        self._threshold = threshold

    def probabilities(self, pairs: Sequence[SentencePair]) -> list[float]:
        """Return the judge's probabilities, 0 for pairs whose entities differ."""
        probabilities = self._judge.probabilities(pairs)
        unsure = [i for i, p in enumerate(probabilities) if self._threshold < p < CERTAIN]
        firsts = self._finder.entities([pairs[i][0] for i in unsure])
        seconds = self._finder.entities([pairs[i][1] for i in unsure])
        for i, first, second in zip(unsure, firsts, seconds, strict=True):
            if not same_entities(first, second):
                probabilities[i] = 0.0
        return probabilities
