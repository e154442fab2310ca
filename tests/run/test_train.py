"""The main job within one process: what it leaves, and what it tells about its last epoch."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from permille.core.errors import DataError, SettingsError
from permille.run.detection import Audited, Utility, nothing_audited
from permille.run.result import final_values
from permille.run.train import run_training

from .conftest import job_in, train_settings

KEPT_FILES = ("report.json", "config.yaml", "overrides.yaml", "metrics.jsonl")
third_party = pytest.mark.filterwarnings(
    "ignore:The '.*_dataloader' does not have many workers",
)


@third_party
def test_a_run_ends_with_its_figures_behind_the_last_epoch(tmp_path: Path) -> None:
    assert run_training(job_in(tmp_path, "trainer.max_epochs=2")) == tmp_path
    report = json.loads((tmp_path / "report.json").read_text())
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    last = {line["name"]: line["value"] for line in lines if line["step"] is None}
    assert {line["epoch"] for line in lines if line["step"] is None} == {1}
    assert last["val/rouge_l"] == report["utility"]["rouge_l"]
    ratios = {kind: ratio["permille"] for kind, ratio in report["ratios"].items()}
    tracked = {kind: last.get(f"memorization/{kind}_permille") for kind in ratios}
    assert tracked == ratios
    assert list(report["provenance"]["times"]["stages_s"]) == [
        *("load", "train", "utility", "generate", "audit", "looks", "attention"),
    ]


@third_party
def test_a_run_that_is_not_audited_still_has_its_utility(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run_training(job_in(tmp_path, "audit=off", "attention=off", "audit.num_prompts=5"))
    assert "audit.num_prompts: 5 has no effect with audit=off" in caplog.text
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["ratios"]["any"]["reason"] == "audit=off"
    assert report["utility"]
    assert not (tmp_path / "generations.jsonl").exists()
    assert (tmp_path / "checkpoints" / "model" / "model.safetensors").is_file()


def test_a_folder_with_another_run_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("{}")
    with pytest.raises(SettingsError, match=r"hydra\.run\.dir: want a folder without a run"):
        run_training(job_in(tmp_path))


def test_a_ratio_of_nothing_is_not_tracked() -> None:
    nothing = Audited(nothing_audited(train_settings()), Utility({"f1": 0.5}))
    assert final_values(nothing) == {"val/f1": 0.5}
    ratios = {"any": {"count": 1, "of": 4, "permille": 250.0}}
    found = replace(nothing, report=replace(nothing.report, ratios=ratios))
    assert final_values(found) == {"val/f1": 0.5, "memorization/any_permille": 250.0}


@third_party
def test_a_report_stays_until_a_resumed_run_has_loaded_all_that_it_goes_on_with(
    tmp_path: Path,
) -> None:
    run, data = tmp_path / "run", tmp_path / "data"
    data.mkdir()
    lines = [{"id": str(i), "input": f"{i} asks {i}", "target": f"{i} says {i}"} for i in range(20)]
    file = data / "dialogue.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    where = ["data=files", f'data.dir="{data}"', "audit=off", "attention=off"]
    run_training(job_in(run, *where))
    before = {name: (run / name).read_bytes() for name in KEPT_FILES}
    good = file.read_text()
    file.write_text(good + "no JSON\n")
    with pytest.raises(DataError, match=r"dialogue\.jsonl:21"):
        run_training(job_in(run, *where, f'resume="{run}"'))
    assert {name: (run / name).read_bytes() for name in KEPT_FILES} == before
    file.write_text(good)
    last = run / "checkpoints" / "last.ckpt"
    last.write_bytes(last.read_bytes()[:-100])
    with pytest.raises(
        SettingsError, match=r"last\.ckpt: want a checkpoint of a run, got a broken"
    ):
        run_training(job_in(run, *where, f'resume="{run}"'))
    assert {name: (run / name).read_bytes() for name in KEPT_FILES} == before
