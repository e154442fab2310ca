"""Rows, and the ratios that come out of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.audit.findings import WEAKEST_FIRST
from permille.audit.tally import Tally, all_kinds_of, ratio_over, ratios_of
from permille.core.records import Kind

kinds = st.lists(st.tuples(st.sampled_from(Kind), st.booleans()), max_size=30)


@given(drawn=kinds)
def test_kinds_add_up_to_any_over_measured_rows(make_row, drawn):
    tally = Tally([make_row(kind, is_measurable=long) for kind, long in drawn])
    ratios = ratios_of(tally, "main")
    measured = [kind for kind, long in drawn if long]
    assert ratios.any.of == len(measured)
    parts = (ratios.verbatim, ratios.paraphrase, ratios.idea)
    assert ratios.any.count == sum(part.count for part in parts)
    assert ratios.any.count == sum(kind is not Kind.NONE for kind in measured)


@given(drawn=kinds)
def test_codes_are_strengths_and_nothing_where_nothing_is_measurable(make_row, drawn):
    tally = Tally([make_row(kind, is_measurable=long) for kind, long in drawn])
    expected = [WEAKEST_FIRST.index(kind) if long else 0 for kind, long in drawn]
    assert tally.codes("main").tolist() == expected
    assert tally.codes("no such way").tolist() == [0] * len(drawn)


def test_a_published_ratio_is_also_of_what_is_too_short(make_row):
    rows = [make_row(Kind.IDEA, is_measurable=False, is_measured=True), make_row()]
    assert (ratios_of(Tally(rows), "main").idea.count, ratios_of(Tally(rows), "main").idea.of) == (
        1,
        2,
    )


def test_all_kinds_count_a_generation_several_times(make_row):
    both = frozenset({Kind.VERBATIM, Kind.IDEA})
    rows = [make_row(every_kind=both), make_row(every_kind=frozenset({Kind.IDEA})), make_row()]
    ratios = all_kinds_of(Tally(rows))
    assert (ratios.any.count, ratios.verbatim.count, ratios.idea.count) == (2, 1, 2)
    assert ratios.paraphrase.count == 0
    assert ratios.any.of == 3


def test_the_reason_of_an_empty_ratio_can_be_said():
    assert ratios_of(Tally([]), "main", reason_if_empty="why").any.reason == "why"


def test_rows_are_selected(make_row):
    rows = [
        make_row(task="a", is_chosen=False),
        make_row(task="b", is_measurable=False),
        make_row(task="a"),
    ]
    tally = Tally(rows)
    assert tally.of_task("a").rows == [rows[0], rows[2]]
    assert tally.chosen().rows == rows[1:]
    assert tally.measurable_only().rows == tally.measured().rows == [rows[0], rows[2]]
    assert tally.select(np.array([True, False, False])).rows == rows[:1]
    assert tally.measurable.tolist() == [True, False, True]
    assert len(tally) == 3


@pytest.mark.parametrize(
    ("num_tokens", "first", "chars"), [(40, 40, 200), (40, 128, 200), (40, 20, 100), (0, 32, 200)]
)
def test_tokens_are_taken_as_equally_long(make_row, num_tokens, first, chars):
    row = make_row(num_tokens=num_tokens, num_chars=200)
    assert row.chars_of_first(first) == chars


def test_several_generations_of_an_example_count_as_one_of_it(make_row):
    alone = [make_row(Kind.VERBATIM if i < 20 else Kind.NONE) for i in range(60)]
    shared = [
        make_row(Kind.VERBATIM if i < 20 else Kind.NONE, unit=f"example {i // 4}")
        for i in range(60)
    ]
    one, other = (ratios_of(Tally(rows), "main").any for rows in (alone, shared))
    assert (one.count, one.of, one.method) == (other.count, other.of, "wilson")
    assert other.method == "wilson over groups"
    assert other.ci95[0] < one.ci95[0]
    assert one.ci95[1] < other.ci95[1]


def sampled(make_row, name, **named):
    """Ten answers to each of twenty prompts, of which six are always memorized."""
    return Tally(
        [
            make_row(Kind.VERBATIM if i < 6 else Kind.NONE, unit=f"{name} {i}", **named)
            for i in range(20)
            for _ in range(10)
        ]
    )


def test_several_generations_of_a_prompt_count_as_one_of_it_without_an_example_too(make_row):
    named = ratios_of(sampled(make_row, "example"), "main").any
    unnamed = ratios_of(sampled(make_row, "prompt", has_example=False), "main").any
    assert unnamed == named
    assert unnamed.method == "wilson over groups"
    assert unnamed.effective_of < 21


def test_a_share_of_nothing_has_the_reason(make_row):
    assert ratio_over([], [], "why").reason == "why"
