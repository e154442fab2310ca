"""train.py from the command line to the files that a run leaves."""

import gzip
import json
import re
import signal
from pathlib import Path

import pytest

from .conftest import TINY, Run, Start, result_of

FILES = {
    "report.json",
    "cases.jsonl",
    "verbatim_anywhere.jsonl",
    "generations.jsonl",
    "documents.jsonl.gz",
    "metrics.jsonl",
    "attention",
    "checkpoints",
    "overrides.yaml",
    "config.yaml",
    "environment.json",
    "train.log",
}


def test_nothing_but_log_lines_stands_on_stderr(trained: Path) -> None:
    lines = trained.with_name("trained.err").read_text().splitlines()
    assert len(lines) > 10
    strange = [line for line in lines if not re.match(r"\d\d:\d\d:\d\d (INFO|WARNING) ", line)]
    assert strange == []
    assert not [line for line in lines if "litlogger" in line or "Trainer.fit" in line]


def test_a_run_leaves_its_files_and_nothing_half_written(trained: Path) -> None:
    assert {path.name for path in trained.iterdir()} == FILES
    kept = {path.name for path in (trained / "checkpoints").iterdir()}
    assert kept == {"last.ckpt", "best.ckpt", "model"}


def test_a_report_has_the_keys_of_the_contract(trained: Path) -> None:
    report = json.loads((trained / "report.json").read_text())
    assert (report["schema_version"], report["task"], report["audit"]) == (
        1,
        "dialogue",
        "standard",
    )
    assert report["generations"]["total"] == 24
    assert set(report["ratios"]) == {"any", "verbatim", "paraphrase", "idea"}
    assert set(report["utility"]) == {"rouge_l"}
    assert len(report["attention"]["cad"]["train"]) == 3
    assert "heldout" in report["controls"]
    assert report["settings"]["data.num_train"] == 24
    assert "seed" not in report["settings"]
    assert report["provenance"]["seed"] == 0


def test_generations_and_documents_are_of_the_contract(trained: Path) -> None:
    lines = (trained / "generations.jsonl").read_text().splitlines()
    assert {tuple(json.loads(line)) for line in lines} == {
        (
            "id",
            "task",
            "example_id",
            "split",
            "model",
            "prompt",
            "text",
            "whole_input",
            "num_tokens",
            "is_cut",
        )
    }
    with gzip.open(trained / "documents.jsonl.gz", "rt") as file:
        documents = [json.loads(line) for line in file]
    assert {one["split"] for one in documents} == {"train", "heldout"}
    assert {one["part"] for one in documents} <= {"target", "suffix", "input"}
    assert len({one["id"] for one in documents}) == len(documents)


def test_numbers_by_epoch_are_of_the_contract(trained: Path) -> None:
    lines = [json.loads(line) for line in (trained / "metrics.jsonl").read_text().splitlines()]
    assert all(set(line) == {"name", "value", "epoch", "step"} for line in lines)
    for name in ("train/loss", "val/loss", "attention/cad", "attention/cad_heldout"):
        assert [line["epoch"] for line in lines if line["name"] == name] == [0, 1, 2]
    assert [line["name"] for line in lines if line["name"].startswith("val/rouge")] == [
        "val/rouge_l"
    ]


def test_the_settings_of_a_run_are_written_down(trained: Path) -> None:
    assert (trained / "overrides.yaml").read_text().splitlines() == [f"- {o}" for o in TINY]
    assert "prefix_tokens: 50" in (trained / "config.yaml").read_text()
    environment = json.loads((trained / "environment.json").read_text())
    assert set(environment["packages"]) > {"torch", "transformers", "tantivy"}


def test_the_same_command_gives_the_same_report(run: Run, trained: Path, workplace: Path) -> None:
    done = run("train", *TINY, "hydra.run.dir=again")
    assert done.last_line == {
        "run": str(workplace / "again"),
        "report": str(workplace / "again" / "report.json"),
    }
    assert result_of(workplace / "again") == result_of(trained)
    for name in ("generations.jsonl", "cases.jsonl", "metrics.jsonl"):
        assert (workplace / "again" / name).read_bytes() == (trained / name).read_bytes()


def test_another_seed_gives_another_report(run: Run, trained: Path, workplace: Path) -> None:
    done = run("train", *TINY, "seed=1", "hydra.run.dir=seed1")
    assert done.code == 0, done.err
    first, other = result_of(trained)["provenance"], result_of(workplace / "seed1")["provenance"]
    assert isinstance(first, dict)
    assert isinstance(other, dict)
    assert first["data"] != other["data"]
    assert first["model"] != other["model"]


def test_the_table_stands_above_the_last_line(run: Run, workplace: Path) -> None:
    done = run("train", *TINY, "audit=off", "trainer.max_epochs=1", "report=html")
    assert done.code == 0, done.err
    assert "verbatim" in done.out
    day_and_time = r"outputs/\d{4}-\d\d-\d\d/\d\d-\d\d-\d\d_dialogue"
    assert re.fullmatch(f"{re.escape(str(workplace))}/{day_and_time}", done.last_line["run"])
    assert (Path(done.last_line["run"]) / "report.html").is_file()


KILLED_AFTER = [
    pytest.param("checkpoints/last.ckpt", id="first epoch"),
    pytest.param("attention/epoch=002.npz", id="last epoch", marks=pytest.mark.slow),
    pytest.param("checkpoints/model", id="training", marks=pytest.mark.slow),
    pytest.param("generations.jsonl", id="generation", marks=pytest.mark.slow),
    pytest.param("cases.jsonl", id="detection", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("written", KILLED_AFTER)
def test_a_killed_run_is_resumed_to_the_same_weights_and_report(
    run: Run, start: Start, trained: Path, workplace: Path, written: str
) -> None:
    name = f"killed_{Path(written).stem}"
    started = start("train", *TINY, f'hydra.run.dir="{name}"')
    started.wait_for((workplace / name / written).exists)
    started.send_signal(signal.SIGKILL)
    assert started.end().code == -signal.SIGKILL
    assert not (workplace / name / "report.json").exists()
    done = run("train", f'resume="{name}"')
    assert done.code == 0, done.err
    assert done.last_line["run"] == str(workplace / name)
    assert result_of(workplace / name) == result_of(trained)
    for file in ("generations.jsonl", "metrics.jsonl", "cases.jsonl"):
        assert (workplace / name / file).read_bytes() == (trained / file).read_bytes()
    assert (workplace / name / "overrides.yaml").read_text() == (
        trained / "overrides.yaml"
    ).read_text()
    weights = "checkpoints/model/model.safetensors"
    assert (workplace / name / weights).read_bytes() == (trained / weights).read_bytes()


def test_a_run_that_was_killed_before_its_first_checkpoint_starts_anew_in_its_folder(
    run: Run, start: Start, trained: Path, workplace: Path
) -> None:
    started = start("train", *TINY, "hydra.run.dir=early")
    started.wait_for((workplace / "early" / "overrides.yaml").exists)
    started.send_signal(signal.SIGKILL)
    assert started.end().code == -signal.SIGKILL
    done = run("train", "resume=early")
    assert done.code == 0, done.err
    assert result_of(workplace / "early") == result_of(trained)


def test_an_interrupted_run_ends_with_130_and_no_report(start: Start, workplace: Path) -> None:
    started = start("train", *TINY, "trainer.max_epochs=500", "hydra.run.dir=interrupted")
    started.wait_for((workplace / "interrupted" / "checkpoints" / "last.ckpt").exists)
    started.send_signal(signal.SIGINT)
    done = started.end()
    assert done.code == 130
    assert "error: interrupted; train.py goes on with resume=RUN" in done.err
    assert "Traceback" not in done.err
    assert not (workplace / "interrupted" / "report.json").exists()


@pytest.mark.parametrize("devices", [2])
def test_two_processes_train_and_generate_as_one_run(
    run: Run, run_anew: Run, workplace: Path, devices: int
) -> None:
    tiny = [*TINY, "trainer=ddp", f"trainer.devices={devices}", "model.batch_size=6"]
    done = run_anew("train", *tiny, "hydra.run.dir=two")
    assert done.code == 0, done.err
    assert len([line for line in done.out.splitlines() if line.startswith("{")]) == 1
    ids = [
        json.loads(line)["id"]
        for line in (workplace / "two" / "generations.jsonl").read_text().splitlines()
    ]
    assert len(ids) == len(set(ids)) == 24 + 16
    again = run("evaluate", "run=two", "hydra.run.dir=two_in_one")
    assert again.code == 0, again.err
    two, one = result_of(workplace / "two"), result_of(workplace / "two_in_one")
    for key in ("generations", "ratios", "controls", "utility"):
        assert two[key] == one[key]
