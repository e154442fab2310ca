"""The comparison as tables: for the page, as Markdown, as CSV."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from permille.core.records import KINDS_BY_STRENGTH
from permille.report.between_tables import Table
from permille.report.claim import (
    contrast_text,
    interval_text,
    objects,
    part,
    short_contrast,
)
from permille.report.comparison_rows import (
    Row,
    named_rows,
    overrides_of,
    swept_settings,
    swept_text,
    task_of,
)
from permille.report.paper import FIGURES_SOURCE, FINDINGS_TEXT, setup_groups

OF_BASE = "difference_in_differences"
KINDS = ("any", *map(str, KINDS_BY_STRENGTH))
WITH_BASE = "difference in differences"
OF_BASE_TEXT = (
    f"; of a run with a base model the {WITH_BASE} has the same of the base model taken off, and "
    "is what is claimed"
)
COMPARED = ("run", "task", "settings", "any", "held-out any", "difference", WITH_BASE)
HEADER = (
    *("run", "task", "settings", *KINDS, "held-out any", "difference", WITH_BASE),
    *("measurable", "CAD", "utility", "minutes"),
)
PAGE_HEADER = (*COMPARED, *(name for name in HEADER if name not in COMPARED))
"""In a window that does not show all columns, the ratio beside what it is compared to."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows, and the number by which it is sorted."""

    text: str
    number: float | None = None


def shown_columns(rows: Sequence[Row], header: Sequence[str] = HEADER) -> list[str]:
    """Return the columns of a header, that of the base model only where a run has one."""
    has_base = any(part(row, OF_BASE).get("permille") is not None for row in rows)
    return [name for name in header if has_base or name != WITH_BASE]


def cells_of(name: str, row: Row, swept: Sequence[str]) -> dict[str, Cell]:
    """Return the cells of a row by the columns of `HEADER`, in its order.

    Args:
        name: The row's name.
        row: The row.
        swept: The settings that are named.
    """
    generations = part(row, "generations")
    ratios = [*(part(row, "ratios", kind) for kind in KINDS), part(row, "heldout", "any")]
    contrasts = [part(row, "difference"), part(row, OF_BASE)]
    duration_s = _number(row.get("duration_s"))
    cad = _number(row.get("cad"))
    scores = part(row, "utility")
    cells = [
        Cell(name),
        Cell(task_of(row)),
        Cell(swept_text(row, swept)),
        *(Cell(interval_text(one), _number(one.get("permille"))) for one in ratios),
        *(Cell(short_contrast(one), _number(one.get("permille"))) for one in contrasts),
        Cell(
            f"{generations.get('measurable')} of {generations.get('total')}",
            _number(generations.get("measurable")),
        ),
        Cell("" if cad is None else f"{cad:.3f}", cad),
        Cell(", ".join(_score(*item) for item in scores.items()), _first_number(scores)),
        Cell("" if duration_s is None else f"{duration_s / 60:.1f}", duration_s),
    ]
    return dict(zip(HEADER, cells, strict=True))


def to_markdown(
    comparison: Mapping[str, object], rows: Sequence[Row], tables: Sequence[Table] = ()
) -> str:
    """Return the comparison as a Markdown page.

    Args:
        comparison: The content of comparison.json.
        rows: Its rows.
        tables: What `between_tables` makes of it.
    """
    swept, columns = swept_settings(rows), shown_columns(rows)
    table = [columns, ["---"] * len(columns)]
    for name, row in named_rows(rows).items():
        cells = cells_of(name, row, swept)
        table.append([cells[column].text.replace("|", "\\|") for column in columns])
    lines = ["| " + " | ".join(cells) + " |" for cells in table]
    of_base = OF_BASE_TEXT if WITH_BASE in columns else ""
    said = f"Per mille with 95 % intervals; the difference is training minus held-out{of_base}."
    lines += ["", said]
    lines += ["", correlation_text(part(comparison, "correlation", "cad_vs_any"))]
    for found in objects(comparison.get("multitask")):
        difference = contrast_text(part(found, "difference"))
        which = f"{found['task']}, in {found['mixture']} minus alone"
        lines += ["", f"{which}, over all prompts: {difference}."]
    for own in tables:
        lines += ["", *own.markdown()]
    papers = objects(comparison.get("paper"))
    lines += ["", f"{FINDINGS_TEXT}. {FIGURES_SOURCE}.", ""] if papers else []
    lines += [
        f"- {found['run']}: in the paper {found['paper_text']}; here {found['ours']}."
        for found in papers
    ]
    for runs, setup in setup_groups(papers):
        lines += ["", f"Set-up of {runs}: {setup}"]
    failed = [f"- {cell['cell']}: {cell['error']}" for cell in objects(comparison.get("failed"))]
    return "\n".join(lines + (["", "Failed:", *failed] if failed else [])) + "\n"


def csv_text(rows: Sequence[Row]) -> str:
    """Return the comparison as CSV, a figure a column."""
    out = StringIO()
    lines = [_csv_values(name, row) for name, row in named_rows(rows).items()]
    columns = list(dict.fromkeys(column for line in lines for column in line)) or ["run"]
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


def _csv_values(name: str, row: Row) -> dict[str, object]:
    values: dict[str, object] = {
        "run": name,
        "task": row["task"],
        "overrides": " ".join(f"{key}={value}" for key, value in overrides_of(row).items()),
    }
    figures = {kind: part(row, "ratios", kind) for kind in KINDS}
    contrasts = {"difference": part(row, "difference")}
    if part(row, OF_BASE):
        contrasts[OF_BASE] = part(row, OF_BASE)
    figures |= {"heldout_any": part(row, "heldout", "any"), **contrasts}
    for label, ratio in figures.items():
        ends = ratio.get("ci95")
        low, high = ends if isinstance(ends, list | tuple) else (None, None)
        values |= {
            f"{label}_permille": ratio.get("permille"),
            f"{label}_ci95_low": low,
            f"{label}_ci95_high": high,
        }
        others = ("p",) if label in contrasts else ("count", "of")
        values |= {f"{label}_{name}": ratio.get(name) for name in others}
    values |= {f"claimed_{key}": part(row, "claimed").get(key) for key in ("against", "p_holm")}
    scores = {f"utility_{key}": score for key, score in part(row, "utility").items()}
    return {**values, "cad": row.get("cad"), **scores, "duration_s": row.get("duration_s")}


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


def _score(name: str, value: object) -> str:
    return f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}"


def _first_number(values: Mapping[str, object]) -> float | None:
    return next((float(v) for v in values.values() if isinstance(v, int | float)), None)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
