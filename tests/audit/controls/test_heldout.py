"""Training against held-out prompts."""

import pytest

from permille.audit.controls.heldout import (
    HELDOUT,
    TRAIN,
    cross_index_control,
    heldout_control,
    heldout_ratios,
    split_contrast,
)
from permille.audit.tally import Tally
from permille.core.records import Kind
from permille.measure.contrast import newcombe_contrast


def arm(make_row, num_cases, size, **named):
    kinds = [Kind.VERBATIM] * num_cases + [Kind.NONE] * (size - num_cases)
    return Tally([make_row(kind, **named) for kind in kinds])


def test_the_difference_is_that_of_two_shares(make_row):
    tallies = {TRAIN: arm(make_row, 30, 100), HELDOUT: arm(make_row, 2, 100)}
    found = heldout_control(tallies, seed=0)
    assert found["any"]["count"] == 2
    assert found["train"]["any"]["count"] == 30
    assert found["prompts"] == 100
    expected = newcombe_contrast(30, 100, 2, 100).to_dict()
    difference = found["difference"]["verbatim"]
    assert {key: difference[key] for key in expected} == expected
    assert found["difference"]["idea"]["permille"] == 0


def test_prompts_are_told_from_the_generations_that_they_give(make_row):
    several = Tally([make_row(unit=f"held {i // 4}") for i in range(100)])
    found = heldout_control({TRAIN: arm(make_row, 3, 100), HELDOUT: several}, seed=0)
    assert (found["prompts"], found["generations"], found["any"]["of"]) == (25, 100, 100)


def test_contrasts_are_over_all_prompts_with_the_measurable_beside(make_row):
    short = [make_row(is_measurable=False) for _ in range(50)]
    tallies = {
        TRAIN: Tally(arm(make_row, 25, 50).rows + short),
        HELDOUT: arm(make_row, 0, 100),
    }
    difference = heldout_control(tallies, seed=0)["difference"]["any"]
    assert difference["permille"] == 250
    assert difference["measurable_only"]["permille"] == 500


def test_only_the_chosen_prompts_are_compared_in_the_cut_index(make_row):
    chosen = [make_row(kinds={"main": Kind.VERBATIM, "cut": Kind.NONE}) for _ in range(10)]
    others = [make_row(Kind.VERBATIM, is_chosen=False) for _ in range(10)]
    tallies = {TRAIN: Tally(chosen + others), HELDOUT: arm(make_row, 0, 10)}
    found = heldout_control(tallies, seed=0)
    assert found["difference"]["any"]["permille"] == 0
    assert found["train"]["any"] == {**found["train"]["any"], "count": 0, "of": 10}


def test_groups_make_the_interval_wider(make_row):
    def arms(groups):
        train = [
            make_row(Kind.VERBATIM if i < 20 else Kind.NONE, group=groups(i)) for i in range(80)
        ]
        return Tally(train), arm(make_row, 0, 80)

    alone = split_contrast(*arms(lambda i: f"g{i}"), "any", seed=0)
    shared = split_contrast(*arms(lambda i: f"g{i // 10}"), "any", seed=0)
    assert shared.permille == alone.permille
    assert shared.ci95[0] < alone.ci95[0]
    assert shared.p > alone.p
    assert "groups" in shared.method


def test_without_held_out_prompts_it_says_so(make_row):
    tallies = {TRAIN: arm(make_row, 1, 2)}
    for found in (
        heldout_control(tallies, seed=0),
        heldout_ratios(tallies),
        cross_index_control(tallies),
    ):
        assert found["missing"].startswith("no held-out generations")


def test_the_cross_index_is_another_view(make_row):
    rows = [make_row(kinds={"main": Kind.VERBATIM, "cross": Kind.IDEA}), make_row(Kind.VERBATIM)]
    tallies = {TRAIN: Tally(rows), HELDOUT: arm(make_row, 0, 2)}
    found = cross_index_control(tallies)
    assert (found["any"]["count"], found["idea"]["count"]) == (1, 1)


def test_splits_that_share_no_task_have_ratios_and_no_contrast(make_row):
    tallies = {TRAIN: arm(make_row, 30, 100), HELDOUT: arm(make_row, 2, 100)}
    found = heldout_control(tallies, seed=0, why_not="why")
    assert found["any"]["count"] == 2
    null = {"permille": None, "ci95": None, "p": None, "reason": "why"}
    assert found["difference"]["any"] == null | {"measurable_only": null}
    assert "train" not in found
    assert cross_index_control(tallies, why_not="why") == {"missing": "why"}


def test_what_was_left_out_is_said_beside_the_figures(make_row):
    tallies = {TRAIN: arm(make_row, 30, 100), HELDOUT: arm(make_row, 2, 100)}
    assert heldout_control(tallies, seed=0, note="left out")["note"] == "left out"
    assert cross_index_control(tallies, note="left out")["note"] == "left out"
    assert "note" not in heldout_control(tallies, seed=0) | cross_index_control(tallies)


@pytest.mark.parametrize("kind", ["any", "verbatim"])
def test_nothing_against_nothing_still_has_an_interval(make_row, kind):
    contrast = split_contrast(arm(make_row, 0, 50), arm(make_row, 0, 50), kind, seed=0)
    assert contrast.ci95[0] < 0 < contrast.ci95[1]
    assert contrast.p == 1
    assert not contrast.excludes_zero
