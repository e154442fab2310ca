"""How pages look on paper, in the dark and on a telephone, by what the browser computes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from permille.report.comparison import write_comparison
from permille.report.config import ReportConfig
from permille.report.page import write_report

from .browser import open_page
from .made_run import make_attention, make_run, ratios

pytestmark = pytest.mark.browser
NARROW_PX, A4_PX = 360, 794
MIN_CONTRAST = 4.5
"""Of text and its ground, after WCAG 2.2, level AA."""
MIN_LETTERS_PX = 9
PROBES = {
    "body": "the text",
    ".claim": "the claim",
    ".soft": "what is said beside",
    "thead th": "a heading",
    "td": "a figure",
    "figcaption": "a caption",
    "mark.verbatim": "a verbatim run",
    "pre": "the command",
    "nav a, th a": "a link",
}
CONTRAST = """(node) => {
  const rgb = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => rgb(color).slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  let ground = node;
  const clear = (color) => color === 'transparent' || rgb(color)[3] === 0;
  while (ground && clear(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
  const under = ground ? getComputedStyle(ground).backgroundColor : 'rgb(255, 255, 255)';
  const [low, high] = [light(getComputedStyle(node).color), light(under)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}"""
WORST_CONTRAST = f"""(nodes) => {{
  const contrast = {CONTRAST};
  const isSeen = (node) => node.checkVisibility({{visibilityProperty: true}})
    && node.getBoundingClientRect().width * node.getBoundingClientRect().height > 0;
  const found = nodes.filter(isSeen).map(contrast);
  return found.length ? Math.min(...found) : null;
}}"""
GROUND = "getComputedStyle(document.body).backgroundColor"
INK = "getComputedStyle(document.body).color"
BLACK, WHITE, NIGHT = "rgb(27, 31, 36)", "rgb(255, 255, 255)", "rgb(20, 23, 27)"
# what is wider than the window, but for what scrolls by itself, or ends in an ellipsis
TOO_WIDE = """(width) => [...document.querySelectorAll('main *, header *, footer *')]
  .filter((node) => node.getBoundingClientRect().right > width + 1)
  .filter((node) => !node.closest('.scroll, [role=listbox]'))
  .map((node) => node.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page of a run and that of a sweep."""
    run = make_run(tmp_path_factory.mktemp("run"))
    make_attention(run)
    sweep = tmp_path_factory.mktemp("sweep")
    rows = [
        {
            **{"run": f"x/{task}_{seed}", "task": task, "utility": {"f1": count / 50}},
            **{"overrides": [f"task={task}", f"seed={seed}"], "cad": 0.5 + count / 100},
            **{"generations": {"measurable": 100, "total": 100}, "ratios": ratios(count, 100)},
            **{"heldout": ratios(1, 100), "difference": {}, "duration_s": 60.0, "tasks": {}},
            "paper_differences": ["audit.num_prompts is 200, not 10000"],
        }
        for task, count, seed in (("qa", 3, 1), ("dialogue", 20, 1), ("qa", 10, 2))
    ]
    write_comparison(sweep, rows, [])
    return {"run": write_report(run, ReportConfig()), "sweep": sweep / "comparison.html"}


@pytest.fixture(params=["run", "sweep"])
def page_file(request: pytest.FixtureRequest, pages: dict[str, Path]) -> Path:
    return pages[request.param]


@pytest.fixture(scope="module")
def narrow(browser: Any, pages: dict[str, Path]) -> Iterator[dict[str, Any]]:
    """Both pages on a telephone, for tests that leave them as they are."""
    size = {"width": NARROW_PX, "height": 740}
    opened = {name: open_page(browser, path, viewport=size) for name, path in pages.items()}
    yield {name: one.page for name, one in opened.items()}
    for one in opened.values():
        one.page.context.close()


@pytest.fixture(scope="module")
def printed(browser: Any, pages: dict[str, Path]) -> Iterator[Any]:
    """A run's page as it is printed, on a machine that is set to dark."""
    size = {"width": A4_PX, "height": 1123}
    opened = open_page(browser, pages["run"], color_scheme="dark", viewport=size)
    opened.page.wait_for_selector("#case-print article", state="attached")
    opened.page.emulate_media(media="print")
    yield opened.page
    opened.page.context.close()


def worst_contrasts(page: Any) -> dict[str, float]:
    found = {}
    for selector, name in PROBES.items():
        worst = page.locator(selector).evaluate_all(WORST_CONTRAST)
        if worst is not None:
            found[name] = worst
    return found


def letters_px(page: Any) -> float:
    """Return the height of the smallest letters of the drawings that are seen."""
    heights = page.locator("figure svg text").evaluate_all(
        "(nodes) => nodes.map((node) => node.getBoundingClientRect().height)"
    )
    return min(float(height) for height in heights if height)


def test_paper_is_white_and_its_ink_dark_also_where_the_screen_is_not(printed: Any) -> None:
    assert (printed.evaluate(GROUND), printed.evaluate(INK)) == (WHITE, BLACK)
    assert min(worst_contrasts(printed).values()) >= MIN_CONTRAST


@pytest.mark.parametrize("part", ["nav", "#case-filters", ".cases", "#attention-choice", ".skip"])
def test_what_paper_cannot_do_is_not_printed(printed: Any, part: str) -> None:
    assert not printed.locator(part).first.is_visible()


def test_both_sides_of_a_case_are_printed_beside_each_other(printed: Any) -> None:
    left, right = (
        printed.locator("#case-print .pair > section").nth(side).bounding_box() for side in (0, 1)
    )
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"]


def test_marks_keep_their_colors_and_cases_stay_on_one_sheet(printed: Any) -> None:
    article = printed.locator("#case-print article").first
    adjust = article.locator("mark").first.evaluate(
        "(node) => getComputedStyle(node).printColorAdjust"
    )
    assert adjust == "exact"
    assert article.evaluate("(node) => getComputedStyle(node).breakInside") == "avoid"
    for heading in ("h2", "h3", "h4"):
        kept = printed.locator(f"main {heading}:visible").first.evaluate(
            "(node) => getComputedStyle(node).breakAfter"
        )
        assert kept == "avoid", heading


def test_what_a_control_means_is_printed_with_it(printed: Any) -> None:
    tips = printed.locator(".controls [role=tooltip]")
    assert all(tip.is_visible() for tip in tips.all())
    assert printed.evaluate("document.documentElement.scrollWidth") <= A4_PX


@pytest.mark.parametrize(("scheme", "ground"), [("light", WHITE), ("dark", NIGHT)])
def test_a_screen_is_as_bright_as_its_owner_wants_and_all_can_be_read(
    browser: Any, page_file: Path, scheme: str, ground: str
) -> None:
    opened = open_page(browser, page_file, color_scheme=scheme)
    assert opened.page.evaluate(GROUND) == ground
    contrasts = worst_contrasts(opened.page)
    assert len(contrasts) >= 5
    assert min(contrasts.values()) >= MIN_CONTRAST, contrasts
    ink = opened.page.evaluate(INK)
    fills = opened.page.locator("figure svg text").evaluate_all(
        "(nodes) => nodes.map((node) => getComputedStyle(node).fill)"
    )
    assert ink in fills
    opened.page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_telephone_never_scrolls_sideways_but_within_tables_and_drawings(
    browser: Any, page_file: Path, scheme: str
) -> None:
    size = {"width": NARROW_PX, "height": 740}
    opened = open_page(browser, page_file, color_scheme=scheme, viewport=size)
    page = opened.page
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW_PX
    assert page.evaluate(TOO_WIDE, NARROW_PX) == []
    page.keyboard.press("End")
    page.evaluate("scrollTo(500, 0)")
    assert page.evaluate("scrollX") == 0
    opened.page.context.close()


@pytest.mark.parametrize("name", ["run", "sweep"])
def test_the_letters_of_drawings_can_be_read_on_a_telephone(
    narrow: dict[str, Any], name: str
) -> None:
    assert letters_px(narrow[name]) >= MIN_LETTERS_PX


@pytest.mark.parametrize("name", ["run", "sweep"])
def test_every_part_that_scrolls_is_reached_by_the_keyboard(
    narrow: dict[str, Any], name: str
) -> None:
    unreached = narrow[name].evaluate(
        """() => [...document.querySelectorAll('main *')]
          .filter((node) => node.scrollWidth > node.clientWidth + 1
            && ['auto', 'scroll'].includes(getComputedStyle(node).overflowX)
            && node.tabIndex < 0 && !node.querySelector('a, button, [tabindex]'))
          .map((node) => node.outerHTML.slice(0, 90))"""
    )
    assert unreached == []


def test_two_filters_stand_in_a_row_on_a_telephone(narrow: dict[str, Any]) -> None:
    labels = narrow["run"].locator("#case-filters label:visible")
    boxes = [one.bounding_box() for one in labels.all()]
    rows = {round(box["y"] + box["height"]) for box in boxes}
    assert len(rows) <= (len(boxes) + 1) // 2


@pytest.mark.parametrize("width", [1280, NARROW_PX])
@pytest.mark.parametrize("row", [0, -1])
def test_what_a_control_means_is_seen_whole(
    browser: Any, pages: dict[str, Path], width: int, row: int
) -> None:
    opened = open_page(browser, pages["run"], viewport={"width": width, "height": 900})
    opened.page.locator(".controls th a").nth(row).focus()
    tips = opened.page.locator(".controls [role=tooltip]")
    # both at once, since the page may still be moving
    above, below, right = tips.nth(row).evaluate(
        """(node) => {
          const tip = node.getBoundingClientRect();
          const region = node.closest('.scroll').getBoundingClientRect();
          return [tip.top - region.top, region.bottom - tip.bottom, tip.right];
        }"""
    )
    assert min(above, below) >= 0
    assert right <= width
    opened.page.context.close()


def test_long_names_of_settings_break_between_their_words(narrow: dict[str, Any]) -> None:
    names = narrow["run"].locator("#provenance ~ .two th")
    assert names.locator("wbr").count() >= names.count() - 3
    assert "packages.torch" in names.all_text_contents()
