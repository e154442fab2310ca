"""The page for labeling: its text, and what it does in a real browser."""

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from permille.audit.annotation.labels import describe_labels
from permille.audit.annotation.pairs import Pair
from permille.core.records import Kind
from permille.measure.ratio import wilson_ratio
from permille.report.annotation import (
    as_data,
    print_export,
    print_import,
    write_annotation_page,
)

NASTY = (
    '</script><script>document.title="broken"</script><!-- & \u2028 <img src=x onerror=alert(1)>'
)
ITEMS = [
    {"id": "a", "generation": NASTY, "document": "right\n  <b>text</b>"},
    {"id": "b", "generation": "second", "document": "другой 文"},
    {"id": "c", "generation": "third", "document": "last"},
]
CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture
def page_file(tmp_path):
    path = tmp_path / "annotate.html"
    write_annotation_page(path, ITEMS, 50)
    return path


def test_data_holds_no_sign_that_ends_its_block():
    text = as_data(NASTY)
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == NASTY


def test_only_the_pages_own_script_may_run_and_nothing_is_loaded(page_file):
    text = page_file.read_text()
    assert re.search(r"default-src 'none'.*script-src 'sha256-[\w+/=]{44}'", text)
    assert not re.search(r"(src|href)\s*=\s*[\"']?(https?:)?//", text)
    assert text.count("</script>") == 2


@pytest.fixture
def browser_page(page_file):
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed (the dev extra)"
    )
    if not CHROMIUM.is_file():
        pytest.skip(f"there is no {CHROMIUM}")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_context().new_page()
        faults = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
        page.goto(page_file.as_uri())
        yield page
        assert faults == []
        browser.close()


def shown(page):
    return page.inner_text("#place")


def saved(page, path, press=None):
    with page.expect_download() as download:
        page.keyboard.press(press) if press else page.click("#save")
    download.value.save_as(path)
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.browser
def test_texts_are_shown_as_they_are_and_do_nothing(browser_page):
    assert browser_page.title() == "permille: pairs to label"
    assert browser_page.text_content("#generation") == NASTY
    assert browser_page.text_content("#document") == ITEMS[0]["document"]


@pytest.mark.browser
def test_pairs_are_labeled_by_keyboard_and_saved_to_a_file(browser_page, tmp_path):
    for key in ("1", "3", "ArrowLeft", "0", "4"):
        browser_page.keyboard.press(key)
    assert shown(browser_page) == "pair 3 of 3, 2 labeled"
    assert saved(browser_page, tmp_path / "labels.jsonl", "s") == [
        {"id": "a", "label": "verbatim"},
        {"id": "b", "label": "none"},
        {"id": "c", "label": None},
    ]


@pytest.mark.browser
def test_work_goes_on_where_it_was_after_the_page_was_closed(browser_page, page_file):
    browser_page.keyboard.press("2")
    again = browser_page.context.new_page()
    again.goto(page_file.as_uri())
    assert shown(again) == "pair 2 of 3, 1 labeled"
    again.keyboard.press("ArrowLeft")
    assert again.get_attribute("button[value=paraphrase]", "aria-pressed") == "true"


@pytest.mark.browser
def test_work_goes_on_from_a_saved_file(browser_page, tmp_path):
    path = tmp_path / "mine.jsonl"
    lines = [{"id": "a", "label": "idea"}, {"id": "b", "label": "none"}, {"id": "x", "label": "x"}]
    path.write_text("\n".join(map(json.dumps, lines)))
    browser_page.set_input_files("#resume", path)
    browser_page.wait_for_function("document.getElementById('saved').textContent.includes('mine')")
    assert shown(browser_page) == "pair 3 of 3, 2 labeled"
    browser_page.click("button[value=verbatim]")
    found = saved(browser_page, tmp_path / "labels.jsonl")
    assert [line["label"] for line in found] == ["idea", "none", "verbatim"]


@pytest.mark.browser
def test_a_file_that_is_none_of_labels_is_refused_and_nothing_is_lost(browser_page, tmp_path):
    browser_page.keyboard.press("1")
    path = tmp_path / "other.txt"
    path.write_text("not JSON")
    browser_page.set_input_files("#resume", path)
    browser_page.wait_for_function(
        "document.getElementById('saved').textContent === 'other.txt is no file of labels'"
    )
    assert shown(browser_page).endswith("1 labeled")


def printed(show, *values):
    out = StringIO()
    show(*values, Console(file=out, width=120))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_after_an_export_the_place_of_the_page_and_the_pairs_by_kind_are_printed(tmp_path):
    found = {"items": 5, "strata": {"none": 3, "verbatim": 2}, "pairs": {"none": 40, "verbatim": 2}}
    lines = printed(print_export, found, tmp_path)
    assert lines[:2] == [
        "pairs to label: 5 (3 of 40 none, 2 of 2 verbatim)",
        f"open in a browser: {tmp_path / 'annotate.html'}",
    ]
    assert "annotate=import" in lines[2]


def labeled(*people):
    pairs = [
        Pair(f"g{i}", "d", kind, str(kind), 1.0)
        for i, kind in enumerate([Kind.VERBATIM] * 20 + [Kind.NONE] * 20)
    ]
    labels = {
        name: {pair.id: Kind.NONE if i < num_errors else pair.kind for i, pair in enumerate(pairs)}
        for name, num_errors in people
    }
    ratios = {
        kind: wilson_ratio(20 * (kind in ("any", "verbatim")), 40)
        for kind in ("any", "verbatim", "paraphrase", "idea")
    }
    return describe_labels(pairs, labels, ratios)


def test_after_an_import_agreement_precision_and_recall_are_printed_as_a_table():
    found = labeled(("A.jsonl", 0), ("B.jsonl", 5))
    lines = printed(print_import, found)
    kappa = found["kappa"][0]
    assert lines[0] == "labels: 40 pairs by A.jsonl, B.jsonl"
    assert lines[1].startswith(f"kappa of A.jsonl and B.jsonl: {kappa['kappa']} [")
    assert "all agree on 35 of 40" in lines[2]
    assert lines[3].split() == ["kind", "precision", "recall", "corrected", "ratio"]
    rows = {line.split()[0]: line for line in lines[4:]}
    assert list(rows) == ["any", "verbatim", "paraphrase", "idea"]
    assert "1000.0 ‰ [" in rows["verbatim"]


def test_of_one_person_there_is_no_agreement_but_a_table():
    lines = printed(print_import, labeled(("A.jsonl", 5)))
    assert not any(line.startswith("kappa") for line in lines)
    assert "750.0 ‰ [" in next(line for line in lines if line.startswith("verbatim"))
