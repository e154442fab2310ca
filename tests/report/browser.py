"""A real Chromium, without a network, that notes whatever a page complains of or asks for."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass
class Opened:
    """A page, what it said on the console, and the addresses it asked for."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def started() -> Iterator[Any]:
    """Start the browser; skip the test where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def open_page(browser: Any, path: Path, fragment: str = "", **context: Any) -> Opened:
    """Open a file and wait until its programs are done."""
    opened = Opened(browser.new_context(**context).new_page())
    opened.page.on(
        "console",
        lambda said: said.type in ("error", "warning") and opened.complaints.append(said.text),
    )
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.page.on("request", lambda request: opened.requests.append(request.url))
    opened.page.goto(f"file://{path}{fragment}")
    wait_until(opened.page, "document.documentElement.dataset.ready")
    return opened


def wait_until(page: Any, expression: str, timeout_s: float = 20.0) -> None:
    """Ask a page until an expression holds: its policy forbids the polling of playwright's own."""
    end_s = time.monotonic() + timeout_s
    while not page.evaluate(expression):
        assert time.monotonic() < end_s, f"not within {timeout_s} s: {expression}"
        page.wait_for_timeout(20)


def count(opened: Opened) -> str:
    """Return what the page says of how many cases are left."""
    return str(opened.page.locator("#case-count").inner_text())


def choose(opened: Opened, name: str, value: str) -> None:
    """Choose a value of a filter of the cases."""
    opened.page.locator(f"#case-filters [name={name}]").select_option(value)


def serious_faults(browser: Any, path: Path, axe: str, scheme: str) -> list[tuple[str, str]]:
    """Return what axe-core finds serious in a file: each rule and an element that breaks it."""
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(f"file://{path}")
    wait_until(page, "document.documentElement.dataset.ready")
    page.evaluate(axe)
    found = page.evaluate("axe.run()")
    context.close()
    return [
        (one["id"], one["nodes"][0]["html"][:200])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
