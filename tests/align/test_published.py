"""The published rules give what the published code gave, on every recorded pair."""

import pytest
from hypothesis import given, settings

from permille.core.records import Alignment

from .made_pairs import REPETITIVE

ORDERS = {
    "document_as_suspicious": ("document", "generation"),
    "generation_as_suspicious": ("generation", "document"),
}


def plain(found: Alignment) -> tuple[str, list]:
    return str(found.kind), sorted(
        [
            [case.suspicious.start_char, case.suspicious.end_char],
            [case.source.start_char, case.source.end_char],
        ]
        for case in found.cases
    )


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", ["bm25_top10", "stress"])
def test_every_recorded_alignment_is_reproduced(paper, references, name, order):
    rows = references[name]
    left, right = ORDERS[order]
    found = paper.align_many((row[left], row[right]) for row in rows)
    expected = [
        (row[order]["type"], sorted([c["suspicious"], c["source"]] for c in row[order]["cases"]))
        for row in rows
    ]
    differing = [
        row["pair"]
        for row, got, want in zip(rows, found, expected, strict=True)
        if plain(got) != want
    ]
    assert len(rows) == 1000
    assert differing == []


@settings(max_examples=100, deadline=None)
@given(REPETITIVE, REPETITIVE)
def test_repetitive_pairs_give_what_the_plain_detector_gives(oracle, paper, left, right):
    kind, cases = oracle.align(left, right)
    found = paper.align(left, right)
    spans = [
        (
            (case.suspicious.start_char, case.suspicious.end_char),
            (case.source.start_char, case.source.end_char),
        )
        for case in found.cases
    ]
    assert (str(found.kind), spans) == (kind, cases)
