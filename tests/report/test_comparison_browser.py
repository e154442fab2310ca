"""The comparison in a real browser."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from permille.report.comparison import FailedCell, write_comparison

from .browser import Opened, open_page, serious_faults
from .made_run import HOSTILE, ratios

pytestmark = pytest.mark.browser


def row(task: str, count: int, seed: int) -> dict[str, Any]:
    difference = {"permille": 10.0 * count - 10, "ci95": [0.0, 99.0], "p": 0.1}
    return {
        "run": f"x/{task}_{seed}",
        "task": task,
        "overrides": [f"task={task}", f"seed={seed}"],
        "generations": {"measurable": 100, "total": 100},
        "ratios": ratios(count, 100),
        "heldout": ratios(1, 100),
        "difference": difference,
        "claimed": {**difference, "against": "held-out prompts"},
        "cad": 0.5 + count / 100,
        "utility": {"f1": count / 50},
        "duration_s": 60.0 * count,
        "settings": {},
        "tasks": {"qa": {"generations": {"total": 50}, "ratios": ratios(2, 50)}}
        if task == "multitask"
        else {},
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [row("qa", 3, 1), row("dialogue", 20, 1), row("qa", 10, 2), row("multitask", 5, 1)]
    found = tmp_path_factory.mktemp("sweep")
    write_comparison(found, rows, [FailedCell("seed=3", HOSTILE)])
    return found


@pytest.fixture
def opened(browser: Any, folder: Path) -> Iterator[Opened]:
    found = open_page(browser, folder / "comparison.html")
    yield found
    assert found.complaints == []
    assert found.requests == [f"file://{folder / 'comparison.html'}"]
    assert found.page.evaluate("window.hacked") is None
    found.page.context.close()


def runs(opened: Opened) -> list[str]:
    cells = opened.page.locator("#comparison tbody tr:not([hidden]) th")
    return [str(text) for text in cells.all_inner_texts()]


def test_a_heading_sorts_up_then_down(opened: Opened) -> None:
    head = opened.page.get_by_role("button", name="any", exact=True)
    head.click()
    assert runs(opened) == ["qa_1", "multitask", "qa_2", "dialogue"]
    head.click()
    assert runs(opened) == ["dialogue", "qa_2", "multitask", "qa_1"]
    assert opened.page.locator("th[aria-sort=descending]").inner_text() == "any"


def test_runs_are_filtered_by_task_and_by_words(opened: Opened) -> None:
    opened.page.locator("[name=task]").select_option("qa")
    assert runs(opened) == ["qa_1", "qa_2"]
    opened.page.locator("[name=search]").fill("seed=2")
    assert runs(opened) == ["qa_2"]
    assert opened.page.locator("#comparison-count").inner_text() == "1 of 4 runs"


def test_what_has_no_figure_stands_last_either_way(browser: Any, tmp_path: Path) -> None:
    empty = {kind: {"permille": None, "reason": "nothing to measure"} for kind in ratios(1, 2)}
    rows = [{**row("a", 1, 1), "ratios": empty}, row("b", 3, 1), row("c", 9, 1)]
    write_comparison(tmp_path, rows, [])
    found = open_page(browser, tmp_path / "comparison.html")
    head = found.page.get_by_role("button", name="any", exact=True)
    for wanted in (["b", "c", "a"], ["c", "b", "a"]):
        head.click()
        assert runs(found) == wanted
    found.page.context.close()


def test_texts_of_foreign_origin_are_found_by_the_filter(browser: Any, tmp_path: Path) -> None:
    foreign = {**row("x", 1, 1), "task": None}
    write_comparison(tmp_path, [foreign, row("qa", 3, 1)], [])
    found = open_page(browser, tmp_path / "comparison.html")
    found.page.locator("[name=task]").select_option("texts")
    assert runs(found) == ["texts"]
    found.page.context.close()


def test_a_run_leads_to_its_report(browser: Any, tmp_path: Path) -> None:
    run = tmp_path / "cells" / "seed=1 #2"
    run.mkdir(parents=True)
    (run / "report.html").write_text("<title>its report</title>")
    write_comparison(tmp_path, [{**row("qa", 3, 1), "run": str(run)}, row("dialogue", 3, 1)], [])
    found = open_page(browser, tmp_path / "comparison.html")
    assert found.page.locator("#comparison tbody a").count() == 1
    found.page.locator("#comparison tbody a").click()
    found.page.wait_for_load_state()
    assert found.page.title() == "its report"
    found.page.context.close()


def test_every_drawing_stands_in_the_page_and_in_a_file(opened: Opened, folder: Path) -> None:
    names = {"", "_seed", "_multitask", "_utility", "_cad"}
    assert {path.name for path in folder.glob("*.svg")} == {f"comparison{n}.svg" for n in names}
    assert opened.page.locator("figure svg[role=img]").count() == len(names)
    with (folder / "comparison.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 4


def test_the_spread_between_seeds_stands_in_a_table(opened: Opened) -> None:
    cells = opened.page.locator("section[aria-labelledby=seeds] tbody tr").first.inner_text()
    assert cells.split("\t") == ["task=qa", "any", "2", "65.0", "49.5", "30.0 to 100.0", "48.4"]


def test_a_task_alone_stands_beside_itself_in_the_mixture(opened: Opened) -> None:
    table = opened.page.locator("section[aria-labelledby=comparison_multitask] tbody tr")
    task, mixture, alone, mixed, difference, *_ = table.first.inner_text().split("\t")
    assert (task, mixture) == ("qa", "multitask")
    assert (alone.split(" [")[0], mixed.split(" [")[0]) == ("30.0 ‰", "40.0 ‰")
    assert difference.startswith("10.0 ‰ [-")
    assert difference.endswith("covers 0")


def test_the_page_begins_with_a_sentence_and_leads_to_each_section(opened: Opened) -> None:
    claim = opened.page.locator("main > .claim").inner_text()
    assert claim == (
        "None of 4 runs is shown to give back more on training than on held-out prompts."
    )
    links = opened.page.locator("nav a").evaluate_all("all => all.map(one => one.hash.slice(1))")
    sections = opened.page.locator("main section[aria-labelledby] > h2")
    assert links == sections.evaluate_all("all => all.map(one => one.id)")
    assert {"runs", "failed", "comparison_utility", "seeds"} <= {*links}


def test_a_table_that_is_cut_has_a_shadow_where_more_of_it_stands(opened: Opened) -> None:
    opened.page.set_viewport_size({"width": 1280, "height": 900})
    region = opened.page.locator("[aria-label=Runs].scroll")
    assert region.evaluate("one => one.scrollWidth > one.clientWidth")
    # the words of the caption end left of the edge, so nothing but the shadow can be there
    strip = {"x": 1272 - 20, "y": region.bounding_box()["y"] + 4, "width": 4, "height": 4}
    before = opened.page.screenshot(clip=strip)
    region.evaluate("one => { one.scrollLeft = one.scrollWidth; }")
    assert opened.page.screenshot(clip=strip) != before


@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_its_window(opened: Opened, width: int) -> None:
    opened.page.set_viewport_size({"width": width, "height": 900})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Any, folder: Path, axe: str, scheme: str) -> None:
    assert serious_faults(browser, folder / "comparison.html", axe, scheme) == []
