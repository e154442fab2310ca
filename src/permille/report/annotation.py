"""The page on which a person labels pairs: one file, no network, the texts nothing but data."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from permille.report.embedded import own_file
from permille.report.templates import render


def write_annotation_page(path: Path, items: Iterable[Mapping[str, str]], least_run: int) -> None:
    """Write the page of the items, each with `id`, `generation` and `document`.

    Only the page's own script may run, which its policy names by hash; texts stand in a block of
    JSON without a `<`, and are put on the page as text.

    Args:
        path: Of the page.
        items: In the order in which they are labeled.
        least_run: A verbatim run has more characters than this.
    """
    values = {
        "script": own_file("annotation.js"),
        "items": as_data(list(items)),
        "least_run": least_run,
    }
    page = render("annotation.html.j2", values)
    path.write_text(page, encoding="utf-8", errors="replace")


def as_data(values: object) -> str:
    """Return values as JSON in which no HTML parser finds a tag."""
    text = json.dumps(values, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
