"""What a sweep says of its runs follows from what each run's own page claims."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.report.claim import ALPHA, claim
from permille.report.sweep_claim import claimed_by, corrected_claims, sweep_claim

HELDOUT, BOTH = "held-out prompts", "held-out prompts and the base model"


def claimed(
    permille: float, low: float, high: float, p: float = 0.001, against: str = HELDOUT
) -> dict[str, Any]:
    return {"permille": permille, "ci95": [low, high], "p": p, "against": against}


def said_of(claims: dict[str, dict[str, Any]]) -> str:
    rows = corrected_claims([{"claimed": one} for one in claims.values()])
    return sweep_claim({name: row["claimed"] for name, row in zip(claims, rows, strict=True)})


def report(heldout: dict[str, Any], both: dict[str, Any] | None = None) -> dict[str, Any]:
    controls: dict[str, Any] = {"heldout": {"difference": {"any": heldout}}}
    if both is not None:
        controls["difference_in_differences"] = {"any": both}
    return {
        "generations": {"total": 9, "measurable": 9},
        "ratios": {"any": {"count": 3, "of": 9}},
        "controls": controls,
    }


ABOVE = {"permille": 61.0, "ci95": [30.1, 95.5], "p": 0.0004}
COVERED = {"permille": 7.5, "ci95": [-5.0, 20.0], "p": 0.31}


def test_with_a_base_model_page_and_sweep_both_show_no_effect_where_only_heldout_does() -> None:
    found = report(ABOVE, COVERED)
    assert claim(found).startswith(f"No effect shown against {BOTH}")
    assert said_of({"run": claimed_by(found)}) == (
        f"None of 1 run is shown to give back more on training than on {BOTH}."
    )


def test_what_is_claimed_without_a_base_model_is_against_heldout_prompts() -> None:
    assert claimed_by(report(ABOVE)) == {**ABOVE, "against": HELDOUT}
    missing = {"missing": "no base model"}
    assert claimed_by(report(ABOVE, missing)) == {**ABOVE, "against": HELDOUT}


def test_a_run_without_controls_claims_nothing() -> None:
    assert claimed_by({"controls": {}}) == {}


@pytest.mark.parametrize(
    ("claims", "shown"),
    [
        (
            {
                "a": claimed(10.0, 2.0, 18.0),
                "b": claimed(61.0, 30.1, 95.5),
                "c": claimed(4.0, -9.0, 17.0, 0.4),
            },
            f"2 of 3 runs give back more on training than on {HELDOUT}, b the most: 61.0 ‰ "
            "[30.1, 95.5]. p is corrected by Holm over these 3 runs, intervals are not.",
        ),
        (
            {"a": claimed(10.0, 2.0, 18.0), "b": {}},
            f"1 of 1 run gives back more on training than on {HELDOUT}, a: 10.0 ‰ [2.0, 18.0]. "
            "1 more has no such difference.",
        ),
        (
            {"a": claimed(4.0, -9.0, 17.0, 0.4), "b": claimed(-30.0, -40.0, -20.0)},
            f"None of 2 runs is shown to give back more on training than on {HELDOUT}.",
        ),
        (
            {"a": claimed(10.0, 2.0, 18.0, 0.03), "b": claimed(9.0, 1.0, 17.0, 0.04)},
            f"None of 2 runs is shown to give back more on training than on {HELDOUT}. p is "
            "corrected by Holm over these 2 runs, intervals are not. 2 more would be counted "
            "without that.",
        ),
        (
            {"a": claimed(50.0, 3.3, 111.8, 0.059)},
            f"None of 1 run is shown to give back more on training than on {HELDOUT}.",
        ),
        (
            {
                "a": claimed(10.0, 2.0, 18.0, against=BOTH),
                "b": claimed(61.0, 30.1, 95.5),
                "c": claimed(8.0, 2.0, 18.0, against=BOTH),
            },
            f"2 of 2 runs give back more on training than on {BOTH}, a the most: 10.0 ‰ "
            f"[2.0, 18.0]. 1 of 1 run gives back more on training than on {HELDOUT}, b: 61.0 ‰ "
            "[30.1, 95.5]. p is corrected by Holm over these 3 runs, intervals are not.",
        ),
        ({"a": {}}, "Nothing to compare: no run has training beside held-out prompts."),
        ({}, "Nothing to compare: no run has training beside held-out prompts."),
    ],
    ids=["some", "one", "none", "lost", "undecided", "two contrasts", "without", "no runs"],
)
def test_a_sweep_s_sentence_counts_the_runs_with_an_effect(
    claims: dict[str, dict[str, Any]], shown: str
) -> None:
    assert said_of(claims) == shown


def test_what_is_corrected_leaves_all_else_of_a_row_as_it_was() -> None:
    rows = [{"run": "a", "claimed": claimed(1.0, 0.5, 2.0, 0.02)}, {"run": "b"}]
    made = corrected_claims(rows)
    assert made == [{"run": "a", "claimed": {**rows[0]["claimed"], "p_holm": 0.02}}, rows[1]]
    assert "p_holm" not in rows[0]["claimed"]


@given(st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=8))
def test_no_run_is_counted_that_its_own_page_does_not_call_given_back(ps: list[float]) -> None:
    reports = [report({"permille": 9.0, "ci95": [1.0, 17.0], "p": p}) for p in ps]
    own = sum(claim(one).startswith("Fine-tuning data is given back") for one in reports)
    said = said_of({str(place): claimed_by(one) for place, one in enumerate(reports)})
    first = said.split()[0]
    counted = 0 if first == "None" else int(first)
    assert counted <= own
    assert (counted > 0) == (float(f"{min(ps) * len(ps):.3g}") < ALPHA)
