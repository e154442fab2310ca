"""Small drawings side by side."""

import pytest

from permille.report.panels import PANELS_A_ROW, draw_point, panel_grid, share_permille


@pytest.mark.parametrize("num_panels", [1, 2, 3, 4, 7])
def test_so_many_panels_are_seen_as_are_asked_for(num_panels):
    figure, panels = panel_grid(num_panels)
    assert len(panels) == num_panels
    assert [axes for axes in figure.axes if axes.get_visible()] == panels


def test_panels_are_rows_of_three_on_one_scale():
    _, panels = panel_grid(PANELS_A_ROW + 1)
    rows = [axes.get_subplotspec().rowspan.start for axes in panels]
    assert rows == [0, 0, 0, 1]
    panels[0].set_ylim(0, 7)
    assert panels[-1].get_ylim() == (0, 7)


def test_a_point_has_its_interval_and_a_hollow_one_is_not_filled():
    _, (axes,) = panel_grid(1)
    draw_point(axes, 1.0, 20.0, (10.0, 35.0), "black", is_hollow=True)
    interval, point = axes.lines
    assert [list(interval.get_xdata()), list(interval.get_ydata())] == [[1, 1], [10, 35]]
    assert point.get_xydata().tolist() == [[1, 20]]
    assert point.get_markerfacecolor() == "white"


def test_a_point_without_an_interval_is_a_point():
    _, (axes,) = panel_grid(1)
    draw_point(axes, 1.0, 20.0, None, "black")
    assert len(axes.lines) == 1


@pytest.mark.parametrize(("drawn", "top"), [(300.0, 300.0), (1200.0, 1000.0)])
def test_ratios_begin_at_0_and_end_at_a_thousand_at_most(drawn, top):
    _, panels = panel_grid(4)
    panels[0].set_ylim(50, drawn)
    share_permille(panels)
    assert panels[0].get_ylim() == (0, top)
    assert [bool(axes.get_ylabel()) for axes in panels] == [True, False, False, True]
