"""Which finding decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.audit.counting import (
    deciding,
    every_kind,
    first_hit,
    kind_of,
    kind_under,
    seen_in,
)
from permille.audit.findings import WEAKEST_FIRST, Finding, FoundCase
from permille.core.records import Kind, Span

span = Span(0, 80)


@st.composite
def some_findings(draw):
    """Findings with different ranks, in any order, some of them in another view only."""
    ranks = draw(st.permutations(range(draw(st.integers(0, 6)))))
    found = []
    for rank in ranks:
        kinds = draw(
            st.lists(
                st.sampled_from([Kind.VERBATIM, Kind.PARAPHRASE, Kind.IDEA]),
                min_size=1,
                max_size=3,
            )
        )
        cases = tuple(
            FoundCase(k, span, span, draw(st.booleans()) if k is Kind.PARAPHRASE else None)
            for k in kinds
        )
        view = draw(st.sampled_from(["main", "main", "cross"]))
        found.append(Finding(f"d{rank}", None, 1.0, {view: rank}, None, None, cases))
    return found


@given(found=some_findings())
def test_the_deciding_finding_is_the_strongest_and_then_the_best_ranked(found):
    expected = [f for f in found if "main" in f.ranks and f.counted_kind is not Kind.NONE]
    expected.sort(key=lambda f: (-WEAKEST_FIRST.index(f.kind), f.ranks["main"]))
    assert deciding(found, "main") == (expected[0] if expected else None)


@given(found=some_findings())
def test_the_first_hit_is_the_best_ranked_whatever_its_kind(found):
    ranks = [f.ranks["main"] for f in found if "main" in f.ranks]
    hit = first_hit(found, "main")
    assert (hit.ranks["main"] if hit else None) == min(ranks, default=None)


@given(found=some_findings())
def test_the_kind_is_one_of_all_kinds_and_there_is_none_without(found):
    kinds = every_kind(found, "main")
    kind = kind_of(deciding(found, "main"))
    assert (kind in kinds) if kinds else (kind is Kind.NONE)
    assert Kind.NONE not in kinds


@given(found=some_findings())
def test_keeping_every_case_changes_nothing_and_keeping_none_leaves_nothing(found):
    assert kind_under(found, "main", lambda *_: True) == kind_of(deciding(found, "main"))
    assert kind_under(found, "main", lambda *_: False) is Kind.NONE


@given(found=some_findings())
def test_leaving_out_cases_never_makes_a_kind_stronger(found):
    some = kind_under(found, "main", lambda f, _: f.ranks["main"] % 2 == 0)
    assert WEAKEST_FIRST.index(some) <= WEAKEST_FIRST.index(kind_of(deciding(found, "main")))


@given(found=some_findings())
def test_what_is_seen_comes_by_rank(found):
    seen = seen_in(found, "main")
    assert [f.ranks["main"] for f in seen] == sorted(f.ranks["main"] for f in seen)


@pytest.mark.parametrize("view", ["main", "cut"])
def test_nothing_found_is_no_kind(view):
    assert deciding([], view) is None
    assert first_hit([], view) is None
    assert kind_of(None) is Kind.NONE
    assert every_kind([], view) == frozenset()
