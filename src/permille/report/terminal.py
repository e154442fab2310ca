"""The one screen at the end of a run."""

from pathlib import Path
from typing import IO

from rich import box
from rich.console import Console
from rich.table import Table

from permille.core.records import KINDS_BY_STRENGTH
from permille.report.claim import Report, claim, interval_text, part
from permille.report.controls import control_rows

PLAIN_WIDTH = 160
"""Columns of a line where there is no terminal to ask."""
FILES = {"report": "report.html", "figures": "report.json", "cases": "cases.jsonl"}
ARMS = (("heldout", "held-out prompts"), ("base_model", "base model"))


def screen(out: IO[str]) -> Console:
    """Return where the screen is printed; rich itself heeds NO_COLOR and asks for the width.

    Where there is no terminal, lines are plain and are not wrapped to one's width.
    """
    console = Console(file=out)
    return console if console.is_terminal else Console(file=out, width=PLAIN_WIDTH)


def ratio_table(report: Report, *, is_plain: bool) -> Table:
    """Return the ratios by kind: training prompts, held-out prompts, the base model.

    Args:
        report: The content of report.json.
        is_plain: Whether it is made of blanks alone, without lines.
    """
    columns = {"training prompts": part(report, "ratios")}
    for name, title in ARMS:
        ratios = part(report, "controls", name)
        if "any" in ratios:
            columns[title] = ratios
    table = Table(
        title=f"memorization, per mille with 95 % intervals: {report.get('task') or 'texts'}",
        title_justify="left",
        box=None if is_plain else box.SIMPLE_HEAD,
    )
    table.add_column("kind")
    for title in columns:
        table.add_column(title, justify="right")
    for kind in ("any", *KINDS_BY_STRENGTH):
        cells = [ratio_cell(part(ratios, kind)) for ratios in columns.values()]
        table.add_row(str(kind), *cells)
    return table


def control_table(report: Report, *, is_plain: bool) -> Table | None:
    """Return a line for each control; one that is missing says why, once. None without controls."""
    rows = control_rows(report)
    if not rows:
        return None
    table = Table(
        title="controls, of any kind, with 95 % intervals",
        title_justify="left",
        box=None if is_plain else box.SIMPLE_HEAD,
    )
    for column in ("control", "figure", "of"):
        table.add_column(column)
    told: set[str] = set()
    for row in rows:
        if not row.is_missing:
            table.add_row(row.name, row.figure, row.count)
        elif row.key not in told:
            told.add(row.key)
            table.add_row(row.key, row.figure, row.count)
    return table


def ratio_cell(ratio: Report) -> str:
    """Write a ratio with its count and n: ``66.7 ‰ [38.5, 112.9] 12/180``."""
    if ratio.get("permille") is None:
        return interval_text(ratio)
    return f"{interval_text(ratio)} {ratio['count']}/{ratio['of']}"


def print_report(report: Report, console: Console, folder: Path | None = None) -> None:
    """Print the tables, how much was measurable, the utility, the sentence and the paths of a run.

    Args:
        report: The content of report.json.
        console: Where it is printed.
        folder: The run's folder; None names no path.
    """
    is_plain = not console.is_terminal
    console.print(ratio_table(report, is_plain=is_plain))
    controls = control_table(report, is_plain=is_plain)
    if controls is not None:
        console.print(controls)
    counts = part(report, "generations")
    console.print(
        f"{counts.get('measurable')} of {counts.get('total')} generations are measurable, "
        f"{counts.get('degenerate')} degenerate, {counts.get('whole_input')} had their whole input"
        " as prompt",
        highlight=False,
    )
    utility = part(report, "utility")
    if utility:
        scores = (
            f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in utility.items()
        )
        console.print(f"utility: {', '.join(scores)}", highlight=False)
    console.print(claim(report), style="bold", highlight=False)
    for name, file in FILES.items():
        if folder is not None and (folder / file).is_file():
            console.print(f"{name}: {folder / file}", highlight=False, soft_wrap=True, markup=False)
