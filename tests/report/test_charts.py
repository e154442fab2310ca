"""Charts are tested by the data that they hold."""

import numpy as np
import pytest

from permille.report.charts import (
    HELDOUT_COLOR,
    TRAIN_COLOR,
    headline_chart,
    interval_chart,
    to_svg,
    training_chart,
)
from permille.report.heatmaps import draw_dispersion_by_epoch

RATIO = {"count": 12, "of": 180, "permille": 66.7, "ci95": [38.5, 112.9], "method": "wilson"}
LOWER = {"count": 1, "of": 180, "permille": 5.6, "ci95": [1.0, 30.8], "method": "wilson"}
EMPTY = {"count": 0, "of": 0, "permille": None, "ci95": None, "reason": "nothing to count"}


def rows_drawn(figure) -> list[list[float]]:
    lines = figure.axes[0].get_lines()
    return [list(line.get_xdata()) for line in lines if len(set(line.get_ydata())) == 1]


def test_the_chart_of_intervals_draws_each_ratio_with_its_interval() -> None:
    drawn = rows_drawn(interval_chart({"train": RATIO, "held-out": LOWER}))
    assert drawn == [[38.5, 112.9], [66.7], [1.0, 30.8], [5.6]]


def test_a_ratio_of_nothing_keeps_its_row_with_its_reason() -> None:
    axes = interval_chart({"train": RATIO, "held-out": EMPTY}).axes[0]
    assert [text.get_text() for text in axes.texts] == ["nothing to count"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["train", "held-out"]


def test_the_headline_leaves_out_controls_that_are_missing() -> None:
    report = {
        "ratios": {"any": RATIO},
        "controls": {"heldout": {"any": LOWER}, "base_model": {"missing": "from scratch"}},
    }
    labels = headline_chart(report).axes[0].get_yticklabels()
    assert [label.get_text() for label in labels] == ["training prompts", "held-out prompts"]
    dots = [line for line in headline_chart(report).axes[0].get_lines() if line.get_marker() == "o"]
    assert dots[0].get_color() != dots[1].get_color()


def test_curves_share_one_axis_and_mark_the_epoch_that_was_kept() -> None:
    panels = {"loss": {"train": [(0, 2.0), (1, 1.5)]}, "CAD": {"cad": [(0, 0.9)]}}
    upper, lower = training_chart(panels, kept_epoch=1).axes
    loss, kept = upper.get_lines()
    np.testing.assert_array_equal(loss.get_xydata(), [[0, 2.0], [1, 1.5]])
    assert list(kept.get_xdata()) == [1, 1]
    assert upper.get_shared_x_axes().joined(upper, lower)
    assert lower.get_ylabel() == "CAD"


def test_a_color_says_which_examples_in_every_drawing_of_a_run() -> None:
    points = [(0, 1.0), (1, 2.0)]
    panels = {
        "loss": {"val/loss": points, "train/loss": points},
        "utility": {"val/f1": points, "val/rouge_l": points},
        "CAD": {"attention/cad": points, "attention/cad_heldout": points},
        "per mille": {"memorization/any_permille": points, "memorization/idea_permille": points},
    }
    colors = [
        [line.get_color() for line in axes.get_lines()] for axes in training_chart(panels).axes
    ]
    train, heldout = TRAIN_COLOR, HELDOUT_COLOR
    assert colors == [[heldout, train], [heldout] * 2, [train, heldout], [train] * 2]
    values = [np.array([0.9, 0.7])]
    by_epoch = draw_dispersion_by_epoch([0], values, values).axes[0].get_lines()
    assert [line.get_color() for line in by_epoch] == [train, heldout]
    report = {"ratios": {"any": RATIO}, "controls": {"heldout": {"any": LOWER}}}
    dots = [line for line in headline_chart(report).axes[0].get_lines() if line.get_marker() == "o"]
    assert [dot.get_color() for dot in dots] == [train, heldout]


def test_curves_of_one_color_differ_in_their_lines() -> None:
    curves = {f"val/score_{number}": [(0, 1.0)] for number in range(10)}
    lines = training_chart({"utility": curves}).axes[0].get_lines()
    assert len({(line.get_linestyle(), line.get_marker()) for line in lines}) == 10


@pytest.mark.parametrize("panels", [{}, {"loss": {}}, {"loss": {"empty": []}}])
def test_curves_of_nothing_are_drawn_without_an_error(panels) -> None:
    assert to_svg(training_chart(panels)).startswith("<svg")


def test_equal_figures_give_equal_svg() -> None:
    first, second = (to_svg(interval_chart({"train": RATIO})) for _ in range(2))
    assert first == second
