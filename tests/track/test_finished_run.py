"""A finished run in W&B, checked from what an offline run leaves on the disk."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from permille.run.tracking import copy_files

from .offline import run_record, stored, summary

SECRET_TEXT = "the quick brown fox jumps over the lazy dog and runs away at night"
RATIO = {"count": 1, "of": 2, "permille": 500.0, "ci95": [94.5, 905.5], "method": "wilson"}
RATIOS = dict.fromkeys(("any", "verbatim", "paraphrase", "idea"), RATIO)
REPORT = {
    "task": "dialogue",
    "generations": {"total": 2, "measurable": 2},
    "ratios": RATIOS,
    "controls": {"heldout": {**RATIOS, "difference": {"any": {"permille": 1.0, "ci95": [0.5, 9]}}}},
    "utility": {"rouge_l": 0.41},
}
PROGRAM = """
import json, sys
from pathlib import Path
from permille.config.compose import compose_program
from permille.config.schema import Program, TrainSettings, register_schemas
from permille.config.settings import to_settings
from permille.run.build import open_tracker
from permille.run.folder import RunFolder
from permille.run.tracking import tell_tracker

register_schemas()
for name, overrides in json.loads(sys.argv[1]).items():
    settings = to_settings(compose_program(Program.train, overrides), TrainSettings)
    folder = RunFolder(Path(name))
    values = {"task": {"name": "dialogue"}, "audit": {"name": "standard"}, "seed": 0}
    tracker = open_tracker(settings.track, folder.path, group="a_sweep", settings=values)
    tracker.scalars({"train/loss": 1.0}, epoch=0, step=1)
    tell_tracker(tracker, json.loads(folder.report.read_text()), folder, settings)
    tracker.finish()
"""
WITH_TEXTS = ["track.upload_texts=true", "track.upload_checkpoint=true"]


def write_run(folder: Path) -> None:
    case = {
        **{"generation_id": "g", "document_id": "d", "kind": "verbatim", "headline": True},
        **{"rank": 0, "score": 3.5, "own": True, "confirmed": None, "input_copied": False},
        "num_examples": 2,
        "cases": [{"kind": "verbatim", "generation": [0, 66], "document": [0, 66]}],
    }
    text = {"text": SECRET_TEXT, "task": "dialogue"}
    (folder / "report.json").write_text(json.dumps(REPORT))
    (folder / "config.yaml").write_text("seed: 0\n")
    (folder / "cases.jsonl").write_text(json.dumps(case) + "\n")
    (folder / "generations.jsonl").write_text(json.dumps({"id": "g", **text}) + "\n")
    with gzip.open(folder / "documents.jsonl.gz", "wt") as file:
        file.write(json.dumps({"id": "d", **text}) + "\n")
    (folder / "checkpoints" / "model").mkdir(parents=True)
    (folder / "checkpoints" / "model" / "config.json").write_text("{}")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A run as it is by default, and one whose texts and weights are sent, of one process."""
    plain, with_texts = tmp_path_factory.mktemp("plain"), tmp_path_factory.mktemp("with_texts")
    for folder in (plain, with_texts):
        write_run(folder)
    without = {"WANDB_MODE", "WANDB_RUN_GROUP"}
    subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps({str(plain): [], str(with_texts): WITH_TEXTS})],
        env={name: value for name, value in os.environ.items() if name not in without},
        check=True,
    )
    return plain, with_texts


@pytest.fixture(scope="module")
def plain(finished: tuple[Path, Path]) -> Path:
    return finished[0]


def artifacts(folder: Path) -> dict[str, list[str]]:
    """Return the files of each artifact by the end of its name."""
    found = {}
    for record in stored(folder):
        one = record.artifact
        if record.WhichOneof("record_type") == "artifact" and one.type == "run":
            found[one.name.partition("-")[2]] = sorted(e.path for e in one.manifest.contents)
    return found


def table(folder: Path, name: str) -> dict[str, list]:
    (path,) = folder.glob(f"wandb/offline-run-*/files/media/table/memorization/{name}_*.json")
    return json.loads(path.read_text())


def test_the_summary_has_ratio_interval_difference_utility_and_claim(plain: Path) -> None:
    found = summary(plain)
    assert found["memorization/any_permille"] == 500.0
    assert found["memorization/any_ci95_low"] == 94.5
    assert found["memorization/difference_permille"] == 1.0
    assert found["memorization/heldout_any_ci95_high"] == 905.5
    assert found["memorization/difference_in_differences_permille"] is None
    assert found["val/rouge_l"] == 0.41
    assert found["generations/measurable"] == 2
    assert str(found["claim"]).startswith("Fine-tuning data is given back")


def test_the_ratio_table_has_both_arms(plain: Path) -> None:
    found = table(plain, "ratios")
    assert found["columns"][:3] == ["arm", "kind", "count"]
    assert [row[:2] for row in found["data"]][3:5] == [
        ["training prompts", "idea"],
        ["held-out prompts", "any"],
    ]


def test_the_case_table_has_no_texts_unless_asked(plain: Path) -> None:
    found = table(plain, "cases")
    (row,) = found["data"]
    assert dict(zip(found["columns"], row, strict=True))["chars"] == 66
    assert "generation" not in found["columns"]


def test_no_training_text_is_among_what_would_be_sent(plain: Path) -> None:
    sent = [path for path in plain.glob("wandb/**/*") if path.is_file()]
    assert sent
    assert not any(b"quick brown fox" in path.read_bytes() for path in sent)


def test_the_page_that_is_sent_carries_no_texts(plain: Path, tmp_path: Path) -> None:
    copy_files(plain, tmp_path, with_texts=False)
    page = (tmp_path / "report.html").read_text()
    assert 'id="cases-data"' in page
    assert 'id="texts-0"' not in page


def test_personal_data_that_a_report_lists_is_not_sent_unless_texts_are(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    values = [{"value": "jane.doe@example.org", "generations": 2}]
    controls = REPORT["controls"] | {"personal_data": {"email": {"values": values}}}
    (folder / "report.json").write_text(json.dumps(REPORT | {"controls": controls}))
    for with_texts in (False, True):
        target = tmp_path / str(with_texts)
        target.mkdir()
        copy_files(folder, target, with_texts=with_texts)
        assert {"jane.doe" in path.read_text() for path in target.iterdir()} == {with_texts}


def test_the_artifact_has_the_page_and_the_files_without_texts(plain: Path) -> None:
    files = artifacts(plain)
    assert list(files) == ["report"]
    wanted = ["cases.jsonl", "config.yaml", "metrics.jsonl", "report.html", "report.json"]
    assert files["report"] == wanted


def test_plots_are_pictures(plain: Path) -> None:
    names = {path.name.rpartition("_")[0].rpartition("_")[0] for path in pictures(plain)}
    assert names == {"headline", "training"}


def pictures(folder: Path) -> list[Path]:
    return list(folder.glob("wandb/offline-run-*/files/media/images/plots/*.png"))


def test_the_run_is_found_by_its_group_and_tags(plain: Path) -> None:
    record = run_record(plain)
    assert record.run_group == "a_sweep"
    assert list(record.tags) == ["task=dialogue", "audit=standard"]


def test_texts_and_weights_are_sent_where_asked(finished: tuple[Path, Path]) -> None:
    _, folder = finished
    assert table(folder, "cases")["columns"][-2:] == ["generation", "document"]
    files = artifacts(folder)
    assert "generations.jsonl" in files["report"]
    assert files["model"] == ["config.json"]
