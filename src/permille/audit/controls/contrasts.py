"""Contrasts between arms by kind: over all prompts, and over the measurable ones beside."""

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from permille.audit.findings import WEAKEST_FIRST
from permille.audit.tally import Flags, Row, Tally
from permille.core.records import KINDS_BY_STRENGTH, Kind
from permille.measure.contrast import Contrast

MakeContrast = Callable[[str], Contrast]
Labels = npt.NDArray[np.str_]


def missing(why: str) -> dict[str, object]:
    """Return the form of a control that was not computed."""
    return {"missing": why}


def noted(note: str | None) -> dict[str, object]:
    """Return the key of a control that says what is to be known of it; nothing for None."""
    return {} if note is None else {"note": note}


def named_documents(tally: Tally) -> tuple[int, str]:
    """Return how many generations of training prompts name an example that documents have too.

    Beside it the sentence that says so, and of how many that name any.
    """
    named = sum(row.has_example for row in tally.rows)
    known = sum(row.has_document for row in tally.rows)
    return known, (
        f"{known} of {named} generations name an example_id that a training document has"
    )


def cases_of(tally: Tally, way: str, kind: str) -> Flags:
    """Return whether each generation has a case of a kind, or of `any`, of shape (N,).

    A generation too short to measure has none.
    """
    codes = tally.codes(way)
    return codes > 0 if kind == "any" else codes == WEAKEST_FIRST.index(Kind(kind))


def groups_of(tally: Tally) -> Labels | None:
    """Return which generations share text, of shape (N,); None where each is by itself."""
    return groups_or_none([row.group for row in tally.rows])


def groups_or_none(names: Sequence[str | None]) -> Labels | None:
    """Return the names of groups as labels, of shape (N,); None where each is of one.

    A name of None stands for a group of its own.
    """
    labels = [f"by itself {i}" if name is None else name for i, name in enumerate(names)]
    return None if len(set(labels)) == len(labels) else np.array(labels, dtype=np.str_)


def by_kind(over_all: MakeContrast, over_measurable: MakeContrast) -> dict[str, object]:
    """Return the contrast of every kind, with that over measurable generations beside.

    Args:
        over_all: Returns the contrast of a kind over all prompts.
        over_measurable: Returns it over those measurable in both arms.
    """
    return {
        kind: over_all(kind).to_dict() | {"measurable_only": over_measurable(kind).to_dict()}
        for kind in ("any", *map(str, KINDS_BY_STRENGTH))
    }


def paired(first: Tally, second: Tally) -> tuple[Tally, Tally]:
    """Return the rows of two arms that answer the same prompts, in one order.

    Where a prompt was answered several times, the n-th answers of both arms are a pair.
    """
    waiting: dict[str, list[Row]] = defaultdict(list)
    for row in reversed(second.rows):
        waiting[row.unit].append(row)
    pairs = [(row, waiting[row.unit].pop()) for row in first.rows if waiting[row.unit]]
    return Tally([own for own, _ in pairs]), Tally([other for _, other in pairs])
