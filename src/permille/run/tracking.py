"""What a tracker is told when a run is done: headline, tables, plots, and the run's files."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from permille.config.schema import Settings
from permille.core.records import KINDS_BY_STRENGTH
from permille.report.case_rows import case_rows
from permille.report.charts import headline_chart, training_chart
from permille.report.claim import Report, claim, part
from permille.report.config import ReportConfig, Texts
from permille.report.masking import without_values
from permille.report.page import COPIED_WORDS, write_report
from permille.report.run_files import RunFiles
from permille.report.training import audited_curves, kept_epoch, training_panels
from permille.run.folder import RunFolder, write_json
from permille.run.pictures import track_attention
from permille.track.protocol import Scalar, Tracker

RATIO_COLUMNS = ("arm", "kind", "count", "of", "permille", "ci95_low", "ci95_high")
CASE_COLUMNS = (
    *("generation_id", "document_id", "task", "arm", "kind", "counted", "confirmed", "own"),
    *("rank", "score", "chars", "examples", "input_copied"),
)
TEXTLESS_FILES = (
    *("report.json", "metrics.jsonl", "cases.jsonl"),
    *("overrides.yaml", "config.yaml", "environment.json"),
)
TEXT_FILES = ("generations.jsonl", "documents.jsonl.gz")
DOTS_PER_INCH = 120


def tell_tracker(tracker: Tracker, report: Report, folder: RunFolder, settings: Settings) -> None:
    """Give a tracker all that is known at the end of a run; texts only where that is asked for."""
    with_texts = settings.track.upload_texts
    tracker.table("memorization/ratios", RATIO_COLUMNS, ratio_rows(report))
    columns = (*CASE_COLUMNS, "generation", "document") if with_texts else CASE_COLUMNS
    tracker.table("memorization/cases", columns, table_of_cases(folder.path, with_texts=with_texts))
    tracker.summary(headline(report))
    with TemporaryDirectory(prefix="permille-track-") as aside:
        _plots(tracker, report, folder.path, Path(aside))
        files = Path(aside) / "report"
        files.mkdir()
        copy_files(folder.path, files, with_texts=with_texts)
        tracker.artifact(files)
    if settings.track.upload_checkpoint and folder.model.is_dir():
        tracker.artifact(folder.model)
    track_attention(tracker, folder.attention, with_tokens=with_texts)


def ratio_rows(report: Report) -> list[list[Scalar]]:
    """Return the ratios by arm and kind, as `RATIO_COLUMNS`."""
    arms = {"training prompts": part(report, "ratios")}
    for name, title in (("heldout", "held-out prompts"), ("base_model", "base model")):
        arms[title] = part(report, "controls", name)
    rows: list[list[Scalar]] = []
    for arm, ratios in arms.items():
        for kind in ("any", *map(str, KINDS_BY_STRENGTH)):
            ratio = part(ratios, kind)
            if ratio:
                figures = [ratio.get(name) for name in ("count", "of", "permille")]
                rows.append([arm, kind, *map(_scalar, [*figures, *_ends(ratio)])])
    return rows


def headline(report: Report) -> dict[str, object]:
    """Return the run's summary: ratios, what they are compared to, utility, and the claim."""
    values: dict[str, object] = {"claim": claim(report)}
    for kind in ("any", *map(str, KINDS_BY_STRENGTH)):
        values[f"memorization/{kind}_permille"] = part(report, "ratios", kind).get("permille")
    controls = part(report, "controls")
    compared = {
        "any": part(report, "ratios", "any"),
        "heldout_any": part(controls, "heldout", "any"),
        "difference": part(controls, "heldout", "difference", "any"),
        "difference_in_differences": part(controls, "difference_in_differences", "any"),
    }
    for name, figure in compared.items():
        values[f"memorization/{name}_permille"] = figure.get("permille")
        low, high = _ends(figure)
        values[f"memorization/{name}_ci95_low"] = low
        values[f"memorization/{name}_ci95_high"] = high
    values |= {f"generations/{name}": n for name, n in part(report, "generations").items()}
    values |= {f"val/{name}": score for name, score in part(report, "utility").items()}
    return values


def table_of_cases(folder: Path, *, with_texts: bool) -> list[list[Scalar]]:
    """Return the cases that the page shows, as `CASE_COLUMNS`, with both texts where asked."""
    rows: list[list[Scalar]] = []
    for row in case_rows(RunFiles(folder), COPIED_WORDS, str):
        texts = list(row.texts[:2]) if with_texts else []
        rows.append([*(_scalar(row.values[name]) for name in CASE_COLUMNS), *texts])
    return rows


def copy_files(folder: Path, target: Path, *, with_texts: bool) -> None:
    """Copy a run's files into a folder, its page with texts only where asked for."""
    for name in (*TEXTLESS_FILES, *(TEXT_FILES if with_texts else ())):
        if (folder / name).is_file():
            shutil.copy2(folder / name, target / name)
    if not with_texts:
        write_json(target / "report.json", without_values(RunFiles(folder).report()))
    texts = Texts.full if with_texts else Texts.none
    write_report(folder, ReportConfig(texts=texts), target / "report.html")


def _plots(tracker: Tracker, report: Report, folder: Path, aside: Path) -> None:
    """Give the drawings of the page as pictures."""
    curves = audited_curves(RunFiles(folder))
    figures = {"headline": headline_chart(report)}
    if panels := training_panels(curves):
        figures["training"] = training_chart(panels, kept_epoch(report, curves))
    for name, figure in figures.items():
        path = aside / f"{name}.png"
        figure.savefig(path, dpi=DOTS_PER_INCH)
        tracker.image(f"plots/{name}", path)


def _ends(ratio: Mapping[str, object]) -> tuple[object, object]:
    """Return the ends of a ratio's interval, None where it has none."""
    ends = ratio.get("ci95")
    return (ends[0], ends[1]) if isinstance(ends, list | tuple) else (None, None)


def _scalar(value: object) -> Scalar:
    """Return a value that a table can hold."""
    return value if isinstance(value, bool | int | float | str) or value is None else str(value)
