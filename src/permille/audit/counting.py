"""Which finding decides a generation's kind, and how kinds become ratios."""

from collections.abc import Callable, Iterable, Sequence

from permille.audit.findings import WEAKEST_FIRST, Finding, FoundCase, strongest
from permille.core.records import Kind

CaseFilter = Callable[[Finding, FoundCase], bool]
"""Says whether a case of a finding is looked at."""


def seen_in(findings: Iterable[Finding], view: str) -> list[Finding]:
    """Return the findings whose document a view returned, in the order of its ranks."""
    return sorted((f for f in findings if view in f.ranks), key=lambda f: f.ranks[view])


def deciding(findings: Sequence[Finding], view: str) -> Finding | None:
    """Return the finding with the strongest kind that counts, the best-ranked of these.

    None where there is no finding, or nothing but paraphrases that the judge does not confirm.
    """
    counted = [f for f in seen_in(findings, view) if f.counted_kind is not Kind.NONE]
    return max(counted, key=lambda f: WEAKEST_FIRST.index(f.counted_kind), default=None)


def first_hit(findings: Sequence[Finding], view: str) -> Finding | None:
    """Return the best-ranked finding, as published: whatever its kind, confirmed or not."""
    return next(iter(seen_in(findings, view)), None)


def kind_of(finding: Finding | None) -> Kind:
    """Return the kind that a deciding finding gives its generation."""
    return Kind.NONE if finding is None else finding.kind


def kind_under(findings: Iterable[Finding], view: str, keep: CaseFilter) -> Kind:
    """Return a generation's kind when only some of its cases are looked at."""
    return strongest(
        case.counted_kind
        for finding in seen_in(findings, view)
        for case in finding.cases
        if keep(finding, case)
    )


def every_kind(findings: Iterable[Finding], view: str) -> frozenset[Kind]:
    """Return all kinds of a generation's cases that count."""
    kinds = {case.counted_kind for f in seen_in(findings, view) for case in f.cases}
    return frozenset(kinds - {Kind.NONE})
