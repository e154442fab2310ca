"""The simulation's picture shows each figure with its interval and its control."""

import pytest

from permille.measure.sparse_coding import Estimate, Figures, SparseCodingRow
from permille.report.sparse_coding_chart import draw_sparse_coding


def row(needed: int, *, memorized: float, with_interval: bool = True) -> SparseCodingRow:
    def estimate(mean: float) -> Estimate:
        return Estimate(mean, (mean - 0.1, mean + 0.1) if with_interval else None)

    shown = (estimate(0.5), estimate(memorized), estimate(0.0), estimate(0.9))
    nothing = Figures(estimate(0.88), estimate(0.01), estimate(-0.05))
    return SparseCodingRow(needed, needed / 4, *shown, untrained=nothing, change=nothing)


def test_each_panel_has_the_means_over_the_needed_features() -> None:
    figure = draw_sparse_coding([row(1, memorized=0.2), row(4, memorized=0.6)])
    figure.draw_without_rendering()
    panels = figure.axes
    assert [axes.get_title() for axes in panels] == [
        "dispersion of attention",
        "memorization",
        "generalization",
    ]
    means = next(line for line in panels[1].lines if line.get_marker() == "o")
    untrained = [next(one for one in axes.lines if one.get_marker() == "s") for axes in panels]
    assert [one.get_ydata()[0] for one in untrained] == [0.88, 0.01, -0.05]
    assert all(axes.get_legend() for axes in panels)
    assert means.get_xdata().tolist() == [1, 4]
    assert means.get_ydata() == pytest.approx([0.2, 0.6])
    assert [label.get_text() for label in panels[0].get_xticklabels()] == ["1", "4"]


def test_intervals_and_controls_are_drawn() -> None:
    figure = draw_sparse_coding([row(1, memorized=0.2), row(4, memorized=0.6)])
    lines = figure.axes[1].lines
    interval = next(line for line in lines if line.get_label().startswith("_"))
    assert list(interval.get_ydata()) == pytest.approx([0.1, 0.3])
    control = next(line for line in lines if line.get_label() == "fresh examples")
    assert control.get_ydata() == pytest.approx([0.0, 0.0])
    ideal = next(line for line in figure.axes[0].lines if line.get_linestyle() == "--")
    assert ideal.get_ydata() == pytest.approx([0.25, 1.0])


def test_one_seed_has_points_and_no_intervals() -> None:
    figure = draw_sparse_coding([row(2, memorized=0.2, with_interval=False)])
    assert [line.get_label() for line in figure.axes[2].lines] == ["untrained", "trained"]
