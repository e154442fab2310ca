"""Plagdet on worked examples, and against a count of every character of both documents."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.core.records import Span
from permille.measure.plagdet import (
    Passages,
    character_scores,
    granularity,
    macro_scores,
    plagdet,
)


def passages(start: int, size: int, names: tuple[str, str] = ("susp", "src")) -> Passages:
    return Passages(*names, Span(start, start + size), Span(start, start + size))


OTHERS = ("susp2", "src2")


@pytest.mark.parametrize(
    ("recall", "precision", "grain", "expected"),
    [
        (0, 0, 1, 0),
        (0, 1, 1, 0),
        (1, 1, 1, 1),
        (0.5, 1, 1, 2 / 3),
        (1, 1, 2, 1 / math.log2(3)),
        (0.25, 0.75, 2, 0.375 / math.log2(3)),
    ],
)
def test_plagdet_is_the_harmonic_mean_lowered_by_granularity(recall, precision, grain, expected):
    assert plagdet(recall, precision, grain) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("cases", "found", "recall", "precision"),
    [
        pytest.param([], [], 1, 1, id="nothing to find and nothing found"),
        pytest.param([passages(0, 100)], [], 0, 0, id="nothing found"),
        pytest.param([], [passages(0, 100)], 0, 0, id="nothing to find"),
        pytest.param([passages(0, 100)], [passages(0, 100)], 1, 1, id="the same"),
        pytest.param([passages(0, 100)], [passages(0, 200)], 1, 0.5, id="twice as long"),
        pytest.param([passages(0, 100)], [passages(100, 100)], 0, 0, id="next to it"),
        pytest.param([passages(0, 100)], [passages(0, 100, OTHERS)], 0, 0, id="other documents"),
        pytest.param(
            [passages(0, 100), passages(0, 100, OTHERS)],
            [passages(0, 100)],
            0.5,
            1,
            id="one of two",
        ),
        pytest.param(
            [passages(0, 100)], [passages(50, 100), passages(25, 75)], 0.75, 0.75, id="two"
        ),
    ],
)
def test_macro_recall_and_precision_of_worked_examples(cases, found, recall, precision):
    scores = macro_scores(cases, found)
    assert (scores["recall"], scores["precision"]) == (recall, precision)


def test_a_passage_found_on_one_side_only_is_not_found():
    case = Passages("susp", "src", Span(0, 100), Span(0, 100))
    found = Passages("susp", "src", Span(0, 100), Span(200, 300))
    assert macro_scores([case], [found])["recall"] == 0


def test_a_long_case_weighs_more_at_character_level_only():
    cases = [passages(0, 900), passages(1000, 100)]
    found = [passages(0, 900)]
    assert macro_scores(cases, found)["recall"] == 0.5
    assert character_scores(cases, found)["recall"] == 0.9


def test_a_passage_that_two_pairs_hold_is_counted_once_at_character_level():
    twice = [passages(0, 100), passages(0, 100, ("susp", "src2"))]
    assert character_scores(twice, twice[:1])["recall"] == 200 / 300


def test_granularity_counts_detections_of_detected_cases_only():
    cases = [passages(0, 100), passages(100, 100), passages(0, 50, OTHERS)]
    assert granularity(cases, [passages(0, 200), passages(10, 20)]) == 1.5
    assert granularity(cases, []) == 1


spans = st.tuples(st.integers(0, 30), st.integers(1, 12)).map(lambda at: Span(at[0], sum(at)))
many = st.lists(
    st.builds(Passages, st.sampled_from(["a", "b"]), st.sampled_from(["x", "y"]), spans, spans),
    max_size=5,
    unique=True,
)


def characters(each: Passages) -> set[tuple[str, str, int]]:
    left = {("susp", each.suspicious_name, at) for at in range(*_ends(each.suspicious))}
    return left | {("src", each.source_name, at) for at in range(*_ends(each.source))}


def _ends(span: Span) -> tuple[int, int]:
    return span.start_char, span.end_char


def naive_match(case: Passages, found: Passages) -> bool:
    common = characters(case) & characters(found)
    return {side for side, _, _ in common} == {"susp", "src"} and case.documents == found.documents


def naive_recall(cases: list[Passages], found: list[Passages]) -> float:
    if not cases or not found:
        return float(cases == found)
    shares = []
    for case in cases:
        inside = [characters(case) & characters(f) for f in found if naive_match(case, f)]
        shares.append(len(set().union(*inside)) / len(characters(case)))
    return sum(shares) / len(shares)


@given(many, many)
def test_macro_scores_are_those_of_counting_every_character(cases, found):
    scores = macro_scores(cases, found)
    assert scores["recall"] == pytest.approx(naive_recall(cases, found))
    assert scores["precision"] == pytest.approx(naive_recall(found, cases))


@given(many, many)
def test_character_scores_are_those_of_counting_every_character(cases, found):
    scores = character_scores(cases, found)
    if not cases or not found:
        assert scores["recall"] == scores["precision"] == float(cases == found)
        return
    hit = set().union(
        *(characters(c) & characters(f) for c in cases for f in found if naive_match(c, f))
    )
    assert scores["recall"] == pytest.approx(len(hit) / len(set().union(*map(characters, cases))))
    assert scores["precision"] == pytest.approx(
        len(hit) / len(set().union(*map(characters, found)))
    )


@given(many)
def test_the_annotation_itself_scores_full_recall_and_precision(cases):
    scores = macro_scores(cases, cases)
    assert (scores["recall"], scores["precision"]) == (1, 1)
    assert scores["granularity"] >= 1
