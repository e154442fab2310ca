"""The page at 5,000 cases of real summaries: how large it is, how soon it paints and filters."""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from permille.report.config import ReportConfig, Texts
from permille.report.page import write_report

from .browser import open_page, wait_until
from .made_run import make_report, write_lines

pytestmark = pytest.mark.browser
MANY = 5000
MAX_PAINT_MS, MAX_FILTER_MS, MAX_BYTES = 1000, 200, 15_000_000
TRIES = 6
FILES = ("summarization.jsonl.gz", "summarization_cnndm.jsonl.gz")
PROMPT_CHARS, SUMMARY_CHARS = 300, 450
FILTERS = {"kind": "verbatim", "own": "other", "chars": "200", "examples": "1", "prompt": "new"}
TIME_FILTER = """async ([name, value]) => {
  const form = document.getElementById('case-filters');
  const count = document.getElementById('case-count');
  const before = count.textContent;
  const begun = performance.now();
  form.elements[name].value = value;
  form.elements[name].dispatchEvent(new Event('input', {bubbles: true}));
  while (count.textContent === before) await new Promise(requestAnimationFrame);
  const took = performance.now() - begun;
  form.reset();
  while (count.textContent !== before) await new Promise(requestAnimationFrame);
  return took;
}"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def articles(folder: Path) -> list[tuple[str, str]]:
    """Return (article, summary) of each row of the real slices."""
    found = []
    for name in FILES:
        with gzip.open(folder / name, "rt", encoding="utf-8") as file:
            found += [(row["input"], row["target"]) for row in map(json.loads, file)]
    return found


def write_cases(folder: Path, texts: list[tuple[str, str]]) -> None:
    """Write a run whose generations are summaries with a passage of their article in them."""
    cases, generations, documents = [], [], []
    for place in range(MANY):
        article, summary = texts[place % len(texts)]
        copied = 80 + 40 * (place % 7)
        start = max(0, min(PROMPT_CHARS + 31 * (place % 40), len(article) - copied))
        passage = article[start : start + copied]
        opening = summary[:SUMMARY_CHARS] + " "
        span, source = [len(opening), len(opening) + len(passage)], [start, start + len(passage)]
        kind = ("verbatim", "verbatim", "paraphrase", "idea")[place % 4]
        run = {"kind": kind, "generation": span, "document": source, "confirmed": None}
        cases.append(
            {
                **{"generation_id": f"train/{place}", "document_id": f"{place}/input"},
                **{"example_id": str(place), "kind": kind, "headline": place % 5 != 4},
                **{"rank": place % 10, "score": 40.0 + place % 90, "own": place % 3 != 0},
                **{"confirmed": None, "input_copied": start < PROMPT_CHARS, "direction": None},
                **{"num_examples": 1 + place % 3 // 2, "cases": [run]},
            }
        )
        generations.append(
            {
                **{"id": f"train/{place}", "text": opening + passage, "task": "summarization"},
                **{"prompt": f"summarize: {article[:PROMPT_CHARS]}", "split": "train"},
                "model": "tuned",
            }
        )
        documents.append({"id": f"{place}/input", "text": article, "part": "input"})
    write_lines(folder / "cases.jsonl", cases)
    write_lines(folder / "generations.jsonl", generations)
    write_lines(folder / "documents.jsonl.gz", documents)
    (folder / "report.json").write_text(json.dumps(make_report(MANY)))


def is_in_time(paints: list[float], filters: dict[str, list[float]]) -> bool:
    """Return whether the best try of each was fast enough."""
    bests = [min(times) for times in filters.values()]
    return min(paints) < MAX_PAINT_MS and max(bests) < MAX_FILTER_MS


@pytest.fixture(scope="module")
def page(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real")
    write_cases(folder, articles(shared_data))
    return write_report(folder, ReportConfig(texts=Texts.full))


def test_a_page_of_real_cases_stays_small_paints_soon_and_filters_at_once(
    page: Path, browser: Any
) -> None:
    size = page.stat().st_size
    paints: list[float] = []
    filters: dict[str, list[float]] = {name: [] for name in (*FILTERS, "search")}
    for _ in range(TRIES):
        opened = open_page(browser, page)
        paints.append(opened.page.evaluate(PAINT))
        # a first search waits for every text to be unpacked, which is done while nobody asks
        opened.page.locator("[name=search]").fill("no such words")
        wait_until(
            opened.page, "document.getElementById('case-count').textContent.startsWith('0 of')"
        )
        opened.page.locator("#case-filters button[type=reset]").click()
        wait_until(
            opened.page,
            "document.getElementById('case-count').textContent === '5000 of 5000 cases'",
        )
        for name, value in {**FILTERS, "search": "president"}.items():
            filters[name].append(opened.page.evaluate(TIME_FILTER, [name, value]))
        assert opened.complaints == []
        opened.page.context.close()
        if is_in_time(paints, filters):
            break
    said = ", ".join(f"{name} {min(times):.1f}" for name, times in filters.items())
    measured = f"{size / 1e6:.1f} MB, first paint {min(paints):.0f} ms, filters in ms: {said}"
    sys.stdout.write(f"{measured}\n")
    assert size < MAX_BYTES
    # other programs may hold the machine back, so the best of a few tries counts
    assert min(paints) < MAX_PAINT_MS
    for name, times in filters.items():
        assert min(times) < MAX_FILTER_MS, name


def test_a_real_case_shows_its_passage_on_both_sides(page: Path, browser: Any) -> None:
    opened = open_page(browser, page)
    texts = opened.page.locator("#case-view .pair .text")
    texts.first.wait_for()
    written, stored = (texts.nth(side).locator("mark.verbatim").first for side in (0, 1))
    assert written.text_content() == stored.text_content()
    assert opened.requests == [f"file://{page}"]
    opened.page.context.close()
