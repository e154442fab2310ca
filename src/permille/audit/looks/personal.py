"""Which persons' data of the training documents stand in what a model wrote."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from permille.audit.looks.identifiers import Identifier, IdentifierKind, identifiers_in
from permille.audit.survey import unit_of
from permille.audit.tally import ratio_by_unit
from permille.core.records import Arm, Document, Generation, Split

Finder = Callable[[str], set[Identifier]]
"""Finds the identifiers of a text."""

NO_NAMES = (
    "names are found by spaCy: pip install 'permille[spacy]', install a pipeline, and name it with"
    " audit.looks.entities"
)
MAX_SHOWN = 100
"""Values of a kind that are listed, those of most generations first."""


def describe_personal_data(
    generations: Iterable[Generation],
    documents: Iterable[Document],
    *,
    names: Finder | None = None,
    show_values: bool = False,
) -> dict[str, object]:
    """Return, by kind, which values of the training documents were written.

    A value that stood in the generation's own prompt does not count. Values that were also written
    for held-out prompts are those that such a model writes anyway; `beyond_heldout` has the others.

    Args:
        generations: Of both splits; the base model's are passed over.
        documents: Of both splits; values are those of training documents.
        names: Finds persons' names; None leaves them out.
        show_values: List values as they are; else they are masked.
    """

    def find(text: str) -> set[Identifier]:
        return identifiers_in(text) | (names(text) if names is not None else set())

    known: Counter[Identifier] = Counter()
    for document in documents:
        if document.split is Split.TRAIN:
            known.update(find(document.text))
    written: dict[Split, Counter[Identifier]] = {split: Counter() for split in Split}
    kinds: dict[Split, list[set[IdentifierKind]]] = defaultdict(list)
    units: dict[Split, list[str]] = defaultdict(list)
    for generation in generations:
        if generation.model is not Arm.TUNED:
            continue
        given = find(generation.prompt or "")
        values = (find(generation.text) & known.keys()) - given
        written[generation.split].update(values)
        kinds[generation.split].append({value.kind for value in values})
        units[generation.split].append(unit_of(generation))
    found: dict[str, object] = {
        str(kind): {
            "in_documents": sum(one.kind is kind for one in known),
            "generations": {
                str(split): ratio_by_unit(
                    [kind in given for given in kinds[split]], units[split], "no generations"
                ).to_dict()
                for split in Split
            },
            **_values_of(kind, written, show_values=show_values),
        }
        for kind in IdentifierKind
        if kind is not IdentifierKind.PERSON or names is not None
    }
    if names is None:
        found[str(IdentifierKind.PERSON)] = {"missing": NO_NAMES}
    return found


def _values_of(
    kind: IdentifierKind,
    written: Mapping[Split, Counter[Identifier]],
    *,
    show_values: bool,
) -> dict[str, object]:
    """Return how many values of a kind were written, and list those beyond the held-out side."""
    train = {one for one in written[Split.TRAIN] if one.kind is kind}
    heldout = {one for one in written[Split.HELDOUT] if one.kind is kind}
    beyond = sorted(train - heldout, key=lambda one: (-written[Split.TRAIN][one], one.value))
    # values that look alike when masked stay apart: each is a value of its own
    shown = [one.value if show_values else one.masked for one in beyond[:MAX_SHOWN]]
    counts = [written[Split.TRAIN][one] for one in beyond[:MAX_SHOWN]]
    return {
        "written": len(train),
        "written_on_heldout": len(heldout),
        "beyond_heldout": len(beyond),
        "values": [
            {"value": value, "generations": count}
            for value, count in zip(shown, counts, strict=True)
        ],
    }
