"""The ratio against a swept setting, by what is drawn."""

from typing import Any

import pytest

from permille.report.charts import COLORS, GRAY
from permille.report.sweep_charts import SERIES_IN, draw_sweep, stem_of, varied_settings

from .made_rows import dots, row


def swept_rows(setting: str, values: list[Any], task: str = "qa") -> list[dict[str, Any]]:
    """Return a row a value, whose ratios rise by 10 per mille."""
    return [row(task, n, overrides=[f"{setting}={value}"]) for n, value in enumerate(values, 1)]


def names_on(axes: Any) -> list[str]:
    return [label.get_text() for label in axes.get_xticklabels()]


def colors_of(axes: Any) -> list[str]:
    return [line.get_color() for line in axes.get_lines() if line.get_marker() == "o"]


def test_a_setting_is_an_axis_where_rows_state_two_values() -> None:
    own = [["a.beams=1"], ["a.beams=4"], ["a.sample=true", "+a.k=40"], ["a.sample=true"]]
    rows = [row("qa", n, overrides=overrides) for n, overrides in enumerate(own)]
    assert varied_settings(rows, ["a.k", "a.sample", "a.beams"]) == ["a.beams"]
    assert varied_settings(rows, ["a.k"]) == []
    assert varied_settings([*rows, row("qa", 9, overrides=["a.k=50"])], ["a.k"]) == ["a.k"]


@pytest.mark.parametrize(
    ("setting", "swept", "stem"),
    [
        ("trainer.max_epochs", ["trainer.max_epochs", "seed"], "comparison_max_epochs"),
        ("seed", ["seed"], "comparison_seed"),
        ("data.seed", ["audit.seed", "data.seed"], "comparison_data_seed"),
        # another drawing has that name
        ("x.utility", ["x.utility"], "comparison_x_utility"),
        ("a.b-c", ["a.b-c"], "comparison_b_c"),
    ],
)
def test_a_drawing_is_named_by_as_much_of_its_setting_as_tells_it_apart(
    setting: str, swept: list[str], stem: str
) -> None:
    assert stem_of(setting, swept) == stem


def test_a_task_has_a_panel_with_points_in_the_order_of_its_values() -> None:
    rows = [
        row(task, count, overrides=[f"task={task}", f"trainer.max_epochs={epochs}"])
        for task in ("qa", "dialogue")
        for count, epochs in ((30, 10), (10, 2))
    ]
    figure, is_mixed = draw_sweep(rows, "trainer.max_epochs", ["trainer.max_epochs"])
    assert not is_mixed
    assert [axes.get_title() for axes in figure.axes] == ["qa", "dialogue"]
    assert {axes.get_xlabel() for axes in figure.axes} == {"trainer.max_epochs"}
    for axes in figure.axes:
        assert dots(axes) == [(1, 300.0), (0, 100.0)]
        assert names_on(axes) == ["2", "10"]
        assert axes.get_xlim() == (-0.5, 1.5)


def test_numbers_go_by_their_value_and_stand_before_words() -> None:
    values = ["zeta", "1e-3", "10", "alpha", "9", "-1"]
    (axes,) = draw_sweep(swept_rows("a.b", values), "a.b", ["a.b"])[0].axes
    assert names_on(axes) == ["-1", "1e-3", "9", "10", "alpha", "zeta"]
    assert dots(axes) == [(5, 10), (1, 20), (3, 30), (4, 40), (2, 50), (0, 60)]


def test_a_panel_has_only_the_values_of_its_own_task() -> None:
    rows = swept_rows("a.b", [1, 2, 3]) + swept_rows("a.b", [2, 5], "dialogue")
    panels = draw_sweep([*rows, row("sentiment", 4)], "a.b", ["a.b"])[0].axes
    assert [names_on(axes) for axes in panels] == [["1", "2", "3"], ["2", "5"]]


def test_points_that_differ_in_another_setting_are_told_apart() -> None:
    rows = [
        row("qa", 10 * tokens + beams, overrides=[f"a.tokens={tokens}", f"a.beams={beams}"])
        for tokens in (1, 2)
        for beams in (1, 4)
    ]
    figure, is_mixed = draw_sweep(rows, "a.tokens", ["a.tokens", "a.beams"])
    assert is_mixed
    places = [x for x, _ in dots(figure.axes[0])]
    half = SERIES_IN / 2
    assert places == pytest.approx([-half, half, 1 - half, 1 + half])
    assert colors_of(figure.axes[0]) == [*COLORS[:2]] * 2
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a.beams=1", "a.beams=4"]
    assert [line.get_color() for line in legend.get_lines()] == [*COLORS[:2]]


def series(number: int) -> Any:
    rows = [row("qa", n + 1, overrides=["a.b=1", f"a.c={n}"]) for n in range(number)]
    return draw_sweep(rows, "a.b", ["a.b", "a.c"])[0]


def test_more_series_than_colors_are_gray_and_unnamed() -> None:
    figure = series(len(COLORS))
    assert colors_of(figure.axes[0]) == [*COLORS]
    assert len(figure.legends) == 1
    figure = series(len(COLORS) + 1)
    assert set(colors_of(figure.axes[0])) == {GRAY}
    assert not figure.legends


def test_a_single_series_has_the_first_color_and_no_legend() -> None:
    figure = series(1)
    assert colors_of(figure.axes[0]) == [COLORS[0]]
    assert not figure.legends


def test_a_run_without_a_ratio_keeps_its_value_and_has_no_point() -> None:
    rows = swept_rows("a.b", [1, 2])
    rows[0]["ratios"] = {"any": {"permille": None, "reason": "nothing to measure"}}
    (axes,) = draw_sweep(rows, "a.b", ["a.b"])[0].axes
    assert names_on(axes) == ["1", "2"]
    assert dots(axes) == [(1, 20)]


def test_a_point_stands_on_its_interval() -> None:
    rows = swept_rows("a.b", [7])
    (axes,) = draw_sweep(rows, "a.b", ["a.b"])[0].axes
    interval = axes.get_lines()[0]
    assert list(interval.get_ydata()) == pytest.approx(rows[0]["ratios"]["any"]["ci95"])
    assert list(interval.get_xdata()) == [0, 0]


def test_long_values_are_written_in_lines_and_widen_the_panel() -> None:
    value = "-data-first-model,-data-second-model"
    figures = [
        draw_sweep(swept_rows("a.b", values), "a.b", ["a.b"])[0]
        for values in (["x", "y"], [value, "y", "z", "w"])
    ]
    name = names_on(figures[1].axes[0])[0]
    assert max(map(len, name.split("\n"))) <= 16
    assert name.replace("\n", "") == value
    widths, heights = zip(*(figure.get_size_inches() for figure in figures), strict=True)
    assert widths[1] > widths[0]
    assert heights[1] > heights[0]
