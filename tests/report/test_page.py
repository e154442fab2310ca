"""The page of a run."""

import gzip
import json
from pathlib import Path

import pytest

from permille.report.config import ReportConfig, Texts
from permille.report.page import write_report

RATIO = {"count": 1, "of": 2, "permille": 500.0, "ci95": [94.5, 905.5], "method": "wilson"}
HOSTILE = "</script><img src=x onerror=alert(1)> \x00 \u202e"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    ratios = dict.fromkeys(("any", "verbatim", "paraphrase", "idea"), RATIO)
    report = {"task": "dialogue", "generations": {"total": 2, "measurable": 2}, "ratios": ratios}
    case = {
        "generation_id": "g",
        "document_id": "d",
        "kind": "verbatim",
        "headline": True,
        "rank": 0,
        "score": 3.2,
        "own": True,
        "cases": [{"kind": "verbatim", "generation": [0, 9], "document": [2, 11]}],
    }
    (tmp_path / "report.json").write_text(json.dumps(report))
    (tmp_path / "cases.jsonl").write_text(json.dumps(case) + "\n")
    (tmp_path / "generations.jsonl").write_text(json.dumps({"id": "g", "text": HOSTILE}) + "\n")
    with gzip.open(tmp_path / "documents.jsonl.gz", "wt") as out:
        out.write(json.dumps({"id": "d", "text": "x " + HOSTILE}) + "\n")
    (tmp_path / "metrics.jsonl").write_text(
        json.dumps({"name": "val/loss", "value": 1.0, "epoch": 0, "step": 1}) + "\n"
    )
    return tmp_path


def test_hostile_texts_are_shown_as_text(run: Path) -> None:
    page = write_report(run, ReportConfig()).read_text()
    assert "<img src=x" not in page
    assert "<mark>&lt;/script&gt;</mark>" in page


def test_the_page_loads_nothing(run: Path) -> None:
    page = write_report(run, ReportConfig()).read_text()
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert "<script src" not in page
    assert "<link" not in page


@pytest.mark.parametrize("texts", [Texts.none, Texts.masked])
def test_training_text_is_left_out_when_asked(run: Path, texts: Texts) -> None:
    page = write_report(run, ReportConfig(texts=texts)).read_text()
    assert "onerror" not in page
    assert "Training text is left out" in page


def test_nothing_half_written_stays(run: Path) -> None:
    write_report(run, ReportConfig())
    assert list(run.glob("*.tmp")) == []
