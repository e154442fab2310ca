"""The one screen at the end of a run: 24 lines of 80 columns, with the JSON line behind it."""

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import IO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from permille.core.records import KINDS_BY_STRENGTH
from permille.report.attention_findings import attention_sentence
from permille.report.claim import Report, claim, interval_text, of_prompts, part
from permille.report.controls import ControlRow, control_rows
from permille.report.personal import personal_data_sentence
from permille.report.run_files import RunFiles

PLAIN_WIDTH = 160
"""Columns of a line where there is no terminal to ask."""
FILES = ("report.html", "report.json", "cases.jsonl")
ARMS = (("heldout", "held-out prompts"), ("base_model", "base model"))
CONTROLS_A_LINE = 2
CONTROL_LINES = 10
SENTENCE_LINES = 2
"""Of attention, personal data and refused pairs; a line of controls gives way to each."""
SPARED = (
    "training minus held-out, no prompt copies",
    "training minus held-out, no boilerplate",
    "training minus held-out, no degenerate ones",
    "training beside held-out",
    "training beside base model",
    "held-out, standardized",
    "base model, standardized",
    "first 64 tokens only",
    "thresholds a fifth lower and higher",
    "per 1,000 tokens",
    "without boilerplate",
    "unconfirmed paraphrases",
    "verbatim retrieved",
    "standardized to one length",
    "without degenerate generations",
    "without what stood in the prompt",
    "paraphrases retrieved",
)
"""Controls that stand on the page alone where the screen has no room, in this order."""
SHORT_NAMES = {
    "training minus held-out": "train less held-out",
    "training minus held-out, no prompt copies": "diff., no copies",
    "training minus held-out, no boilerplate": "diff., no stock text",
    "training minus held-out, no degenerate ones": "diff., no loops",
    "tuned minus base model": "tuned less base",
    "difference in differences": "diff. in differences",
    "held-out index (null)": "held-out index, null",
    "unconfirmed paraphrases": "not confirmed",
    "copied from the prompt": "copied from prompt",
    "without what stood in the prompt": "no prompt copies",
    "without boilerplate": "no boilerplate",
    "without degenerate generations": "no degenerate ones",
    "standardized to one length": "at one length",
    "first 64 tokens only": "first 64 tokens",
    "planted copies found": "planted, found",
    "corrected for the detector": "detector corrected",
    "paraphrases retrieved": "paraphrase recall",
    "verbatim retrieved": "verbatim recall",
    "thresholds a fifth lower and higher": "thresholds by 1/5",
    "smallest p-value after Holm": "smallest Holm p",
}
"""Of the controls whose names are too long for two of them to stand in a line."""


def screen(out: IO[str]) -> Console:
    """Return where the screen is printed; rich itself heeds NO_COLOR and asks for the width.

    Where there is no terminal, lines are plain and are not wrapped to one's width.
    """
    console = Console(file=out)
    return console if console.is_terminal else Console(file=out, width=PLAIN_WIDTH)


def ratio_table(report: Report) -> Table:
    """Return the ratios by kind: training prompts, held-out prompts, the base model.

    Of three arms the counts are left out, since they would not stand in 80 columns.
    """
    arms = {"training prompts": part(report, "ratios")}
    for name, title in ARMS:
        ratios = part(report, "controls", name)
        if "any" in ratios:
            arms[title] = ratios
    write = ratio_cell if len(arms) <= CONTROLS_A_LINE else interval_text
    table = _table()
    table.add_column("kind")
    for title in arms:
        table.add_column(title, justify="right")
    for kind in ("any", *KINDS_BY_STRENGTH):
        table.add_row(
            str(kind), *(write(part(ratios, kind)).replace(" ‰", "") for ratios in arms.values())
        )
    return table


def shown_controls(rows: list[ControlRow], num_lines: int) -> tuple[list[ControlRow], int]:
    """Return the controls that were computed and have room, and how many are left to the page.

    An arm that has a column in the table of ratios has no place here.
    """
    shown_above = dict(ARMS).values()
    computed = [row for row in rows if not row.is_missing and row.name not in shown_above]
    num_over = max(0, len(computed) - num_lines * CONTROLS_A_LINE)
    there = {row.name for row in computed}
    left_out = [name for name in SPARED if name in there][:num_over]
    return [row for row in computed if row.name not in left_out], len(left_out)


def control_table(shown: list[ControlRow]) -> Table:
    """Return the controls that `shown_controls` chose, two in a line."""
    table = _table()
    table.show_header = False
    for _ in range(CONTROLS_A_LINE):
        table.add_column()
        table.add_column(justify="right")
    cells = [
        (
            SHORT_NAMES.get(row.name, row.name.replace("texts that stand", "standing")),
            short_figure(row),
        )
        for row in shown
    ]
    half = -(-len(cells) // CONTROLS_A_LINE)
    for number in range(half):
        table.add_row(*(text for cell in cells[number::half] for text in cell))
    return table


def short_figure(row: ControlRow) -> str:
    """Write a control's figure without unit or addition, and no decimals from 100 on.

    >>> row = ControlRow("own_other", "own example", "", "822.1 ‰ [774.7, 861.4]", "245 of 298")
    >>> short_figure(row)
    '822 [775, 861]'
    """
    bare = row.figure.replace(" ‰", "").partition(" (")[0]
    return re.sub(r"\d{3,}\.\d", lambda number: f"{float(number[0]):.0f}", bare)


def control_title(rows: list[ControlRow], num_left_out: int) -> str:
    """Name the controls that are missing above the others; why stands in the page."""
    missing = dict.fromkeys(row.key for row in rows if row.is_missing)
    others = f", +{num_left_out} on page" if num_left_out else ""
    return f"controls, any kind{others}; missing: {', '.join(missing) or 'none'}"


def ratio_cell(ratio: Report) -> str:
    """Write a ratio with its count and n: ``66.7 ‰ [38.5, 112.9] 12/180``."""
    if ratio.get("permille") is None:
        return interval_text(ratio)
    return f"{interval_text(ratio)} {ratio['count']}/{ratio['of']}"


def print_report(report: Report, console: Console, folder: Path | None = None) -> None:
    """Print the tables, what was measurable, personal data, attention, the claim, a run's paths.

    Pairs of texts that were refused have a line where there are any.

    Args:
        report: The content of report.json.
        console: Where it is printed.
        folder: The run's folder; None names no path.
    """
    task = report.get("task") or "texts"
    _line(console, f"memorization, per mille with 95 % intervals: {task}", "bold")
    console.print(ratio_table(report))
    attention = attention_sentence(report, {} if folder is None else RunFiles(folder).curves())
    sentences = [
        line
        for sentence in (_refused_sentence(report), personal_data_sentence(report), attention)
        for line in wrap(sentence, console.width, max_lines=SENTENCE_LINES, placeholder=" ...")
    ]
    rows = control_rows(report)
    if rows:
        shown, num_left_out = shown_controls(rows, CONTROL_LINES - len(sentences))
        _line(console, control_title(rows, num_left_out), "bold")
        console.print(control_table(shown))
    _line(console, "; ".join(_told(report)))
    for line in sentences:
        _line(console, line)
    _line(console, claim(report), "bold")
    if folder is not None:
        there = [name for name in FILES if (folder / name).is_file()]
        console.print(
            f"in {folder}: {', '.join(there)}", highlight=False, soft_wrap=True, markup=False
        )


def _told(report: Report) -> Iterator[str]:
    """Yield how much was measurable, and the scores of the task."""
    counts = part(report, "generations")
    all_of_them = f"{counts.get('total')} generations{of_prompts(report, measurable=False)}"
    yield (
        f"{counts.get('measurable')} of {all_of_them} are measurable, "
        f"{counts.get('degenerate')} degenerate"
    )
    for name, score in part(report, "utility").items():
        yield f"{name} {score:.4g}" if isinstance(score, float) else f"{name} {score}"


def _refused_sentence(report: Report) -> str:
    """Say how many pairs of texts were not aligned, empty where all were."""
    counts = part(report, "generations")
    if not (refused := counts.get("refused_pairs")):
        return ""
    unknown = counts.get("with_refused_pairs")
    return f"pairs too repetitive to align: {refused}; generations unknown for it: {unknown}"


def _table() -> Table:
    """Return a table of nothing but text."""
    return Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)


def _line(console: Console, text: str, style: str = "") -> None:
    """Print a line in which no character is a mark-up."""
    console.print(Text(text, style), highlight=False)
