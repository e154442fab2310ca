"""Reading the files of a run."""

import gzip
import json
from pathlib import Path

import pytest

from permille.core.errors import DataError
from permille.report.run_files import RunFiles


def test_a_folder_without_a_report_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"{tmp_path} is no finished run: it has no report.json"):
        RunFiles(tmp_path).report()


def test_a_report_that_is_no_object_is_named(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("[]")
    with pytest.raises(DataError, match="want an object, got list"):
        RunFiles(tmp_path).report()


def test_curves_are_in_the_order_of_epochs_and_skip_what_has_none(tmp_path: Path) -> None:
    lines = [
        {"name": "val/loss", "value": 1.0, "epoch": 1, "step": 9},
        {"name": "val/loss", "value": 2.0, "epoch": 0, "step": 4},
        {"name": "lr", "value": 0.1, "epoch": None, "step": 4},
    ]
    (tmp_path / "metrics.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert RunFiles(tmp_path).curves() == {"val/loss": [(0, 2.0), (1, 1.0)]}


def test_wanted_lines_are_read_from_a_gzipped_file(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "documents.jsonl.gz", "wt") as out:
        out.writelines(json.dumps({"id": i, "text": f"text {i}"}) + "\n" for i in "abc")
    found = list(RunFiles(tmp_path).wanted("documents.jsonl.gz", {"b"}))
    assert found == [{"id": "b", "text": "text b"}]


def test_a_missing_file_has_no_lines(tmp_path: Path) -> None:
    assert list(RunFiles(tmp_path).lines("cases.jsonl")) == []
