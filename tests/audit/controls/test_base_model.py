"""Against the model before fine-tuning."""

import pytest

from permille.audit.controls.base_model import base_model_control, difference_in_differences
from permille.audit.tally import Tally
from permille.core.records import Arm, Kind, Split
from permille.measure.contrast import paired_contrast


def arms(make_row, cases, size=40, splits=tuple(Split)):
    """Tallies whose first rows have a case, as many as are named by model and split."""
    tallies = {}
    for (model, split), num_cases in cases.items():
        if split in splits:
            rows = [
                make_row(Kind.VERBATIM if i < num_cases else Kind.NONE, unit=f"{split}{i}")
                for i in range(size)
            ]
            tallies[Arm(model), Split(split)] = Tally(rows)
    return tallies


ALL = {
    ("tuned", "train"): 20,
    ("tuned", "heldout"): 4,
    ("base", "train"): 6,
    ("base", "heldout"): 2,
}


def test_prompts_are_compared_one_by_one(make_row):
    found = base_model_control(arms(make_row, ALL))
    assert found["any"]["count"] == 6
    assert found["pairs"] == 40
    expected = paired_contrast([1] * 20 + [0] * 20, [1] * 6 + [0] * 34).to_dict()
    assert {k: found["difference"]["any"][k] for k in expected} == expected


def test_prompts_that_only_one_model_answered_are_no_pair(make_row):
    tallies = arms(make_row, ALL)
    tallies[Arm.BASE, Split.TRAIN] = Tally(tallies[Arm.BASE, Split.TRAIN].rows[10:])
    found = base_model_control(tallies)
    assert found["pairs"] == 30
    assert found["difference"]["any"]["permille"] == pytest.approx(333.3, abs=0.1)


def test_measurable_only_wants_both_of_a_pair_measurable(make_row):
    tallies = arms(make_row, ALL)
    for row in tallies[Arm.BASE, Split.TRAIN].rows[20:]:
        row.is_measurable = row.is_measured = False
    difference = base_model_control(tallies)["difference"]["any"]
    assert difference["permille"] == 350
    assert difference["measurable_only"]["permille"] == 700


def test_a_run_can_claim_the_difference_in_differences(make_row):
    found = difference_in_differences(arms(make_row, ALL), seed=0)
    assert found["any"]["permille"] == pytest.approx(1000 * ((20 - 4) - (6 - 2)) / 40)
    assert found["any"]["ci95"][0] > 0
    assert found["any"]["p"] < 0.05
    assert found["idea"]["permille"] == 0


@pytest.mark.parametrize(
    ("absent", "why"),
    [
        (("tuned", "heldout"), "no held-out generations"),
        (("base", "train"), "no generations of the model before fine-tuning"),
        (("base", "heldout"), "no generations of the model before fine-tuning"),
    ],
)
def test_without_an_arm_it_says_which(make_row, absent, why):
    cases = {arm: number for arm, number in ALL.items() if arm != absent}
    found = difference_in_differences(arms(make_row, cases), seed=0)
    assert found["missing"].startswith(why)


def test_without_a_base_model_there_is_no_comparison_with_it(make_row):
    found = base_model_control(arms(make_row, {("tuned", "train"): 3}))
    assert found["missing"].startswith("no generations of the model before fine-tuning")
