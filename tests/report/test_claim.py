"""The sentence follows from the figures."""

from typing import Any

import pytest

from permille.report.claim import claim, interval_text, method_text, part


def contrast(permille: float, low: float, high: float) -> dict[str, Any]:
    return {"any": {"permille": permille, "ci95": [low, high], "p": 0.01, "method": "newcombe"}}


def report(difference: dict[str, Any], of: int = 100, **controls: Any) -> dict[str, Any]:
    return {
        "generations": {"total": 120, "measurable": of},
        "ratios": {"any": {"count": 3, "of": of}},
        "controls": {"heldout": {"difference": difference}, **controls},
    }


def test_a_difference_above_zero_is_an_effect() -> None:
    said = claim(report(contrast(61.0, 30.1, 95.5)))
    assert said == (
        "Fine-tuning data is given back: 61.0 ‰ [30.1, 95.5] more than on held-out prompts."
    )


@pytest.mark.parametrize(("low", "high"), [(-5.0, 20.0), (0.0, 20.0), (-20.0, 0.0)])
def test_a_difference_whose_interval_covers_zero_is_no_effect(low: float, high: float) -> None:
    assert claim(report(contrast(7.5, low, high))).startswith("No effect shown")


def test_a_difference_whose_p_and_interval_disagree_is_undecided() -> None:
    values = contrast(50.0, 3.3, 111.8)
    values["any"]["p"] = 0.059
    assert claim(report(values)) == (
        "Undecided against held-out prompts: 50.0 ‰ [3.3, 111.8] leaves out 0, but p is 0.059, so "
        "no effect is claimed."
    )


def test_a_difference_below_zero_is_said_to_be_less() -> None:
    assert claim(report(contrast(-9.0, -12.0, -3.0))).startswith("Less is given back")


def test_the_difference_in_differences_goes_before_the_difference() -> None:
    values = report(contrast(61.0, 30.1, 95.5), difference_in_differences=contrast(2.0, -4.0, 9.0))
    assert "the base model" in claim(values)
    assert claim(values).startswith("No effect shown")


def test_a_missing_difference_in_differences_leaves_the_difference() -> None:
    values = report(
        contrast(61.0, 30.1, 95.5), difference_in_differences={"missing": "from scratch"}
    )
    assert claim(values).startswith("Fine-tuning data is given back")


@pytest.mark.parametrize("low", [30.1, -30.0])
def test_what_the_comparison_left_out_stands_behind_the_claim(low: float) -> None:
    values = report(contrast(61.0, low, 95.5))
    values["controls"]["heldout"]["note"] = "left out: 50 training prompts (letters)"
    assert claim(values).endswith(". Left out: 50 training prompts (letters).")


def test_splits_that_cannot_be_compared_give_no_claim_and_say_why() -> None:
    null = {"any": {"permille": None, "ci95": None, "p": None, "reason": "no task is in both"}}
    assert claim(report(null)) == "No claim: no task is in both (measurable: 100 of 120)."


def test_nothing_measurable_is_said_so() -> None:
    assert claim(report({}, of=0)).startswith("Not measurable: none of 120")


def test_without_controls_nothing_is_claimed() -> None:
    values = report({})
    values["controls"] = {}
    assert "no control" in claim(values)


def test_a_ratio_of_nothing_shows_its_reason() -> None:
    assert interval_text({"permille": None, "reason": "nothing to count"}) == "nothing to count"


def test_a_path_that_is_not_there_is_empty() -> None:
    assert part({"a": {"b": 1}}, "a", "b", "c") == {}


def test_a_short_interval_keeps_its_digits() -> None:
    assert interval_text({"permille": 0.0, "ci95": [0.0, 0.0038]}) == "0.0000 ‰ [0.0000, 0.0038]"
    assert interval_text({"permille": 66.6667, "ci95": [38.46, 112.91]}) == "66.7 ‰ [38.5, 112.9]"


@pytest.mark.parametrize(
    ("method", "shown"),
    [
        ("wilson over groups", "Wilson over groups"),
        ("newcombe, fisher", "Newcombe, Fisher"),
        ("mover of tango, permutation of groups", "MOVER of Tango, permutation of groups"),
        ("rogan-gladen, lang-reiczigel", "Rogan-Gladen, Lang-Reiczigel"),
        ("all orders", "all orders"),
    ],
)
def test_a_method_is_written_by_its_authors_names(method: str, shown: str) -> None:
    assert method_text({"method": method}) == shown


def test_a_figure_without_a_method_has_none_to_write() -> None:
    assert method_text({"reason": "nothing to measure"}) == ""
