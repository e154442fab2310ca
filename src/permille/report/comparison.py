"""One comparison over the runs of a sweep: a row a run, and what goes with memorization.

Written to `comparison.json`, `.md`, `.csv`, `.html` and `.svg` at the sweep's top, all from the
runs' own `report.json`.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from permille.measure.association import rank_correlation
from permille.report.charts import interval_chart, scatter_chart, to_svg
from permille.report.claim import interval_text, part
from permille.report.templates import render

SCHEMA_VERSION = 1
POOLED_TASK = "multitask"
"""Left out of the correlation: its ratio is made of the other tasks' texts."""

FEW_POINTS = 5
"""A correlation over so few tasks is marked as weak."""

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class FailedCell:
    """A cell of a sweep that ended with an error."""

    cell: str
    error: str


def comparison_row(run: Path, overrides: Sequence[str]) -> dict[str, object]:
    """Return the row of a finished run, read from its report.json."""
    report = json.loads((run / "report.json").read_text(encoding="utf-8"))
    heldout = part(report, "controls", "heldout")
    curve = part(report, "attention", "cad").get("train")
    known = [value for value in curve if value is not None] if isinstance(curve, list) else []
    return {
        "run": str(run.resolve()),
        "task": report.get("task"),
        "overrides": list(overrides),
        "generations": part(report, "generations"),
        "ratios": part(report, "ratios"),
        "heldout": {kind: value for kind, value in heldout.items() if kind != "difference"},
        "difference": part(heldout, "difference", "any"),
        "cad": known[-1] if known else None,
        "utility": part(report, "utility"),
        "duration_s": part(report, "provenance").get("duration_s"),
        "tasks": part(report, "tasks"),
    }


def correlation(rows: Sequence[Row]) -> dict[str, object]:
    """Return the rank correlation of CAD with the ratio of any kind over tasks.

    The pooled run is left out. Runs without a ratio or a CAD cannot take part.
    """
    points = list(correlated_points(rows).values())
    found = rank_correlation([cad for cad, _ in points], [permille for _, permille in points])
    weak = "so few points cannot show much: no p below smallest_p was possible"
    warned = found.spearman is not None and found.n <= FEW_POINTS
    return found.to_dict() | ({"warning": weak} if warned else {})


def correlated_points(rows: Sequence[Row]) -> dict[str, tuple[float, float]]:
    """Return (CAD, ratio of any kind in per mille) of each run that has both, by its name."""
    points = {}
    for name, row in named_rows(rows).items():
        cad, permille = row["cad"], part(row, "ratios", "any").get("permille")
        numbers = isinstance(cad, int | float) and isinstance(permille, int | float)
        if numbers and row["task"] != POOLED_TASK:
            points[name] = (float(str(cad)), float(str(permille)))
    return points


def named_rows(rows: Sequence[Row]) -> dict[str, Row]:
    """Return the rows by task, or by their run's folder where a task comes more than once."""
    tasks = [row["task"] for row in rows]
    return {
        str(row["task"]) if tasks.count(row["task"]) == 1 else Path(str(row["run"])).name: row
        for row in rows
    }


def compare(rows: Sequence[Row], failed: Sequence[FailedCell]) -> dict[str, object]:
    """Return the content of comparison.json."""
    return {
        "schema_version": SCHEMA_VERSION,
        "rows": list(rows),
        "correlation": {"cad_vs_any": correlation(rows)},
        "failed": [asdict(cell) for cell in failed],
    }


COLUMNS = ("run", "any", "verbatim", "paraphrase", "idea", "held-out any", "difference")


def cells_of(name: str, row: Row) -> list[str]:
    """Return the texts of a row for tables that people read."""
    ratios = [part(row, "ratios", kind) for kind in COLUMNS[1:5]]
    heldout = part(row, "heldout", "any")
    measurable, total = (part(row, "generations").get(k) for k in ("measurable", "total"))
    cad = row["cad"]
    return [
        name,
        *(interval_text(ratio) for ratio in (*ratios, heldout, part(row, "difference"))),
        f"{measurable} of {total}",
        f"{cad:.3f}" if isinstance(cad, float) else "",
        ", ".join(f"{key} {value}" for key, value in part(row, "utility").items()),
    ]


HEADER = [*COLUMNS, "measurable", "CAD", "utility"]


def to_markdown(comparison: Mapping[str, object], rows: Sequence[Row]) -> str:
    """Return the comparison as a Markdown page."""
    found = part(comparison, "correlation", "cad_vs_any")
    table = [HEADER, ["---"] * len(HEADER)]
    table += [cells_of(name, row) for name, row in named_rows(rows).items()]
    lines = ["| " + " | ".join(cells) + " |" for cells in table]
    lines += ["", "Per mille with 95 % intervals; the difference is training minus held-out."]
    lines += ["", correlation_text(found)]
    failed = comparison["failed"]
    if isinstance(failed, list) and failed:
        lines += ["", "Failed:", *(f"- {cell['cell']}: {cell['error']}" for cell in failed)]
    return "\n".join(lines) + "\n"


def correlation_text(found: Mapping[str, object]) -> str:
    """Say the correlation of CAD and ratio in a sentence, its weakness included."""
    if found.get("spearman") is None:
        return f"CAD against the ratio: no correlation ({found.get('reason')})."
    weak = f" Weak: {found['warning']}." if "warning" in found else ""
    ci95 = found.get("ci95")
    ends = f" [{ci95[0]:.2f}, {ci95[1]:.2f}]" if isinstance(ci95, list) else ""
    return (
        f"CAD against the ratio over {found['n']} tasks: Spearman {found['spearman']:.2f}{ends}, "
        f"p = {found['p']:.3g}, the smallest p possible being {found['smallest_p']:.3g}.{weak}"
    )


def write_comparison(folder: Path, rows: Sequence[Row], failed: Sequence[FailedCell]) -> Path:
    """Write the comparison into `folder` in every form; return the path of comparison.json."""
    comparison = compare(rows, failed)
    names = named_rows(rows)
    ratios = {name: part(row, "ratios", "any") for name, row in names.items()}
    ratio_svg = to_svg(interval_chart(ratios, "any kind, per mille, 95 % interval"))
    points = correlated_points(rows)
    cad_svg = to_svg(scatter_chart(points, "CAD, last epoch", "any kind, per mille"))
    (folder / "comparison.svg").write_text(ratio_svg, encoding="utf-8")
    (folder / "comparison_cad.svg").write_text(cad_svg, encoding="utf-8")
    (folder / "comparison.md").write_text(to_markdown(comparison, rows), encoding="utf-8")
    with (folder / "comparison.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADER, *(cells_of(*item) for item in names.items())])
    values = {
        "header": HEADER,
        "rows": [cells_of(*item) for item in names.items()],
        "failed": [asdict(cell) for cell in failed],
        "correlation": correlation_text(part(comparison, "correlation", "cad_vs_any")),
        "charts": [ratio_svg, cad_svg],
    }
    page = render("comparison.html.j2", values)
    (folder / "comparison.html").write_text(page, encoding="utf-8")
    target = folder / "comparison.json"
    aside = target.with_suffix(".json.tmp")
    aside.write_text(json.dumps(comparison, indent=1, ensure_ascii=False), encoding="utf-8")
    return aside.replace(target)
