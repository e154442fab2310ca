"""Text that stands in several examples: duplicated documents, and boilerplate in many."""

from permille.audit.controls.contrasts import missing, named_documents
from permille.audit.controls.subsets import NO_EXAMPLES, NO_PROMPT
from permille.audit.rows import MAIN, NOT_BOILERPLATE, OWN_WORDS
from permille.audit.tally import Tally, ratios_of

TOO_SHORT = "the documents of these examples are too short to be compared"
TIMES: tuple[tuple[str, int, int | None], ...] = (
    ("1", 1, 1),
    ("2-5", 2, 5),
    ("6-20", 6, 20),
    ("more", 21, None),
)
"""Name, fewest and most examples of each row of `duplicates`."""


def duplicates(train: Tally) -> list[dict[str, object]] | dict[str, object]:
    """Return the ratios by how many examples hold the prompted example's document.

    Exactly or nearly: the size of the group of examples whose documents are nearly the same.
    """
    if all(row.num_examples is None for row in train.rows):
        known, said = named_documents(train)
        if not any(row.has_example for row in train.rows):
            return missing(NO_EXAMPLES)
        return missing(TOO_SHORT if known else said)
    rows: list[dict[str, object]] = []
    for name, least, most in TIMES:
        part = Tally(
            [
                row
                for row in train.rows
                if row.num_examples is not None
                and least <= row.num_examples
                and (most is None or row.num_examples <= most)
            ]
        )
        ratios = ratios_of(part, MAIN, reason_if_empty="no measurable generation of these examples")
        rows.append({"times": name, "ratios": ratios.to_dict()})
    return rows


def boilerplate(train: Tally, max_examples: int) -> dict[str, object]:
    """Return the ratios without cases that are text of more than `max_examples` examples.

    Beside them those without cases that stood in the prompt either: of a generation with one case
    of each sort, this control and `input_copied` leave the other.
    """
    has_prompt = any(row.has_prompt for row in train.rows)
    return {
        "max_examples": max_examples,
        "without": ratios_of(train, NOT_BOILERPLATE).to_dict(),
        "without_copied": ratios_of(train, OWN_WORDS).to_dict()
        if has_prompt
        else missing(NO_PROMPT),
    }
