"""Which persons' data of the training documents stand in what a model wrote."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from permille.audit.controls.contrasts import groups_or_none, noted
from permille.audit.looks.identifiers import Identifier, IdentifierKind, identifiers_in
from permille.audit.spread import SplitSpread
from permille.audit.survey import Cut, survey, unit_of
from permille.audit.tally import ratio_by_unit
from permille.audit.ties import answer_key, tied
from permille.core.records import Arm, Document, Generation, Split
from permille.measure.contrast import Contrast, independent_contrast

Finder = Callable[[str], set[Identifier]]
"""Finds the identifiers of a text."""

NO_NAMES = (
    "names are found by spaCy: pip install 'permille[spacy]', install a pipeline, and name it with"
    " audit.looks.entities"
)
NO_HELDOUT = "no held-out generations of the tuned model were given"
NO_VALUE = "no training document has such a value"
MAX_SHOWN = 100
"""Values of a kind that are listed, those of most generations first."""


@dataclass(frozen=True, slots=True)
class Written:
    """The values of training documents in one generation.

    Attributes:
        values: Those that did not stand in its prompt.
        unit: Key of its prompt.
        group: Names the examples that share text with its own.
        answer: Key of its prompt and text: what is identical counts as one; None ties nothing.
        is_chosen: Whether the cut to equal numbers of prompts has its prompt.
    """

    values: frozenset[Identifier]
    unit: str
    group: str
    answer: int | None
    is_chosen: bool

    def has(self, kind: IdentifierKind) -> bool:
        """Whether a value of a kind was written."""
        return any(one.kind is kind for one in self.values)


Sides = Mapping[Split, Sequence[Written]]


def describe_personal_data(
    generations: Iterable[Generation],
    documents: Iterable[Document],
    *,
    least_chars: int,
    seed: int = 0,
    names: Finder | None = None,
    show_values: bool = False,
) -> dict[str, object]:
    """Return, by kind, which values of the training documents were written.

    A value that stood in the generation's own prompt does not count. A model writes some values
    for any prompt: `difference` is between training and held-out prompts, as many of each, and
    `beyond_heldout` and `beyond_train` are how many values each side of these has alone.

    Args:
        generations: Of both splits, read several times; the base model's are passed over.
        documents: Of both splits, read several times; values are those of training documents.
        least_chars: Documents that are shorter tie no examples together.
        seed: Of the choice of prompts, and of permutations.
        names: Finds persons' names; None leaves them out.
        show_values: List values as they are; else they are masked.
    """

    def find(text: str) -> set[Identifier]:
        return identifiers_in(text) | (names(text) if names is not None else set())

    training = (document.text for document in documents if document.split is Split.TRAIN)
    known: set[Identifier] = set().union(*map(find, training))

    def values_of(one: Generation) -> frozenset[Identifier]:
        return frozenset((find(one.text) & known) - find(one.prompt or ""))

    there = survey(generations, documents, seed=seed)
    sides = {
        split: _written(split, generations, documents, least_chars, there.cuts[split], values_of)
        for split in Split
    }
    why_not = there.why_not if sides[Split.HELDOUT] else NO_HELDOUT
    in_documents = Counter(one.kind for one in known)
    found: dict[str, object] = {
        str(kind): {
            "in_documents": in_documents[kind],
            **_of_kind(kind, sides, in_documents[kind], seed, why_not),
            **noted(there.note),
            "values": _listed(kind, sides, is_compared=why_not is None, show_values=show_values),
        }
        for kind in IdentifierKind
        if kind is not IdentifierKind.PERSON or names is not None
    }
    if names is None:
        found[str(IdentifierKind.PERSON)] = {"missing": NO_NAMES}
    return found


def _written(
    split: Split,
    generations: Iterable[Generation],
    documents: Iterable[Document],
    least_chars: int,
    cut: Cut,
    values_of: Callable[[Generation], frozenset[Identifier]],
) -> list[Written]:
    """Return what the tuned model wrote of the values on the prompts of a split."""
    spread = SplitSpread(least_chars)
    spread.scan(document for document in documents if document.split is split)
    found = []
    for one in generations:
        if (one.model, one.split) == (Arm.TUNED, split):
            unit, is_chosen = unit_of(one), cut.has_generation(one)
            group, _ = spread.group(one.example_id) or (unit, 0)
            found.append(Written(values_of(one), unit, group, answer_key(one), is_chosen))
    return found


def _of_kind(
    kind: IdentifierKind, sides: Sides, in_documents: int, seed: int, why_not: str | None
) -> dict[str, object]:
    """Return how often values of a kind were written, and the difference between both sides.

    Args:
        kind: The kind.
        sides: The generations of each split.
        in_documents: How many values of the kind the training documents have.
        seed: Of the permutations.
        why_not: Why the splits cannot be compared; None where they can.
    """
    chosen = {split: [one for one in side if one.is_chosen] for split, side in sides.items()}
    train, heldout = (_counts(kind, chosen[split]) for split in Split)
    difference = Contrast(reason=why_not or NO_VALUE)
    if in_documents and why_not is None:
        difference = independent_contrast(
            *([one.has(kind) for one in side] for side in chosen.values()),
            first_groups=groups_or_none(_tied("group", chosen[Split.TRAIN])),
            second_groups=groups_or_none(_tied("group", chosen[Split.HELDOUT])),
            seed=seed,
        )
    return {
        "generations": {
            str(split): ratio_by_unit(
                [one.has(kind) for one in side], _tied("unit", side), "no generations"
            ).to_dict()
            for split, side in sides.items()
        },
        "written": len(_counts(kind, sides[Split.TRAIN])),
        "written_on_heldout": len(_counts(kind, sides[Split.HELDOUT])),
        "prompts": len({one.unit for one in chosen[Split.HELDOUT]}),
        "difference": difference.to_dict(),
        "beyond_heldout": len(train.keys() - heldout.keys()) if why_not is None else None,
        "beyond_train": len(heldout.keys() - train.keys()) if why_not is None else None,
    }


def _tied(name: Literal["unit", "group"], side: Sequence[Written]) -> list[str]:
    """Return units or groups of which identical answers to one prompt make one."""
    return tied([getattr(one, name) for one in side], [one.answer for one in side])


def _counts(kind: IdentifierKind, side: Iterable[Written]) -> Counter[Identifier]:
    """Count the generations that have each value of a kind."""
    return Counter(value for one in side for value in one.values if value.kind is kind)


def _listed(
    kind: IdentifierKind, sides: Sides, *, is_compared: bool, show_values: bool
) -> list[dict[str, object]]:
    """List the values that were written beyond the held-out side, those written most first.

    Where both sides are compared they are those of as many prompts, as `beyond_heldout` counts
    them; values that look alike when masked stay apart.
    """
    train, heldout = (
        _counts(kind, [one for one in sides[split] if one.is_chosen or not is_compared])
        for split in Split
    )
    beyond = sorted(train.keys() - heldout.keys(), key=lambda one: (-train[one], one.value))
    return [
        {"value": one.value if show_values else one.masked, "generations": train[one]}
        for one in beyond[:MAX_SHOWN]
    ]
