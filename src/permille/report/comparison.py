"""One comparison over the runs of a sweep: a row a run, and what goes with memorization.

Written to `comparison.json`, `.md`, `.csv`, `.html` and drawings at the sweep's top, all from the
runs' own `report.json`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from permille.report.across_tasks import across_tasks
from permille.report.attention_table import short_across_sentences
from permille.report.between_runs import counterfactual_sentence, counterfactuals, seed_spread
from permille.report.between_tables import Table, between_tables
from permille.report.claim import objects, part
from permille.report.comparison_charts import comparison_charts
from permille.report.comparison_rows import Row, named_rows, short_names, swept_settings, task_of
from permille.report.comparison_tables import (
    OF_BASE_TEXT,
    PAGE_HEADER,
    WITH_BASE,
    cells_of,
    correlation_text,
    csv_text,
    shown_columns,
    to_markdown,
)
from permille.report.embedded import own_file, policy
from permille.report.inline_svg import inline_svg, svg_file
from permille.report.links import page_link
from permille.report.multitask import multitask_rows
from permille.report.paper import FIGURES_SOURCE, FINDINGS_TEXT, paper_rows, setup_groups
from permille.report.run_files import RunFiles
from permille.report.sweep_claim import claimed_by, corrected_claims, sweep_claim
from permille.report.templates import render
from permille.report.training import audited_cad

SCHEMA_VERSION = 1
FEW_POINTS = 5
"""A correlation over so few tasks is marked as weak."""


@dataclass(frozen=True, slots=True)
class FailedCell:
    """A cell of a sweep that ended with an error."""

    cell: str
    error: str


def comparison_row(
    run: Path, overrides: Sequence[str], paper_differences: Sequence[str] | None = None
) -> dict[str, object]:
    """Return the row of a finished run, read from its report.json.

    Args:
        run: The run's folder.
        overrides: What it was started with.
        paper_differences: In what its set-up is not the paper's; None where that is not known.
    """
    files = RunFiles(run)
    report = files.report()
    heldout = part(report, "controls", "heldout")
    times = part(report, "provenance", "times")
    return {
        "run": str(run.resolve()),
        "task": report.get("task"),
        "audit": report.get("audit"),
        "overrides": list(overrides),
        "generations": part(report, "generations"),
        "ratios": part(report, "ratios"),
        "heldout": {kind: value for kind, value in heldout.items() if kind != "difference"},
        "difference": part(heldout, "difference", "any"),
        "difference_in_differences": part(report, "controls", "difference_in_differences", "any"),
        "claimed": claimed_by(report),
        "cad": audited_cad(report, files.curves()),
        "ngram_share": part(
            report, "controls", "extraction", "given_input", "train", "ngram_share"
        ).get("permille"),
        "token_score": part(report, "attention", "token_score"),
        "utility": part(report, "utility"),
        "duration_s": times.get("duration_s"),
        "stages_s": part(times, "stages_s"),
        "settings": part(report, "settings"),
        "tasks": part(report, "tasks"),
        "task_matrix": part(report, "controls", "task_matrix"),
        "sampled": part(report, "controls", "extraction", "sampled"),
        "paper_differences": None if paper_differences is None else list(paper_differences),
    }


def _marked_if_weak(across: Mapping[str, object]) -> dict[str, object]:
    """Return the correlation of CAD with the ratio, with a warning where points are few."""
    found = part(across, "cad_vs_any")
    weak = "so few points cannot show much: a p below the smallest possible was out of reach"
    num_tasks = len(part(found, "points"))
    warned = found.get("spearman") is not None and num_tasks <= FEW_POINTS
    return {**found, **({"warning": weak} if warned else {})}


def compare(rows: Sequence[Row], failed: Sequence[FailedCell]) -> dict[str, object]:
    """Return the content of comparison.json; p of what runs claim is corrected over all rows."""
    across = across_tasks(rows)
    return {
        "schema_version": SCHEMA_VERSION,
        "rows": corrected_claims(rows),
        "correlation": {"cad_vs_any": _marked_if_weak(across)},
        "attention": {"across_tasks": across},
        "multitask": multitask_rows(rows),
        "paper": paper_rows(rows),
        "seeds": seed_spread(rows),
        "counterfactual": counterfactuals(rows),
        "failed": [asdict(cell) for cell in failed],
    }


def write_comparison(folder: Path, rows: Sequence[Row], failed: Sequence[FailedCell]) -> Path:
    """Write the comparison into `folder` in every form; return the path of comparison.json."""
    comparison = compare(rows, failed)
    rows, charts = objects(comparison["rows"]), comparison_charts(rows)
    tables = between_tables(comparison)
    for chart in charts:
        (folder / f"{chart.name}.svg").write_text(svg_file(chart.figure), encoding="utf-8")
    (folder / "comparison.md").write_text(to_markdown(comparison, rows, tables), encoding="utf-8")
    (folder / "comparison.csv").write_text(csv_text(rows), encoding="utf-8", newline="")
    for table in tables:
        own = folder / f"comparison_{table.name}.csv"
        own.write_text(table.csv(), encoding="utf-8", newline="")
    styles, scripts = [own_file("page.css")], [own_file("comparison.js")]
    values = {
        "title": "permille: comparison",
        "policy": policy(styles, scripts),
        "styles": styles,
        "scripts": scripts,
        "charts": [(inline_svg(chart.figure, chart.title), chart) for chart in charts],
        **_of_runs(folder, rows),
        **_between_runs(comparison, tables),
    }
    page = render("comparison.html.j2", values)
    (folder / "comparison.html").write_text(page, encoding="utf-8", errors="replace")
    return _write_json(folder / "comparison.json", comparison)


def _of_runs(folder: Path, rows: Sequence[Row]) -> dict[str, object]:
    """Return what the page says of each run."""
    named, short, swept = named_rows(rows), short_names(rows), swept_settings(rows)
    columns = shown_columns(rows, PAGE_HEADER)
    cells = {name: cells_of(name, row, swept) for name, row in named.items()}
    has_attention = any(row.get("cad") is not None or part(row, "token_score") for row in rows)
    return {
        "claim": sweep_claim({short[name]: part(row, "claimed") for name, row in named.items()}),
        "header": columns,
        "of_base": OF_BASE_TEXT if WITH_BASE in columns else "",
        "rows": [
            (
                page_link(Path(str(row["run"])) / "report.html", folder),
                [cells[name][column] for column in columns],
            )
            for name, row in named.items()
        ],
        "short": short,
        "tasks": sorted(set(map(task_of, rows))),
        "has_attention": has_attention,
    }


def _between_runs(comparison: Mapping[str, object], tables: Sequence[Table]) -> dict[str, object]:
    """Return what the page says of runs together."""
    papers = objects(comparison["paper"])
    by_name = {table.name: table for table in tables}
    return {
        "failed": comparison["failed"],
        "correlation": correlation_text(part(comparison, "correlation", "cad_vs_any")),
        "attention": short_across_sentences(part(comparison, "attention", "across_tasks")),
        "multitask": comparison["multitask"],
        "paper": papers,
        "paper_finds": f"{FINDINGS_TEXT}. {FIGURES_SOURCE}",
        "setups": setup_groups(papers),
        "seeds": comparison["seeds"],
        "counterfactual": [
            (counterfactual_sentence(group), group)
            for group in objects(comparison["counterfactual"])
        ],
        "matrix": by_name.get("task_matrix"),
        "sampled": by_name.get("sampled"),
    }


def _write_json(target: Path, values: Mapping[str, object]) -> Path:
    """Write beside the place first, so that no half file stands there."""
    aside = target.with_suffix(".json.tmp")
    aside.write_text(json.dumps(values, indent=1, ensure_ascii=False), encoding="utf-8")
    return aside.replace(target)
