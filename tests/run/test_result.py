"""The end of a run: its report, and what stands in it besides the audit."""

import json
from dataclasses import replace
from pathlib import Path

from permille.config.compose import compose_program
from permille.config.schema import Program
from permille.run.detection import Audited, Utility, nothing_audited
from permille.run.folder import write_whole
from permille.run.provenance import Clock
from permille.run.result import (
    attention_of,
    begin_run,
    differing_settings,
    finish_run,
    with_utility,
)

from .conftest import job_in, train_settings


def line(name: str, value: float, epoch: int) -> str:
    return json.dumps({"name": name, "value": value, "epoch": epoch, "step": epoch}) + "\n"


def test_dispersion_stands_by_epoch_with_null_where_it_was_not_measured(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    points = [("attention/cad", 0.5, 0), ("attention/cad", 0.3, 2), ("train/loss", 1.0, 1)]
    write_whole(path, "".join(line(*point) for point in points))
    assert attention_of(path) == {"cad": {"train": [0.5, None, 0.3]}}
    assert attention_of(tmp_path / "none.jsonl") == {}
    assert attention_of(None) == {}


def test_a_mixture_has_the_scores_of_each_task_beside_its_ratios() -> None:
    report = replace(
        nothing_audited(train_settings("audit=off")), tasks={"qa": {"ratios": {}}, "dialogue": {}}
    )
    utility = Utility({"qa_f1": 0.5}, {"qa": {"f1": 0.5}})
    found = with_utility(report, utility)
    assert found.utility == {"qa_f1": 0.5}
    assert found.tasks == {
        "qa": {"ratios": {}, "utility": {"f1": 0.5}},
        "dialogue": {"utility": {}},
    }


def test_settings_of_a_report_are_those_that_differ_from_the_defaults() -> None:
    config = compose_program(Program.train, ["task=qa", "audit.prefix_tokens=20"])
    found = differing_settings(Program.train, config)
    assert found["audit.prefix_tokens"] == 20
    assert found["task.name"] == "qa"
    assert differing_settings(Program.train, compose_program(Program.train, [])) == {}


def test_no_file_of_a_run_holds_a_password(tmp_path: Path) -> None:
    secret = "retrieve.url=https://me:hunter2@host:9200"
    job = job_in(tmp_path, "retrieve=elasticsearch", secret, "audit=off")
    begin_run(job, is_resumed=False)
    settings = train_settings("audit=off")
    audited = Audited(nothing_audited(settings))
    finish_run(job, settings, audited, None, Clock(), None)
    texts = [path.read_text() for path in tmp_path.iterdir()]
    assert len(texts) >= 4
    assert not any("hunter2" in text for text in texts)


def test_a_report_is_written_last_and_whole(tmp_path: Path) -> None:
    job = job_in(tmp_path, "audit=off")
    begin_run(job, is_resumed=False)
    assert not job.folder.report.exists()
    finish_run(
        job,
        train_settings("audit=off"),
        Audited(nothing_audited(train_settings("audit=off"))),
        None,
        Clock(),
        None,
    )
    report = json.loads(job.folder.report.read_text())
    assert report["provenance"]["program"] == "train"
    assert report["settings"]["audit.name"] == "off"
