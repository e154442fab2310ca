"""Drawings as part of a page."""

from xml.etree import ElementTree

from permille.report.charts import interval_chart
from permille.report.inline_svg import inline_svg

RATIO = {"count": 12, "of": 180, "permille": 66.7, "ci95": [38.5, 112.9], "method": "wilson"}


def drawn() -> str:
    rows = {"train": RATIO, "<b>": {"missing": "no & none"}}
    return inline_svg(interval_chart(rows), 'a "label" & <more>')


def test_no_style_is_left_and_the_drawing_is_well_formed() -> None:
    svg = drawn()
    assert "style" not in svg
    assert ElementTree.fromstring(svg).get("aria-label") == 'a "label" & <more>'


def test_colors_follow_the_page() -> None:
    svg = drawn()
    assert 'stroke="var(--c0)"' in svg
    assert 'fill="currentColor"' in svg
    assert "#000000" not in svg
    assert "#0072b2" not in svg.lower()


def test_texts_keep_their_size_and_stay_texts() -> None:
    assert 'font-size="' in drawn()
    texts = ["".join(node.itertext()) for node in ElementTree.fromstring(drawn()).iter()]
    assert "no & none" in texts
