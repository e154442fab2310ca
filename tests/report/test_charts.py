"""Charts are tested by the data that they hold."""

import numpy as np
import pytest

from permille.report.charts import (
    headline_chart,
    interval_chart,
    to_svg,
    training_chart,
)

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


@pytest.mark.parametrize("panels", [{}, {"loss": {}}, {"loss": {"empty": []}}])
def test_curves_of_nothing_are_drawn_without_an_error(panels) -> None:
    assert to_svg(training_chart(panels)).startswith("<svg")


def test_equal_figures_give_equal_svg() -> None:
    first, second = (to_svg(interval_chart({"train": RATIO})) for _ in range(2))
    assert first == second
