"""Spans and kinds."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.core.records import KINDS_BY_STRENGTH, Kind, Span

positions = st.integers(min_value=0, max_value=1000)


def spans() -> st.SearchStrategy[Span]:
    return st.tuples(positions, positions).map(lambda ends: Span(min(ends), max(ends)))


@pytest.mark.parametrize(
    ("start_char", "end_char"), [(-1, 4), (3, 2)], ids=["negative", "backwards"]
)
def test_a_span_that_is_no_range_is_refused(start_char: int, end_char: int) -> None:
    shown = re.escape(f"got [{start_char}, {end_char})")
    with pytest.raises(ValueError, match=shown):
        Span(start_char, end_char)


def test_a_span_is_as_long_as_the_slice_that_it_cuts() -> None:
    assert len(Span(2, 7)) == len("0123456789"[2:7])


@given(spans(), spans())
def test_the_overlap_is_the_count_of_common_positions(a: Span, b: Span) -> None:
    common = set(range(a.start_char, a.end_char)) & set(range(b.start_char, b.end_char))
    assert a.overlap_chars(b) == b.overlap_chars(a) == len(common)


def test_a_kind_compares_equal_to_its_name() -> None:
    assert Kind.VERBATIM == "verbatim"
    assert Kind.NONE == "none"


def test_verbatim_is_stronger_than_paraphrase_and_paraphrase_than_idea() -> None:
    assert KINDS_BY_STRENGTH == ("verbatim", "paraphrase", "idea")
