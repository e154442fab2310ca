"""Reading the files of a run."""

import gzip
import json
from pathlib import Path

import pytest

from permille.core.errors import DataError
from permille.report.run_files import RunFiles, curves_of


def test_a_folder_without_a_report_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"{tmp_path} is no finished run: it has no report.json"):
        RunFiles(tmp_path).report()


def test_a_report_that_is_no_object_is_named(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("[]")
    with pytest.raises(DataError, match="want an object, got list"):
        RunFiles(tmp_path).report()


def test_a_damaged_report_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text('{"task": ')
    with pytest.raises(DataError, match=r"report\.json is no report: .*audit the run again"):
        RunFiles(tmp_path).report()


def test_a_damaged_line_is_named_with_its_file_and_number(tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_text('{"id": 1}\n{"id"')
    with pytest.raises(DataError, match=r"cases\.jsonl, line 2: want an object of JSON"):
        list(RunFiles(tmp_path).lines("cases.jsonl"))
    packed = gzip.compress(b'{"id": 1}\n' * 9999)
    (tmp_path / "documents.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(DataError, match=r"documents\.jsonl\.gz, line \d+: .*audit the run again"):
        list(RunFiles(tmp_path).lines("documents.jsonl.gz"))


def test_curves_are_in_the_order_of_epochs_and_skip_what_has_none(tmp_path: Path) -> None:
    lines = [
        {"name": "val/loss", "value": 1.0, "epoch": 1, "step": 9},
        {"name": "val/loss", "value": 2.0, "epoch": 0, "step": 4},
        {"name": "lr", "value": 0.1, "epoch": None, "step": 4},
    ]
    (tmp_path / "metrics.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert RunFiles(tmp_path).curves() == {"val/loss": [(0, 2.0), (1, 1.0)]}


def test_what_was_measured_after_the_training_can_be_put_at_another_epoch(tmp_path: Path) -> None:
    lines = [
        {"name": "any", "value": value, "epoch": epoch, "step": step}
        for value, epoch, step in ((1.0, 0, 5), (2.0, 1, 9), (3.0, 1, None), (4.0, None, None))
    ]
    (tmp_path / "metrics.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert curves_of(RunFiles(tmp_path).lines("metrics.jsonl"), 0)["any"] == [
        (0, 1.0),
        (0, 3.0),
        (1, 2.0),
    ]
    assert RunFiles(tmp_path).curves()["any"] == [(0, 1.0), (1, 2.0), (1, 3.0)]


def test_wanted_lines_are_read_from_a_gzipped_file(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "documents.jsonl.gz", "wt") as out:
        out.writelines(json.dumps({"id": i, "text": f"text {i}"}) + "\n" for i in "abc")
    found = list(RunFiles(tmp_path).wanted("documents.jsonl.gz", {"b"}))
    assert found == [{"id": "b", "text": "text b"}]


def test_a_missing_file_has_no_lines(tmp_path: Path) -> None:
    assert list(RunFiles(tmp_path).lines("cases.jsonl")) == []
