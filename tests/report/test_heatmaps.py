"""Figures of the attention show what they were given, and can be read."""

import itertools

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy import stats

from permille.report.heatmaps import (
    COLOR_MAP,
    MAX_INCHES,
    draw_dispersion_by_epoch,
    draw_heatmap,
    draw_layer_head_map,
)


def labels(figure: Figure, axis: str) -> list[str]:
    found = getattr(figure.axes[0], f"get_{axis}ticklabels")()
    return [label.get_text() for label in found]


def drawn(figure: Figure) -> Figure:
    figure.draw_without_rendering()
    return figure


def test_a_heatmap_has_steps_downwards_and_positions_to_the_right() -> None:
    weights = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
    figure = drawn(draw_heatmap(weights, ["the", "cat", "sat"], ["le", "chat"], title="one"))
    np.testing.assert_array_equal(figure.axes[0].images[0].get_array(), weights)
    assert labels(figure, "x") == ["the", "cat", "sat"]
    assert labels(figure, "y") == ["le", "chat"]
    assert figure.axes[0].yaxis_inverted()
    assert figure.axes[0].get_title() == "one"


def test_colors_grow_lighter_with_the_weight_for_every_eye() -> None:
    colors = matplotlib.colormaps[COLOR_MAP](np.linspace(0, 1, 64))[:, :3]
    luminance = colors @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(luminance) > 0).all()


@pytest.mark.parametrize("number", [40, 300, 1024])
def test_labels_do_not_run_together_however_many_tokens(number: int) -> None:
    figure = drawn(draw_heatmap(np.ones((5, number)) / number, ["token"] * number, ["t"] * 5))
    boxes = [
        label.get_window_extent() for label in figure.axes[0].get_xticklabels() if label.get_text()
    ]
    assert figure.get_figwidth() <= MAX_INCHES + 2
    assert len(boxes) >= min(number, 90)
    for left, right in itertools.pairwise(boxes):
        assert left.x1 <= right.x0 + 1


def test_tokens_of_any_script_and_with_dollars_are_drawn_without_a_warning() -> None:
    names = ["▁the", "$x^2$", "日本", "\U0001f9ea", "naïve", ""]
    figure = drawn(draw_heatmap(np.ones((1, 6)) / 6, names, ["$"], title="a $ title"))
    assert labels(figure, "x") == ["▁the", "$x^2$", "□□", "□", "naïve", ""]


def test_names_that_do_not_fit_the_weights_are_refused() -> None:
    with pytest.raises(ValueError, match=r"want \(2, 3\) names of target and source tokens, got"):
        draw_heatmap(np.ones((2, 3)), ["a", "b"], ["c", "d"])


def test_a_layer_head_map_has_a_panel_for_each_kind() -> None:
    values = {"cross": np.array([[0.1, 0.9], [0.5, np.nan]]), "encoder": np.ones((3, 2))}
    figure = drawn(draw_layer_head_map(values, {"cross": [4, 5], "encoder": [0, 1, 2]}))
    assert [axes.get_title() for axes in figure.axes[:2]] == ["cross", "encoder"]
    assert labels(figure, "y") == ["4", "5"]
    assert sorted(text.get_text() for text in figure.axes[0].texts) == ["0.10", "0.50", "0.90"]


def test_dispersion_by_epoch_shows_both_splits_and_their_means() -> None:
    train = [np.array([0.9, 0.7]), np.array([0.5, np.nan])]
    figure = drawn(draw_dispersion_by_epoch([0, 3], train, [np.array([0.8]), np.array([0.9])]))
    lines = {line.get_label(): line.get_xydata().tolist() for line in figure.axes[0].lines}
    assert lines["training, n = 2"] == [[0, pytest.approx(0.8)], [3, 0.5]]
    assert lines["held-out, n = 1"] == [[0, 0.8], [3, 0.9]]


def test_the_band_of_a_mean_is_student_s_and_one_example_has_none() -> None:
    values = [np.array([0.4, 0.5, 0.9])]
    figure = drawn(draw_dispersion_by_epoch([0], values, [np.array([0.7])]))
    train, heldout = (band.get_paths() for band in figure.axes[0].collections)
    ends = train[0].vertices[:, 1]
    wanted = stats.t.interval(0.95, 2, values[0].mean(), stats.sem(values[0]))
    assert (ends.min(), ends.max()) == pytest.approx(wanted)
    assert not heldout


def test_splits_differ_in_more_than_color() -> None:
    values = [np.array([0.9, 0.7])]
    figure = draw_dispersion_by_epoch([0], values, values)
    markers = [line.get_marker() for line in figure.axes[0].lines]
    assert len(set(markers)) == 2


def test_a_split_without_values_has_no_line() -> None:
    figure = drawn(draw_dispersion_by_epoch([0], [np.array([0.9])], [np.array([])]))
    assert [line.get_label() for line in figure.axes[0].lines] == ["training, n = 1"]


def test_a_heatmap_says_which_heads_it_is_of_and_may_share_its_scale() -> None:
    figure = drawn(draw_heatmap(np.ones((1, 2)) / 2, ["a", "b"], ["c"], of="head 3", largest=0.8))
    assert figure.axes[1].get_ylabel() == "attention weight, head 3"
    assert figure.axes[0].images[0].get_clim() == (0, 0.8)


def test_epochs_are_marked_at_whole_numbers() -> None:
    values = [np.array([0.2, 0.4]), np.array([0.3, 0.5])]
    figure = draw_dispersion_by_epoch([0, 1], values, values)
    ticks = figure.axes[0].get_xticks()
    assert all(float(tick).is_integer() for tick in ticks)
