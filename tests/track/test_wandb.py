"""W&B, checked from what an offline run leaves on the disk."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from permille.core.errors import SettingsError
from permille.track.wandb import mode_of_environment, run_id

from .offline import history, run_record, stored, summary

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080200000090"
    "7753de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


PROGRAM = """
import sys
from pathlib import Path
from permille.track.config import TrackConfig
from permille.track.wandb import WandbTracker

top = Path(sys.argv[1])
for name, config in {"one": TrackConfig(tags=["quick"]), "two": TrackConfig(group="mine")}.items():
    folder = top / name
    folder.mkdir()
    (folder / "report.json").write_text("{}")
    (folder / "map.png").write_bytes(bytes.fromhex(sys.argv[2]))
    tracker = WandbTracker(
        config, folder, name=name, group="sweep", settings={"seed": 3}, tags=["task=qa"]
    )
    tracker.scalars({"train/loss": 1.5, "attention/cad": 0.9}, epoch=0, step=10)
    tracker.scalars({"train/loss": 1.0}, epoch=1, step=20)
    tracker.image("attention/map", folder / "map.png", epoch=4)
    tracker.table("memorization/ratios", ["kind", "permille"], [["any", 66.7], ["idea", None]])
    tracker.summary({"memorization/any_permille": 66.7})
    tracker.artifact(folder / "report.json")
    tracker.artifact(folder)
    tracker.finish()
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs of one process, which has ended."""
    folder = tmp_path_factory.mktemp("wandb")
    names = {"WANDB_MODE", "WANDB_RUN_GROUP"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), PIXEL.hex()],
        env={name: value for name, value in os.environ.items() if name not in names},
        check=True,
        capture_output=True,
    )
    (folder / "said").write_bytes(done.stdout + done.stderr)
    return folder


def test_the_library_says_nothing_into_the_log_of_a_run(runs: Path) -> None:
    assert (runs / "said").read_text() == ""


def test_a_run_is_offline_unless_the_environment_says_otherwise(runs: Path) -> None:
    assert len(list(runs.glob("one/wandb/offline-run-*"))) == 1


def test_numbers_stand_beside_their_epoch_which_is_their_axis(runs: Path) -> None:
    lines = [line for line in history(runs / "one") if "train/loss" in line]
    assert [(line["epoch"], line["train/loss"]) for line in lines] == [(0, 1.5), (1, 1.0)]
    assert [line["optimizer_step"] for line in lines] == [10, 20]
    assert lines[0]["attention/cad"] == 0.9
    axes = [r.metric for r in stored(runs / "one") if r.WhichOneof("record_type") == "metric"]
    assert ("*", "epoch") in [(axis.glob_name, axis.step_metric) for axis in axes]


def test_the_run_has_its_settings_name_tags_and_the_group_of_its_sweep(runs: Path) -> None:
    run = run_record(runs / "one")
    assert (run.display_name, run.run_group, list(run.tags)) == (
        "one",
        "sweep",
        ["quick", "task=qa"],
    )
    settings = {item.key: item.value_json for item in run.config.update}
    assert settings["seed"] == "3"


def test_a_group_of_the_settings_wins(runs: Path) -> None:
    assert run_record(runs / "two").run_group == "mine"


def test_two_runs_in_one_process_have_ids_and_values_of_their_own(runs: Path) -> None:
    first, second = (run_record(runs / name) for name in ("one", "two"))
    assert first.run_id != second.run_id
    assert len(history(runs / "one")) == len(history(runs / "two"))


def test_the_id_is_kept_in_the_folder_for_a_resumed_run(runs: Path) -> None:
    kept = (runs / "one" / "wandb" / "id.txt").read_text().strip()
    assert kept == run_record(runs / "one").run_id == run_id(runs / "one")


def test_a_new_folder_has_a_new_id(tmp_path: Path) -> None:
    assert run_id(tmp_path / "a") == run_id(tmp_path / "a") != run_id(tmp_path / "b")


def test_tables_and_pictures_become_files_of_the_run(runs: Path) -> None:
    (table,) = runs.glob("one/wandb/offline-run-*/files/media/table/**/*.json")
    assert json.loads(table.read_text())["data"] == [["any", 66.7], ["idea", None]]
    (image,) = runs.glob("one/wandb/offline-run-*/files/media/images/**/*.png")
    assert image.read_bytes() == PIXEL
    (line,) = [line for line in history(runs / "one") if "attention/map.path" in line]
    assert line["epoch"] == 4


def test_the_headline_is_the_summary(runs: Path) -> None:
    assert summary(runs / "one")["memorization/any_permille"] == 66.7


def test_a_file_becomes_an_artifact(runs: Path) -> None:
    kinds = [r for r in stored(runs / "one") if r.WhichOneof("record_type") == "artifact"]
    assert any(r.artifact.name.endswith("report-json") for r in kinds)


@pytest.mark.parametrize(
    ("value", "mode"),
    [("online", "online"), ("dryrun", "offline"), ("", "offline"), ("disabled", "disabled")],
)
def test_the_environment_says_the_mode(
    monkeypatch: pytest.MonkeyPatch, value: str, mode: str
) -> None:
    monkeypatch.setenv("WANDB_MODE", value)
    assert mode_of_environment() == mode


def test_a_mode_that_there_is_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_MODE", "onlin")
    with pytest.raises(SettingsError, match="WANDB_MODE: want online, offline, disabled"):
        mode_of_environment()
