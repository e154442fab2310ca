"""Files of people's labels, and what they say of the program."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

from permille.audit.annotation.pairs import LABELS, Pair, deciding_pairs
from permille.audit.annotation.strata import (
    ANY,
    Stratum,
    corrected_by_labels,
    precision,
    recall,
    strata_of,
)
from permille.audit.json_lines import LineReader, read_lines, read_unique
from permille.core.errors import DataError
from permille.core.records import KINDS_BY_STRENGTH, Kind
from permille.measure.agreement import agreement
from permille.measure.ratio import Ratio

Labels = Mapping[str, Kind]
"""A person's labels by the pair's id."""


def read_labels(path: Path) -> dict[str, Kind]:
    """Return a person's labels; lines whose label is null were left open and are passed over.

    Raises:
        DataError: If the file or a line is not what it should be; the message names both.
    """
    read = read_unique(read_lines(path), _label)
    found = {name: label for name, label in read if label is not None}
    if not found:
        raise DataError(f"{path}: want labels, got none; label the pairs and save them first")
    return found


def _label(line: LineReader) -> tuple[str, Kind | None]:
    name = line.identifier()
    if line.values.get("label") is None:
        return name, None
    return name, line.one_of("label", Kind, [str(label) for label in LABELS])


def describe_labels(
    pairs: Sequence[Pair], people: Mapping[str, Labels], ratios: Mapping[str, Ratio]
) -> dict[str, object]:
    """Return agreement, precision and recall by kind, and the ratios corrected for both.

    All but the agreement is of the pairs that decide their generation's kind, so that each
    generation counts once.

    Args:
        pairs: All pairs of the run.
        people: Labels by the person's name; two or more give an agreement.
        ratios: The run's ratios by kind, `any` included.
    """
    deciding = deciding_pairs(pairs)
    first = next(iter(people.values()))
    by_all = [name for name in first if all(name in labels for labels in people.values())]
    agreed = {
        name: first[name]
        for name in by_all
        if len({labels[name] for labels in people.values()}) == 1
    }
    return {
        "items": len({name for labels in people.values() for name in labels}),
        "labeled_by_all": len(by_all),
        "agreed_by_all": len(agreed),
        "kappa": [
            {"between": [one, other], **_kappa(people[one], people[other])}
            for one, other in combinations(people, 2)
        ],
        "agreed": describe_side(strata_of(deciding, agreed), ratios),
        "people": {
            name: describe_side(strata_of(deciding, labels), ratios)
            for name, labels in people.items()
        },
    }


def _kappa(first: Labels, second: Labels) -> dict[str, object]:
    """Return two people's agreement on the pairs that both labeled."""
    both = [name for name in first if name in second]
    labels = [[str(side[name]) for name in both] for side in (first, second)]
    return agreement(*labels).to_dict()


def describe_side(
    strata: Sequence[Stratum], ratios: Mapping[str, Ratio]
) -> dict[str, dict[str, object]]:
    """Return precision, recall and the corrected ratio of each kind, and of any kind."""
    return {
        kind: {
            "precision": precision(strata, kind).to_dict(),
            "recall": recall(strata, kind).to_dict(),
            "corrected": corrected_by_labels(ratios[kind], strata, kind).to_dict(),
        }
        for kind in (ANY, *map(str, KINDS_BY_STRENGTH))
    }
