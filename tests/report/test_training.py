"""Curves of a training, by panel."""

import pytest

from permille.report.training import audited_cad, kept_epoch, training_panels

LOSSES = {"train/loss": [(0, 3.0), (1, 2.0)], "val/loss": [(0, 1.0), (1, 1.5)]}


def test_each_metric_has_one_panel() -> None:
    names = ("val/rouge_l", "attention/cad", "memorization/any_permille")
    curves = LOSSES | {
        name: [(0, 1.0), (1, 1.0)] for name in (*names, "memorization/ngram_overlap")
    }
    panels = training_panels(curves)
    assert {label: list(found) for label, found in panels.items()} == {
        "loss": ["train/loss", "val/loss"],
        "utility": ["val/rouge_l"],
        "CAD": ["attention/cad"],
        "per mille": ["memorization/any_permille"],
        "n-gram overlap": ["memorization/ngram_overlap"],
    }


def test_of_two_values_at_one_epoch_the_last_one_is_drawn() -> None:
    points = [(0, 5.0), (1, 6.0), (1, 9.0)]
    (found,) = training_panels({"memorization/any_permille": points}).values()
    assert found == {"memorization/any_permille": [(0, 5.0), (1, 9.0)]}


def test_a_single_point_is_left_out_beside_curves_but_not_alone() -> None:
    point = {"val/rouge_l": [(1, 0.2)]}
    assert list(training_panels(LOSSES | point)) == ["loss"]
    assert list(training_panels(point)) == ["utility"]


@pytest.mark.parametrize(("weights", "epoch"), [("best", 0), ("last", 1), (None, 1)])
def test_the_audited_epoch_is_the_last_or_the_best(weights: str | None, epoch: int) -> None:
    assert kept_epoch({"settings": {"audit.weights": weights}}, LOSSES) == epoch


def test_without_training_no_epoch_is_kept() -> None:
    assert kept_epoch({}, {}) is None


@pytest.mark.parametrize(("weights", "cad"), [("last", 0.7), ("best", None)])
def test_the_cad_of_weights_that_another_run_trained_is_that_of_their_last_epoch(
    weights: str, cad: float | None
) -> None:
    report = {"attention": {"cad": {"train": [0.5, 0.7]}}, "settings": {"audit.weights": weights}}
    assert audited_cad(report, {}) == cad
    assert audited_cad({}, LOSSES) is None
