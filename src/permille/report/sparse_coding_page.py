"""The comparison over k that the sparse-coding simulation leaves, in the forms of a sweep's."""

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from permille.measure.association import RankCorrelation, rank_correlation
from permille.measure.sparse_coding import Estimate, SparseCodingRow
from permille.measure.sparse_coding_config import SparseCodingConfig
from permille.report.embedded import own_file, policy
from permille.report.inline_svg import inline_svg, svg_file
from permille.report.sparse_coding_chart import draw_sparse_coding
from permille.report.sparse_coding_table import sparse_coding_table
from permille.report.templates import render

SCHEMA_VERSION = 1
FIGURES = ("dispersion", "memorization", "generalization")
CHART_LABEL = "Dispersion, memorization and generalization against k; the table has the figures"
DEPARTURES = (
    "Each feature has a position and a fixed code, so nothing has to be decomposed.",
    "No term of the loss asks for sparse codes or for narrow attention.",
    "The sign stands beside a feature's code, where one layer reads it easily; multiplied into the "
    "code it changes how much few features are memorized.",
    "k sets how hard the target is along with how many features it needs, so figures can rise "
    "together without one causing the other.",
    "k features of two values have 2^k patterns at most, which bounds what reading only those "
    "could memorize.",
)
"""Where the simulation departs from the theory that it is named after."""


def write_sparse_coding(
    folder: Path, rows: Sequence[SparseCodingRow], config: SparseCodingConfig
) -> Path:
    """Write `comparison.json`, `.md`, `.csv`, `.html` and `.svg`; return the first one's path."""
    figure = draw_sparse_coding(rows)
    table, statements = sparse_coding_table(rows), statements_of(rows)
    parts = ["```", *table, "```", "", *(f"- {line}" for line in statements)]
    (folder / "comparison.svg").write_text(svg_file(figure), encoding="utf-8")
    (folder / "comparison.md").write_text("\n".join(parts) + "\n", encoding="utf-8")
    with (folder / "comparison.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(csv_rows(rows))
    styles = [own_file("page.css")]
    values = {
        "title": "permille: sparse coding",
        "policy": policy(styles, []),
        "styles": styles,
        "scripts": [],
        "chart": inline_svg(figure, CHART_LABEL),
        "table": "\n".join(table),
        "statements": statements,
    }
    page = render("sparse_coding.html.j2", values)
    (folder / "comparison.html").write_text(page, encoding="utf-8")
    comparison = {
        "schema_version": SCHEMA_VERSION,
        "simulation": asdict(config),
        "rows": [row.to_dict() for row in rows],
        "correlation": {name: found.to_dict() for name, found in correlations(rows).items()},
        "statements": statements,
        "failed": [],
    }
    target = folder / "comparison.json"
    aside = target.with_suffix(".json.tmp")
    aside.write_text(json.dumps(comparison, indent=1), encoding="utf-8")
    return aside.replace(target)


def correlations(rows: Sequence[SparseCodingRow]) -> dict[str, RankCorrelation]:
    """Return the rank correlations over k: of each figure with k, and of the first two."""
    needed = [row.num_needed for row in rows]
    means = {name: [getattr(row, name).mean for row in rows] for name in FIGURES}
    found = {f"{name}_vs_needed": rank_correlation(means[name], needed) for name in FIGURES}
    both = rank_correlation(means["dispersion"], means["memorization"])
    return {**found, "dispersion_vs_memorization": both}


def statements_of(rows: Sequence[SparseCodingRow]) -> list[str]:
    """Say what the figures show, and where the simulation departs from the theory."""
    said = []
    for name, found in correlations(rows).items():
        title = name.replace("_vs_needed", " against k").replace("_vs_", " against ")
        if found.spearman is None:
            said.append(f"{title}: no correlation ({found.reason}).")
        else:
            said.append(
                f"{title}: Spearman {found.spearman:.2f} over {found.n} values, p = {found.p:.3g}, "
                f"the smallest p possible being {found.smallest_p:.3g}."
            )
    first = rows[0]
    said.append(
        f"At k = {first.num_needed} attention has a dispersion of {first.dispersion.mean:.2f}; "
        f"reading only the needed features, each alike, would give {first.ideal_dispersion:.2f}."
    )
    said.append(_changed(rows))
    return [*said, *(f"Departure: {line}" for line in DEPARTURES)]


def _changed(rows: Sequence[SparseCodingRow]) -> str:
    """Say how wide attention is before training, and by how much training changes it."""
    parts = []
    for row in (rows[0], rows[-1])[: len(rows)]:
        change, ends = row.change.dispersion, row.change.dispersion.ci95
        shown = f" [{ends[0]:.2f}, {ends[1]:.2f}]" if ends else ""
        none = ", no change shown" if ends and ends[0] <= 0 <= ends[1] else ""
        parts.append(
            f"at k = {row.num_needed} from {row.untrained.dispersion.mean:.2f} by "
            f"{change.mean:+.2f}{shown}{none}"
        )
    return f"Training changes the dispersion {', '.join(parts)}."


def csv_rows(rows: Sequence[SparseCodingRow]) -> list[list[object]]:
    """Return a header and a row for each k, with the ends of each interval."""
    header: list[object] = ["num_needed", "ideal_dispersion"]
    for name in _figures_of(rows[0]):
        header += [name, f"{name}_ci95_low", f"{name}_ci95_high"]
    lines = [header]
    for row in rows:
        line: list[object] = [row.num_needed, row.ideal_dispersion]
        for estimate in _figures_of(row).values():
            line += [estimate.mean, *(estimate.ci95 or ("", ""))]
        lines.append(line)
    return lines


def _figures_of(row: SparseCodingRow) -> dict[str, Estimate]:
    """Return a row's estimates by the names of the columns."""
    found = {name: getattr(row, name) for name in (*FIGURES, "memorization_fresh")}
    for stage in ("untrained", "change"):
        found |= {f"{stage}_{name}": getattr(getattr(row, stage), name) for name in FIGURES}
    return found
