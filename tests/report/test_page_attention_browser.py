"""The attention browser of a run's page in a real browser."""

import pytest

from .browser import Opened

pytestmark = pytest.mark.browser


def test_the_attention_browser_shows_example_layer_and_head(opened: Opened) -> None:
    page = opened.page
    assert page.locator("#head-map button").count() == 6
    assert page.locator("#head-map button").first.inner_text() in "0.123456789–"
    assert "ex-0, layer 1, mean over heads, epoch 1" in page.locator("#weight-title").inner_text()
    assert page.locator("#weight-strongest li").count() == 5
    page.locator("[name=example]").select_option("1")
    assert "ex-9" in page.locator("#weight-title").inner_text()
    page.locator("#head-map button").nth(4).click()
    before = page.locator("#weight-readout").inner_text()
    page.locator("#weight-map").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert page.locator("#weight-readout").inner_text() != before
    assert "the brightest yellow 0." in page.locator("#weight-title").inner_text()
    page.locator("[name=example]").select_option("-1")
    assert page.locator("#weight-none").is_visible()
    page.locator("[name=example]").select_option("0")
    page.locator("[name=kind]").last.select_option("encoder")
    assert page.locator("#weight-none").is_visible()


def test_the_outlined_heads_are_those_whose_weights_are_shown(opened: Opened) -> None:
    page = opened.page
    outlined = page.locator("#head-map [aria-pressed=true]")
    in_mean = [f"layer 1, head {head}" for head in range(3)]

    def names() -> list[str]:
        labels = outlined.evaluate_all("heads => heads.map(head => head.ariaLabel)")
        return [label.partition(":")[0] for label in labels]

    assert "layer 1, mean over heads" in page.locator("#weight-title").inner_text()
    assert names() == in_mean
    head = page.locator("#head-map button").nth(2)
    head.click()
    assert names() == in_mean
    assert page.evaluate("document.activeElement.ariaLabel").startswith("layer 0, head 2")
    page.locator("[name=kind]").last.select_option("encoder")
    assert names() == []


def test_the_axes_of_the_map_are_named_beside_it_and_to_a_screen_reader(opened: Opened) -> None:
    page = opened.page
    page.locator("[name=example]").select_option("1")
    canvas = page.locator("#weight-map")
    steps, positions = page.locator("#weight-steps"), page.locator("#weight-positions")
    height, width = (canvas.evaluate(f"map => map.{side}") for side in ("height", "width"))
    assert steps.inner_text() == f"decoder steps, 1 to {height} downwards"
    assert positions.inner_text() == f"source positions, 1 to {width} to the right"
    assert canvas.get_attribute("aria-describedby") == "weight-positions weight-steps"
    drawn, left, above = (one.bounding_box() for one in (canvas, steps, positions))
    assert left["x"] + left["width"] <= drawn["x"]
    assert above["y"] + above["height"] <= drawn["y"]
