"""report.html: one file, no network, drawn from the run's files and nothing else."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from permille.core.records import KINDS_BY_STRENGTH
from permille.report.answers import how_sure, what_leaked, what_next
from permille.report.attention_data import attention_data
from permille.report.attention_findings import attention_findings
from permille.report.attention_svg import against_ratio_svg, dispersion_svg
from permille.report.case_rows import CaseRow, case_rows
from permille.report.case_texts import CHUNK_CASES, CaseTexts, pack_texts
from permille.report.charts import headline_chart, training_chart
from permille.report.claim import Report, claim, part, short_contrast
from permille.report.config import ReportConfig, Texts
from permille.report.embedded import own_file, packed, policy
from permille.report.inline_svg import inline_svg
from permille.report.links import page_link
from permille.report.look_rows import page_rows
from permille.report.masking import masked, without_values
from permille.report.run_files import RunFiles
from permille.report.templates import render
from permille.report.terminal import ratio_cell
from permille.report.training import (
    RATIO_PANEL,
    audited_curves,
    kept_epoch,
    training_panels,
    training_table,
)

STYLES = ("page.css",)
SCRIPTS = ("page.js", "case_text.js", "aligned.js", "cases.js")
AUDIT_PAGE = Path(__file__).parents[3] / "docs" / "audit.md"
"""Is not installed with the package."""
COPIED_WORDS = 8
"""Default of `audit.copied_words`; report.json has the value where it differs."""


def write_report(folder: Path, config: ReportConfig, target: Path | None = None) -> Path:
    """Write a run's page and return its path.

    Args:
        folder: The run's folder.
        config: How much training text is shown.
        target: The page's place; None writes report.html into the folder.

    Raises:
        DataError: If the folder holds no finished run, or a file in it cannot be read.
    """
    target = target or folder / "report.html"
    values = page_values(RunFiles(folder), config.texts, is_sent_away=target.parent != folder)
    aside = target.with_suffix(".html.tmp")
    aside.write_text(render("report.html.j2", values), encoding="utf-8", errors="replace")
    return aside.replace(target)


def page_values(files: RunFiles, texts: Texts, *, is_sent_away: bool) -> dict[str, object]:
    """Return all that the template shows.

    Args:
        files: The run.
        texts: How much training text is shown.
        is_sent_away: Whether the page leaves the run's folder, and with it the documentation.
    """
    report = files.report() if texts is Texts.full else without_values(files.report())
    rows = case_rows(files, _copied_words(report), masked if texts is Texts.masked else str)
    packed_texts = CaseTexts([], 0, 0) if texts is Texts.none else pack_texts(rows)
    attention = attention_data(files.folder / "attention", with_tokens=texts is Texts.full)
    scripts = [own_file(name) for name in SCRIPTS]
    if attention:
        scripts.append(own_file("attention.js"))
    styles = [own_file(name) for name in STYLES]
    return {
        "title": f"permille: {report.get('task') or 'texts of foreign origin'}",
        "policy": policy(styles, scripts),
        "styles": styles,
        "scripts": scripts,
        **headline_values(report, rows),
        "audit_page": None if is_sent_away else page_link(AUDIT_PAGE, files.folder),
        "training": training_values(report, files),
        "attention_findings": attention_findings(report),
        "attention": packed(attention) if attention else None,
        "dispersion": dispersion_svg(files.folder / "attention") if attention else None,
        "against_ratio": against_ratio_svg(files.folder),
        "texts": str(texts),
        "cases": packed([row.values for row in rows]),
        "num_cases": len(rows),
        "num_lines": sum(1 for _ in files.lines("cases.jsonl")),
        "case_texts": packed_texts,
        "chunk_cases": CHUNK_CASES,
        "settings": part(report, "settings"),
        "provenance": flattened(part(report, "provenance")),
        "command": reproducing_command(report),
    }


def headline_values(report: Report, rows: Sequence[CaseRow]) -> dict[str, object]:
    """Return the claim, its answers, the drawing of the ratio beside its controls, the tables."""
    counted = [row.values for row in rows if row.values["counted"]]
    return {
        "claim": claim(report),
        "leaked": what_leaked(report, [int(str(case["chars"])) for case in counted]),
        "sure": how_sure(report),
        "next": what_next(report),
        "worst": counted[0] if counted else None,
        "headline": inline_svg(headline_chart(report), "Ratio of any kind beside its controls"),
        "ratios": ratio_rows(report),
        "is_published_counting": report.get("audit") == "paper",
        "generations": part(report, "generations"),
        "utility": {
            name: f"{value:.4g}" if isinstance(value, float) else value
            for name, value in part(report, "utility").items()
        },
        "tasks": task_rows(report),
        "controls": page_rows(report),
        "all_controls": part(report, "controls"),
    }


def ratio_rows(report: Report) -> list[tuple[str, list[str]]]:
    """Return (kind, its ratio on training prompts, on held-out prompts, of the base model)."""
    arms = [part(report, "ratios")]
    arms += [part(report, "controls", name) for name in ("heldout", "base_model", "cross_index")]
    return [
        (
            str(kind),
            [ratio_cell(part(arm, kind)) if kind in arm else "not computed" for arm in arms],
        )
        for kind in ("any", *KINDS_BY_STRENGTH)
    ]


def task_rows(report: Report) -> list[tuple[str, str, str, str]]:
    """Return (task, its ratio of any kind, held-out, difference) of a mixture; else nothing."""
    return [
        (
            str(name),
            ratio_cell(part(values, "ratios", "any")),
            ratio_cell(part(values, "heldout", "any")),
            short_contrast(part(values, "controls", "heldout", "difference", "any")),
        )
        for name, values in part(report, "tasks").items()
    ]


def training_values(report: Report, files: RunFiles) -> dict[str, object] | None:
    """Return the drawing and the table of a training by epoch; None where nothing was trained."""
    curves = audited_curves(files)
    panels = training_panels(curves)
    if not panels:
        return None
    kept = kept_epoch(report, curves)
    names, rows = training_table(panels)
    return {
        "drawing": inline_svg(training_chart(panels, kept), f"By epoch: {', '.join(panels)}"),
        "names": names,
        "rows": rows,
        "kept": kept,
        "has_ratios": RATIO_PANEL in panels,
    }


def reproducing_command(report: Report) -> str | None:
    """Return the command line that does the same again; None where it is not known."""
    provenance = part(report, "provenance")
    program, overrides = provenance.get("program"), provenance.get("overrides")
    if not isinstance(overrides, list):
        return None
    return shlex.join(["python", f"{program}.py", *map(str, overrides)])


def flattened(values: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """Return nested mappings as one, with dotted names.

    >>> flattened({"a": {"b": 1}, "c": [2, 3]})
    {'a.b': 1, 'c': '2, 3'}
    """
    found: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found |= flattened(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = _listed(value) if isinstance(value, list) else value
    return found


def _listed(values: Sequence[object]) -> str:
    """Write a list for a cell, and of mappings what each holds."""
    if all(isinstance(one, Mapping) for one in values):
        return "; ".join(
            ", ".join(f"{name} {value}" for name, value in part(one).items()) for one in values
        )
    return ", ".join(map(str, values))


def _copied_words(report: Report) -> int:
    """Return how many words in a row count as copied from the prompt."""
    value = part(report, "settings").get("audit.copied_words", COPIED_WORDS)
    return value if isinstance(value, int) else COPIED_WORDS
