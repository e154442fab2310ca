"""The page of a run in a real browser."""

from pathlib import Path
from typing import Any

import pytest

from .browser import Opened, choose, count, open_page, serious_faults, wait_until

pytestmark = pytest.mark.browser


def shown(opened: Opened) -> str:
    """Wait until the chosen case is drawn, and return its heading."""
    wait_until(
        opened.page,
        "document.getElementById('case-view').dataset.shown"
        " === document.querySelector('[aria-selected=true]').dataset.case",
    )
    return str(opened.page.locator("#case-view h3").inner_text())


def test_the_worst_case_is_open_with_its_runs_marked_on_both_sides(opened: Opened) -> None:
    assert "gen-" in shown(opened)
    generation, document = opened.page.locator("#case-view .pair .text").all()
    texts = [side.locator("mark.verbatim").inner_text() for side in (generation, document)]
    assert texts[0] == texts[1]
    assert texts[0].startswith("1")


def test_what_stood_in_the_prompt_is_hatched(opened: Opened) -> None:
    assert opened.page.locator("#case-view .text mark.prompted").count() >= 1


def test_a_filter_with_one_choice_is_not_shown(opened: Opened) -> None:
    assert opened.page.locator("[name=kind]").first.is_visible()
    assert not opened.page.locator("[name=arm]").is_visible()


@pytest.mark.parametrize(
    ("name", "value", "left"),
    [
        ("kind", "idea", 10),
        ("task", "dialogue", 15),
        ("own", "other", 15),
        ("counted", "beside", 6),
        ("prompt", "copied", 5),
        ("boilerplate", "own", 5),
        ("examples", "more", 10),
        ("chars", "500", 0),
    ],
)
def test_each_filter_leaves_what_it_names(opened: Opened, name: str, value: str, left: int) -> None:
    choose(opened, name, value)
    assert count(opened) == f"{left} of 30 cases"
    opened.page.locator("#case-filters button[type=reset]").click()
    wait_until(
        opened.page, "document.getElementById('case-count').textContent === '30 of 30 cases'"
    )


def test_search_finds_words_of_the_texts(opened: Opened) -> None:
    text = opened.page.locator("#case-view .pair .text").nth(1).inner_text()
    opened.page.locator("[name=search]").fill(text[:60].upper())
    wait_until(opened.page, "document.getElementById('case-count').textContent === '1 of 30 cases'")
    opened.page.locator("[name=search]").fill("no such words")
    wait_until(opened.page, "document.getElementById('case-count').textContent === '0 of 30 cases'")
    assert opened.page.locator("#case-view").inner_text() == "No case."


def test_the_keyboard_goes_on_and_back(opened: Opened) -> None:
    first = shown(opened)
    opened.page.locator("#case-list").focus()
    opened.page.keyboard.press("ArrowDown")
    second = shown(opened)
    assert second != first
    opened.page.locator("#case-view").focus()
    opened.page.keyboard.press("j")
    opened.page.keyboard.press("k")
    assert shown(opened) == second
    opened.page.keyboard.press("/")
    focused = opened.page.evaluate("document.activeElement.name")
    assert focused == "search"


def test_single_keys_can_be_switched_off(opened: Opened) -> None:
    first = shown(opened)
    opened.page.locator("[name=keys]").uncheck()
    opened.page.locator("#case-view").focus()
    opened.page.keyboard.press("j")
    assert shown(opened) == first
    opened.page.locator("[name=keys]").check()
    opened.page.locator("#case-view").focus()
    opened.page.keyboard.press("j")
    assert shown(opened) != first


def test_a_number_leads_to_the_other_side(opened: Opened) -> None:
    opened.page.locator("#run-generation-0").click()
    assert opened.page.evaluate("document.activeElement.id") == "run-document-0"


def test_a_paraphrase_stands_by_its_sentences(opened: Opened) -> None:
    choose(opened, "kind", "paraphrase")
    opened.page.wait_for_selector("#case-view table.aligned")
    assert opened.page.locator("table.aligned tbody tr").count() >= 1
    assert opened.page.locator("table.aligned b").count() > 5


def test_a_link_opens_its_case_in_a_new_window(browser: Any, small: Path, opened: Opened) -> None:
    opened.page.locator("#next").click()
    wanted = shown(opened)
    link = opened.page.locator("#permalink").get_attribute("href")
    again = open_page(browser, small, link)
    assert shown(again) == wanted
    again.page.context.close()


def test_a_link_to_a_filtered_case_shows_it(opened: Opened) -> None:
    choose(opened, "kind", "idea")
    opened.page.evaluate("location.hash = '#case=gen-3~doc-3'")
    wait_until(opened.page, "document.getElementById('case-view').dataset.shown === 'gen-3~doc-3'")
    assert count(opened) == "30 of 30 cases"


def test_a_filter_that_hides_the_linked_case_lets_the_address_name_the_shown_one(
    opened: Opened,
) -> None:
    opened.page.evaluate("location.hash = '#case=gen-3~doc-3'")
    wait_until(opened.page, "document.getElementById('case-view').dataset.shown === 'gen-3~doc-3'")
    choose(opened, "kind", "idea")
    shown(opened)
    assert opened.page.evaluate(
        "location.hash === document.getElementById('permalink').getAttribute('href')"
    )
    choose(opened, "chars", "500")
    assert count(opened) == "0 of 30 cases"
    assert opened.page.evaluate("location.hash") == "#cases"


def test_a_filter_leaves_an_address_that_names_no_case(opened: Opened) -> None:
    shown(opened)
    choose(opened, "kind", "idea")
    assert opened.page.evaluate("location.hash") == ""


def test_a_control_explains_itself_on_hover_and_focus(opened: Opened) -> None:
    tip = opened.page.locator("#tip-1")
    assert not tip.is_visible()
    opened.page.locator("[aria-describedby=tip-1]").hover()
    assert tip.is_visible()
    href = opened.page.locator("[aria-describedby=tip-1]").get_attribute("href")
    assert href.endswith("docs/audit.md#heldout")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Any, small: Path, axe: str, scheme: str) -> None:
    assert serious_faults(browser, small, axe, scheme) == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_the_page_fits_its_window(
    browser: Any, small: Path, tmp_path: Path, scheme: str, width: int
) -> None:
    size = {"width": width, "height": 900}
    opened = open_page(browser, small, color_scheme=scheme, viewport=size)
    opened.page.screenshot(path=tmp_path / f"{scheme}_{width}.png", full_page=True)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    values = opened.page.locator("[aria-label=Provenance] td")
    widths = values.evaluate_all("cells => cells.map(cell => cell.clientWidth)")
    assert min(widths) >= 100
    opened.page.context.close()


def test_the_first_cases_are_printed(browser: Any, small: Path) -> None:
    opened = open_page(browser, small)
    opened.page.wait_for_selector("#case-print article", state="attached")
    opened.page.emulate_media(media="print")
    assert opened.page.locator("#case-print article").first.is_visible()
    assert not opened.page.locator("#case-list").is_visible()
    opened.page.context.close()
