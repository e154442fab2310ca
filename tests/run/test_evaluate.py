"""The audit alone, within one process."""

import hashlib
import json
from pathlib import Path

import pytest

from permille.config.compose import compose_program
from permille.config.schema import Program
from permille.core.errors import DataError
from permille.run.evaluate import run_evaluation
from permille.run.folder import RunFolder
from permille.run.job import Job

COPIED = "the quick brown fox jumps over the lazy dog and then goes home to sleep in the barn"


def job_of(folder: Path, *overrides: str) -> Job:
    all_overrides = ["report=off", "track=files", *overrides]
    config = compose_program(Program.evaluate, all_overrides)
    return Job(Program.evaluate, config, all_overrides, RunFolder(folder), None)


@pytest.fixture
def texts(tmp_path: Path) -> list[str]:
    files = {"generations": COPIED, "documents": f"I saw how {COPIED}. So it was."}
    for name, text in files.items():
        line = json.dumps({"id": "1", "text": text, "task": "qa"})
        (tmp_path / f"{name}.jsonl").write_text(f"{line}\n")
    return [f'{name}="{tmp_path / name}.jsonl"' for name in files]


def test_texts_are_audited_without_their_task_and_kept_beside_the_result(
    tmp_path: Path, texts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    assert run_evaluation(job_of(folder, *texts)) == folder
    report = json.loads((folder / "report.json").read_text())
    assert report["task"] is None
    assert report["ratios"]["verbatim"]["count"] == 1
    assert report["utility"] == report["attention"] == {}
    files = report["provenance"]["data"]["files"]
    for role, file in zip(("generations", "documents"), files, strict=True):
        content = (tmp_path / f"{role}.jsonl").read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        assert file == {"role": role, "sha256": digest, "bytes": len(content)}
    stages_s = report["provenance"]["times"]["stages_s"]
    assert list(stages_s)[:4] == ["start", "copy", "index", "align"]
    assert (folder / "documents.jsonl.gz").is_file()
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    tracked = {line["name"]: line["value"] for line in lines}
    assert tracked["memorization/verbatim_permille"] == 1000.0
    assert {(line["epoch"], line["step"]) for line in lines} == {(None, None)}
    out = capsys.readouterr().out
    assert "intervals: texts" in out
    assert "None" not in out


def test_attention_that_is_asked_for_of_texts_alone_is_missing_with_a_reason(
    tmp_path: Path, texts: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    folder = run_evaluation(job_of(tmp_path / "run", *texts, "attention=full"))
    attention = json.loads((folder / "report.json").read_text())["attention"]
    for name in ("within_task", "layers"):
        assert "texts alone have no attention" in attention[name]["missing"]
    assert "attention=full: texts alone" in caplog.text


def test_an_audit_that_fails_leaves_no_report(tmp_path: Path, texts: list[str]) -> None:
    (tmp_path / "documents.jsonl").write_text('{"id": "1"}\n')
    with pytest.raises(DataError, match=r"documents\.jsonl, line 1"):
        run_evaluation(job_of(tmp_path / "run", *texts))
    assert not (tmp_path / "run" / "report.json").exists()
