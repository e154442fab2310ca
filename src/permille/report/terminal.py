"""The one screen at the end of a run."""

from rich.console import Console
from rich.table import Table

from permille.core.records import KINDS_BY_STRENGTH
from permille.report.claim import Report, claim, interval_text, part
from permille.report.controls import control_rows


def ratio_table(report: Report) -> Table:
    """Return the ratios by kind: training prompts, held-out prompts, the base model."""
    columns = {"training prompts": part(report, "ratios")}
    for name, title in (("heldout", "held-out prompts"), ("base_model", "base model")):
        ratios = part(report, "controls", name)
        if "any" in ratios:
            columns[title] = ratios
    table = Table(title=f"memorization, per mille with 95 % intervals: {report.get('task')}")
    table.add_column("kind")
    for title in columns:
        table.add_column(title, justify="right")
    for kind in ("any", *KINDS_BY_STRENGTH):
        cells = [ratio_cell(part(ratios, kind)) for ratios in columns.values()]
        table.add_row(str(kind), *cells)
    return table


def control_table(report: Report) -> Table | None:
    """Return a line for each control; one that is missing says why, once. None without controls."""
    rows = control_rows(report)
    if not rows:
        return None
    table = Table(title="controls, of any kind, with 95 % intervals", show_lines=False)
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


def print_report(report: Report, console: Console) -> None:
    """Print the tables, how much was measurable, the utility and the sentence of the run."""
    console.print(ratio_table(report))
    controls = control_table(report)
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
        scores = ", ".join(f"{name} {value}" for name, value in utility.items())
        console.print(f"utility: {scores}", highlight=False)
    console.print(claim(report), style="bold", highlight=False)
