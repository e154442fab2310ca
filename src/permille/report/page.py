"""report.html: one file, no network, drawn from the run's files and nothing else."""

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

from permille.core.records import KINDS_BY_STRENGTH
from permille.report.charts import curve_chart, headline_chart, to_svg
from permille.report.claim import Report, claim, part
from permille.report.config import ReportConfig, Texts
from permille.report.marked import marked_pieces
from permille.report.run_files import JsonObject, RunFiles
from permille.report.templates import render
from permille.report.terminal import ratio_cell

MAX_CASES = 1000
CURVE_GROUPS = {
    "loss": ("train/loss", "val/loss"),
    "CAD": ("attention/cad", "attention/cad_heldout"),
    "per mille": tuple(f"memorization/{kind}_permille" for kind in ("any", *KINDS_BY_STRENGTH)),
}


def write_report(folder: Path, config: ReportConfig) -> Path:
    """Write report.html into the run's folder and return its path."""
    files = RunFiles(folder)
    report = files.report()
    values = {
        "title": f"permille: {report.get('task') or 'texts'}",
        "claim": claim(report),
        "headline": to_svg(headline_chart(report)),
        "ratios": ratio_rows(report),
        "generations": part(report, "generations"),
        "utility": part(report, "utility"),
        "controls": part(report, "controls"),
        "curves": curve_svgs(files),
        "maps": [data_uri(path) for path in sorted(folder.glob("attention/*.png"))],
        "cases": case_values(files) if config.texts is Texts.full else [],
        "texts": str(config.texts),
        "settings": part(report, "settings"),
        "provenance": part(report, "provenance"),
    }
    target = folder / "report.html"
    aside = target.with_suffix(".html.tmp")
    aside.write_text(render("report.html.j2", values), encoding="utf-8", errors="replace")
    return aside.replace(target)


def ratio_rows(report: Report) -> list[tuple[str, str, str]]:
    """Return (kind, ratio on training prompts, ratio on held-out prompts) for each kind."""
    heldout = part(report, "controls", "heldout")
    return [
        (
            str(kind),
            ratio_cell(part(report, "ratios", kind)),
            ratio_cell(part(heldout, kind)) if "any" in heldout else "not computed",
        )
        for kind in ("any", *KINDS_BY_STRENGTH)
    ]


def curve_svgs(files: RunFiles) -> list[str]:
    """Return a drawing for each group of metrics that the run has."""
    curves = files.curves()
    drawn = []
    for label, names in CURVE_GROUPS.items():
        present = {name: curves[name] for name in names if name in curves}
        if present:
            drawn.append(to_svg(curve_chart(present, label)))
    return drawn


def data_uri(path: Path) -> str:
    """Return a PNG file as a data URI."""
    return "data:image/png;base64," + b64encode(path.read_bytes()).decode("ascii")


def case_values(files: RunFiles) -> list[Mapping[str, object]]:
    """Return the cases that decide a generation's kind, strongest kind first, with their texts."""
    headline = [line for line in files.lines("cases.jsonl") if line.get("headline")]
    order = {str(kind): place for place, kind in enumerate(KINDS_BY_STRENGTH)}
    headline.sort(key=lambda line: order.get(str(line["kind"]), len(order)))
    shown = headline[:MAX_CASES]
    generations = files.texts("generations.jsonl", {str(line["generation_id"]) for line in shown})
    documents = files.texts("documents.jsonl.gz", {str(line["document_id"]) for line in shown})
    return [case_value(line, generations, documents) for line in shown]


def case_value(
    line: JsonObject, generations: Mapping[str, str], documents: Mapping[str, str]
) -> Mapping[str, object]:
    """Return one case with its two texts in marked pieces."""
    cases = line["cases"] if isinstance(line["cases"], list) else []
    generation = generations.get(str(line["generation_id"]), "")
    document = documents.get(str(line["document_id"]), "")
    return line | {
        "generation_pieces": marked_pieces(generation, [case["generation"] for case in cases]),
        "document_pieces": marked_pieces(document, [case["document"] for case in cases]),
    }
