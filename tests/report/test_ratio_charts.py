"""The ratio against the dispersion: points, paths over epochs, and fits with their intervals."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy import stats

from permille.report.ratio_charts import (
    MIN_PATHS,
    draw_dispersion_against_ratio,
    draw_paths_against_ratio,
    fit_of_points,
    fit_of_tasks,
)


def drawn(figure: Figure) -> Figure:
    figure.draw_without_rendering()
    return figure


def test_points_carry_their_names_and_intervals() -> None:
    figure = drawn(
        draw_dispersion_against_ratio(
            [0.5, 0.6], [10.0, 30.0], ["qa", "dialogue"], intervals=[(5.0, 20.0), None]
        )
    )
    assert [text.get_text() for text in figure.axes[0].texts] == ["qa", "dialogue"]
    assert figure.axes[0].get_title(loc="left") == "2 points"
    assert figure.axes[0].lines[0].get_ydata() == pytest.approx([5.0, 20.0])


def test_a_single_point_is_called_one_point() -> None:
    figure = drawn(draw_dispersion_against_ratio([0.5], [10.0], ["qa"]))
    assert figure.axes[0].get_title(loc="left") == "1 point"


def test_the_fit_is_the_least_squares_line_with_its_band() -> None:
    x = np.array([0.1, 0.2, 0.3, 0.4, 0.5])
    y = np.array([1.0, 2.5, 2.0, 4.5, 4.0])
    figure = drawn(draw_dispersion_against_ratio(x, y, list("abcde")))
    fitted = figure.axes[0].lines[0]
    slope, intercept = np.polyfit(x, y, 1)
    np.testing.assert_allclose(fitted.get_ydata(), intercept + slope * fitted.get_xdata())
    assert len(figure.axes[0].collections) == 1


@pytest.mark.parametrize(
    "permilles", [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0, np.nan]], ids=["three", "one undefined"]
)
def test_too_few_points_have_no_fit(permilles: list[float]) -> None:
    x = list(np.linspace(0.1, 0.4, len(permilles)))
    figure = drawn(draw_dispersion_against_ratio(x, permilles, list("abcd")[: len(x)]))
    assert not figure.axes[0].collections
    assert len(figure.axes[0].lines) == 3


def test_the_band_of_points_holds_the_true_line_as_often_as_it_says() -> None:
    rng, held = np.random.default_rng(0), []
    places = np.array([0.3])
    for _ in range(400):
        x = rng.random(6)
        line, half = fit_of_points(x, 2 * x + rng.normal(size=6), places)
        held.append(abs(line[0] - 0.6) <= half[0])
    assert 0.92 <= np.mean(held) <= 0.98


def test_epochs_of_a_task_are_no_more_than_one_point_for_the_band() -> None:
    rng, held, too_short = np.random.default_rng(1), [], []
    places, tasks = np.array([0.5]), np.repeat(np.arange(6), 8)
    for _ in range(300):
        x = np.repeat(rng.random(6), 8) + 0.01 * rng.random(48)
        y = np.repeat(rng.normal(size=6), 8) + 0.01 * rng.random(48)
        line, half = fit_of_tasks(x, y, tasks, places)
        held.append(abs(line[0]) <= half[0])
        line, half = fit_of_points(x, y, places)
        too_short.append(abs(line[0]) <= half[0])
    assert np.mean(held) >= 0.88
    assert np.mean(too_short) < 0.7


def test_a_fit_of_tasks_is_the_least_squares_line_over_all_points() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.random(12), rng.random(12)
    line, _ = fit_of_tasks(x, y, np.arange(12) // 4, np.array([0.0, 1.0]))
    wanted = stats.linregress(x, y)
    assert line == pytest.approx([wanted.intercept, wanted.intercept + wanted.slope])


def paths(number: int) -> dict[str, dict[int, tuple[float, float]]]:
    rng = np.random.default_rng(3)
    return {f"task {i}": {e: (rng.random(), 10.0 * e) for e in (2, 0, 5)} for i in range(number)}


def test_each_task_s_path_goes_through_its_epochs_in_order() -> None:
    given = paths(2)
    figure = drawn(draw_paths_against_ratio(given))
    line = figure.axes[0].lines[0]
    assert line.get_ydata() == pytest.approx([0.0, 20.0, 50.0])
    assert line.get_xdata() == pytest.approx([given["task 0"][e][0] for e in (0, 2, 5)])
    assert [text.get_text() for text in figure.axes[0].texts] == [
        "task 0, epoch 5",
        "task 1, epoch 5",
    ]
    assert figure.axes[0].get_title(loc="left") == "2 tasks, 6 epochs; hollow: the first"
    assert len({line.get_marker() for line in figure.axes[0].lines}) == 2


def test_only_paths_of_enough_tasks_have_a_fit() -> None:
    assert not drawn(draw_paths_against_ratio(paths(MIN_PATHS - 1))).axes[0].collections
    assert len(drawn(draw_paths_against_ratio(paths(MIN_PATHS))).axes[0].collections) == 1
