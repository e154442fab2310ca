"""Labeling by people: the page, a file without network and of data alone, and what is printed."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from permille.core.records import KINDS_BY_STRENGTH
from permille.report.claim import Report, interval_text, objects, part
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


def print_export(found: Report, folder: Path, console: Console) -> None:
    """Print where the page is, and how many pairs of each kind are to be labeled of how many.

    Args:
        found: What report.json has under `annotation`.
        folder: Where the page and the files of pairs are.
        console: Where it is printed.
    """
    drawn, there = part(found, "strata"), part(found, "pairs")
    counts = ", ".join(f"{number} of {there.get(name)} {name}" for name, number in drawn.items())
    for line in (
        f"pairs to label: {found.get('items')} ({counts})",
        f"open in a browser: {folder / 'annotate.html'}",
        "then: evaluate.py run=RUN annotate=import 'labels=[A.jsonl,B.jsonl]'",
    ):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def print_import(found: Report, console: Console) -> None:
    """Print how far people agree, and the program's precision and recall by kind.

    Args:
        found: What report.json has under `annotation`.
        console: Where it is printed.
    """
    people = list(part(found, "people"))
    lines = [f"labels: {found.get('items')} pairs by {', '.join(people)}"]
    lines += [
        f"kappa of {' and '.join(map(str, _between(one)))}: {_kappa_text(one)}"
        for one in objects(found.get("kappa"))
    ]
    is_of_several = len(people) > 1
    if is_of_several:
        lines.append(
            f"all agree on {found.get('agreed_by_all')} of {found.get('labeled_by_all')} pairs, "
            "which the figures below are of; each person's own are in report.json"
        )
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    side = part(found, "agreed") if is_of_several else part(found, "people", *people)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for name in ("kind", "precision", "recall", "corrected ratio"):
        table.add_column(name)
    for kind in ("any", *KINDS_BY_STRENGTH):
        figures = (part(side, str(kind), name) for name in ("precision", "recall", "corrected"))
        table.add_row(str(kind), *map(interval_text, figures))
    console.print(table)


def _between(kappa: Report) -> list[object]:
    """Return the two people of an agreement."""
    between = kappa.get("between")
    return between if isinstance(between, list) else []


def _kappa_text(kappa: Report) -> str:
    """Write an agreement with its interval, or why there is none."""
    ends = kappa.get("ci95")
    if not isinstance(ends, list | tuple):
        return str(kappa.get("reason"))
    return f"{kappa['kappa']} [{ends[0]}, {ends[1]}] of {kappa['n']} pairs"
