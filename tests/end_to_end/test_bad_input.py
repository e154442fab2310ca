"""What a user can cause ends with one clear error, exit code 1, and no traceback."""

import json
import os
import resource
import subprocess
from pathlib import Path

import pytest

from .conftest import TINY, Done, Run, command, environment

MAX_FILE_BYTES = 100_000


def refused(done: Done, *parts: str) -> None:
    assert done.code == 1, done.err
    assert "Traceback" not in done.err
    assert done.out == ""
    for part in parts:
        assert any(part in line for line in done.errors), done.err


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        pytest.param(["traner.max_epochs=3"], ["did you mean trainer.max_epochs"], id="unknown"),
        pytest.param(["+audit.typo=1"], ["audit.typo: no such setting"], id="slipped past"),
        pytest.param(["seed=x"], ["seed=x: want a whole number"], id="wrong type"),
        pytest.param(["task=qaa"], ["did you mean task=qa?"], id="no option"),
        pytest.param(["trainer=ddp", "trainer.devices=1"], ["needs no ddp"], id="impossible"),
        pytest.param(["data=files"], ["add data.dir=FOLDER"], id="missing value"),
        pytest.param(["data.dir=/a (b)=c"], ["'data.dir=\"/a (b)=c\"'"], id="unquoted path"),
        pytest.param(["hydra.run.dir=/dev/null/run"], ["want a folder that can be"], id="place"),
        pytest.param(["resume=nowhere"], ["resume: want the folder of a run"], id="no run"),
        pytest.param(
            ["seed=x", "task=qaa", "+task.b=1", "audit.prefix_tokens=0"],
            ["seed=x", "task=qaa", "task.b: no such", "audit.prefix_tokens: want at least 1"],
            id="all at once",
        ),
    ],
)
def test_wrong_settings_of_train_are_refused_before_anything_is_made(
    run: Run, workplace: Path, arguments: list[str], parts: list[str]
) -> None:
    before = set(workplace.iterdir())
    refused(run("train", *arguments), *parts)
    assert set(workplace.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        pytest.param([], ["want exactly one of run=, checkpoint=, generations="], id="nothing"),
        pytest.param(["run=nowhere"], ["run: want the folder of a run"], id="no run"),
        pytest.param(
            ["generations=nowhere.jsonl", "documents=nowhere.jsonl"],
            ["generations: want a file of JSON lines", "documents: want a file of JSON lines"],
            id="missing files",
        ),
    ],
)
def test_wrong_settings_of_evaluate_are_refused(
    run: Run, arguments: list[str], parts: list[str]
) -> None:
    refused(run("evaluate", *arguments), *parts)


def test_a_wrong_setting_of_any_cell_stops_a_sweep_before_its_first(
    run: Run, workplace: Path
) -> None:
    done = run("sweep", 'overrides=["audit.prefix_tokens=0"]', "hydra.run.dir=wrong_sweep")
    refused(done, "audit.prefix_tokens: want at least 1, got 0")
    assert not (workplace / "wrong_sweep" / "cells").exists()


def files_task(workplace: Path, name: str, lines: list[dict[str, object]]) -> list[str]:
    folder = workplace / name
    folder.mkdir()
    content = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "dialogue.jsonl").write_text(content)
    tiny = [one for one in TINY if not one.startswith("data.")]
    return [*tiny, "data=files", f"data.dir={name}", f"hydra.run.dir={name}_run"]


def test_a_wrong_column_is_named_with_file_and_line(run: Run, workplace: Path) -> None:
    lines = [{"id": str(i), "input": f"text {i}", "trget": "x"} for i in range(4)]
    done = run("train", *files_task(workplace, "wrong_column", lines))
    refused(done, "dialogue.jsonl:1: want the column 'target'")
    assert not (workplace / "wrong_column_run" / "report.json").exists()


def test_a_split_that_cannot_be_filled_says_what_there_is(run: Run, workplace: Path) -> None:
    words = ("red", "blue", "green")
    lines = [{"id": w, "input": f"the {w} one", "target": f"it is {w}"} for w in words]
    done = run("train", *files_task(workplace, "empty_split", lines))
    refused(done, "data.num_heldout=100")


def test_a_folder_that_holds_a_run_is_not_written_over(
    run: Run, trained: Path, workplace: Path
) -> None:
    report = (trained / "report.json").read_bytes()
    refused(run("train", *TINY, "hydra.run.dir=trained"), "want a folder without a run")
    assert (trained / "report.json").read_bytes() == report


def test_a_checkpoint_of_another_architecture_is_refused(run: Run, workplace: Path) -> None:
    folder = workplace / "decoder"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "gpt2"}))
    done = run(
        "evaluate", "checkpoint=decoder", "task=qa", "hydra.run.dir=of_decoder", "track=files"
    )
    refused(done, "want an encoder-decoder")


def test_weights_of_another_shape_are_refused(run: Run, trained: Path, workplace: Path) -> None:
    tiny = [one for one in TINY if "d_ff" not in one and "max_epochs" not in one]
    done = run(
        "train", *tiny, "trainer.max_epochs=1", "model.d_ff=32", "audit=off", "hydra.run.dir=other"
    )
    assert done.code == 0, done.err
    last = workplace / "other" / "checkpoints" / "last.ckpt"
    last.write_bytes((trained / "checkpoints" / "last.ckpt").read_bytes())
    done = run("evaluate", "run=other", "hydra.run.dir=of_other")
    refused(done, "want the weights of this run's model, got others")


def test_a_full_disk_is_named_and_leaves_no_report(workplace: Path) -> None:
    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_FILE_BYTES, MAX_FILE_BYTES))

    done = subprocess.run(
        command("train", *TINY, "hydra.run.dir=full"),
        cwd=workplace,
        env=environment(workplace),
        preexec_fn=small_files,
        capture_output=True,
        text=True,
        check=False,
    )
    refused(Done(done.returncode, done.stdout, done.stderr), ".ckpt", "make room")
    assert not (workplace / "full" / "report.json").exists()
    assert [path.name for path in (workplace / "full" / "checkpoints").iterdir()] == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_named(run: Run, workplace: Path) -> None:
    (workplace / "locked").mkdir(mode=0o500)
    refused(run("train", *TINY, "hydra.run.dir=locked/run"), "locked")
