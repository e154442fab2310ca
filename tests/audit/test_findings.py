"""Findings: their kind, their line, and how they are stored."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.audit.findings import Finding, FoundCase, finding_of, strongest
from permille.core.records import Direction, Kind, Span

spans = st.tuples(st.integers(0, 500), st.integers(0, 500)).map(
    lambda pair: Span(min(pair), max(pair))
)
cases = st.builds(
    FoundCase,
    kind=st.sampled_from([Kind.VERBATIM, Kind.PARAPHRASE, Kind.IDEA]),
    generation=spans,
    document=spans,
    confirmed=st.none() | st.booleans(),
    copied=st.booleans(),
    num_examples=st.integers(0, 99),
    boilerplate=st.booleans(),
)
findings = st.builds(
    Finding,
    document_id=st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    example_id=st.none() | st.just("e"),
    score=st.floats(0, 1e6),
    ranks=st.dictionaries(st.sampled_from(["main", "cut"]), st.integers(0, 9)),
    own=st.none() | st.booleans(),
    direction=st.none() | st.sampled_from(Direction),
    cases=st.lists(cases, min_size=1, max_size=4).map(tuple),
)


@given(finding=findings)
def test_what_is_stored_comes_back(finding):
    assert finding_of(orjson.loads(orjson.dumps(finding.values()))) == finding


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"document_id": 3}, id="wrong type"),
    ],
)
def test_something_else_is_no_stored_finding(values):
    with pytest.raises(ValueError, match="no stored finding"):
        finding_of(values)


def test_something_else_is_no_stored_case(make_finding):
    values = make_finding().values() | {"cases": [{"kind": "verbatim"}]}
    with pytest.raises(ValueError, match=r"no stored case: \{'kind': 'verbatim'\}"):
        finding_of(values)


@given(kinds=st.lists(st.sampled_from(Kind)))
def test_verbatim_is_stronger_than_paraphrase_and_that_than_idea(kinds):
    expected = next(
        (k for k in (Kind.VERBATIM, Kind.PARAPHRASE, Kind.IDEA) if k in kinds), Kind.NONE
    )
    assert strongest(kinds) is expected


@pytest.mark.parametrize(
    ("words", "kind", "confirmed"),
    [
        pytest.param([(Kind.PARAPHRASE, True)], Kind.PARAPHRASE, True, id="confirmed"),
        pytest.param([(Kind.PARAPHRASE, False)], Kind.PARAPHRASE, False, id="denied"),
        pytest.param([(Kind.PARAPHRASE, None)], Kind.PARAPHRASE, None, id="no judge"),
        pytest.param(
            [(Kind.PARAPHRASE, False), (Kind.PARAPHRASE, True)],
            Kind.PARAPHRASE,
            True,
            id="one of two confirmed",
        ),
        pytest.param(
            [(Kind.PARAPHRASE, False), (Kind.IDEA, None)], Kind.IDEA, None, id="idea beside denied"
        ),
        pytest.param(
            [(Kind.PARAPHRASE, True), (Kind.IDEA, None)],
            Kind.PARAPHRASE,
            True,
            id="paraphrase before idea",
        ),
        pytest.param(
            [(Kind.VERBATIM, None), (Kind.PARAPHRASE, False)],
            Kind.VERBATIM,
            None,
            id="verbatim before all",
        ),
    ],
)
def test_a_finding_has_its_strongest_kind_that_counts(
    make_finding, make_case, words, kind, confirmed
):
    finding = make_finding(*(make_case(k, confirmed=word) for k, word in words))
    assert (finding.kind, finding.confirmed) == (kind, confirmed)


def test_a_denied_paraphrase_counts_as_nothing(make_finding, make_case):
    finding = make_finding(make_case(Kind.PARAPHRASE, confirmed=False))
    assert finding.counted_kind is Kind.NONE


def test_a_finding_is_copied_only_with_all_its_cases(make_finding, make_case):
    copied, own = make_case(copied=True), make_case(copied=False)
    assert make_finding(copied, copied).is_copied
    assert not make_finding(copied, own).is_copied


def test_a_line_has_the_rank_of_its_view_and_the_rarest_case(make_finding, make_case):
    finding = make_finding(
        make_case(num_examples=7), make_case(num_examples=3), rank=4, views=("main",)
    )
    line = finding.line("g", "main", headline=True)
    assert (line["generation_id"], line["rank"], line["headline"]) == ("g", 4, True)
    assert line["num_examples"] == 3
    assert line["cases"][0]["generation"] == [0, 80]
    assert line["cases"][0]["document"] == [100, 180]


def test_a_line_names_the_direction_of_an_idea(make_finding, make_case):
    finding = make_finding(make_case(Kind.IDEA), direction=Direction.DOCUMENT_SUMMARIZES_GENERATION)
    line = finding.line("g", "main", headline=False)
    assert line["direction"] == "document_summarizes_generation"
