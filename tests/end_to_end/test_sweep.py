"""Several runs at once: -m and sweep.py."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from .conftest import TINY, Run, command, environment

SHORT = [*(one for one in TINY if "epochs" not in one), "trainer.max_epochs=1"]
FORMS = {"comparison.json", "comparison.md", "comparison.csv", "comparison.html"}


def comparison_of(folder: Path) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads((folder / "comparison.json").read_text())
    return found


def listed(overrides: list[str]) -> str:
    return f"overrides=[{','.join(json.dumps(one) for one in overrides)}]"


def test_runs_of_two_tasks_are_compared(run: Run, workplace: Path) -> None:
    done = run("train", *SHORT, "task=dialogue,qa", "-m", "hydra.sweep.dir=many")
    assert done.code == 0, done.err
    many = workplace / "many"
    assert done.last_line == {"sweep": str(many), "comparison": str(many / "comparison.json")}
    assert {path.name for path in many.iterdir()} >= FORMS | {"dialogue", "qa"}
    rows = comparison_of(many)["rows"]
    assert [row["task"] for row in rows] == ["dialogue", "qa"]
    for row in rows:
        report = json.loads((Path(str(row["run"])) / "report.json").read_text())
        assert row["ratios"] == report["ratios"]
        assert row["utility"] == report["utility"]


def test_a_failed_job_is_named_and_the_others_are_compared(run: Run, workplace: Path) -> None:
    done = run(
        "train",
        "-m",
        *SHORT,
        "audit=off",
        "model=hf,mini",
        "model.name=nowhere",
        "hydra.sweep.dir=half",
    )
    assert done.code == 1
    assert "Traceback" not in done.err
    assert done.last_line["sweep"] == str(workplace / "half")
    comparison = comparison_of(workplace / "half")
    assert [row["task"] for row in comparison["rows"]] == ["dialogue"]
    (failed,) = comparison["failed"]
    assert failed["cell"] == "dialogue_0"
    assert "nowhere" in str(failed["error"])
    assert any(line.startswith("dialogue_0: ") for line in done.errors)


def test_a_sweep_runs_its_cells_skips_what_is_done_and_goes_on_after_a_failure(
    run: Run, workplace: Path
) -> None:
    grid = workplace / "conf" / "grid"
    grid.mkdir(parents=True)
    (grid / "mine.yaml").write_text(
        "name: mine\ncells:\n- [model=hf, model.name=nowhere]\n- [seed=1]\n"
    )
    arguments = [
        "--config-dir=conf",
        "grid=mine",
        listed([*SHORT, "audit=off"]),
        "hydra.run.dir=cells",
    ]
    done = run("sweep", *arguments)
    assert done.code == 1
    assert done.last_line["sweep"] == str(workplace / "cells")
    comparison = comparison_of(workplace / "cells")
    assert len(comparison["rows"]) == 1
    (failed,) = comparison["failed"]
    assert "nowhere" in str(failed["cell"])
    assert "nowhere" in str(failed["error"])
    assert any(str(failed["cell"]) in line for line in done.errors)
    report = workplace / "cells" / "cells" / "seed=1" / "report.json"
    written = report.stat().st_mtime_ns
    again = run("sweep", *arguments)
    assert again.code == 1
    assert report.stat().st_mtime_ns == written
    assert "seed=1: done already" in again.err
    begun = (workplace / "cells" / "overrides.yaml").read_bytes()
    resumed = run("sweep", "--config-dir=conf", "resume=cells")
    assert resumed.code == 1
    assert "seed=1: done already" in resumed.err
    assert len(comparison_of(workplace / "cells")["rows"]) == 1
    other = run("sweep", "--config-dir=conf", "resume=cells", listed([*SHORT, "task=qa"]))
    assert other.code == 1
    assert any(": want a cell of " in line for line in other.errors)
    assert (workplace / "cells" / "overrides.yaml").read_bytes() == begun
    assert report.stat().st_mtime_ns == written


def test_the_simulation_leaves_a_comparison_as_other_grids_do(
    run_anew: Run, workplace: Path
) -> None:
    sizes = ["num_features=4", "num_examples=32", "num_seeds=2", "num_steps=5"]
    done = run_anew(
        "sweep",
        "grid=sparse_coding",
        *(f"grid.simulation.{size}" for size in sizes),
        "hydra.run.dir=simulated",
    )
    assert done.code == 0, done.err
    folder = workplace / "simulated"
    assert done.last_line == {"sweep": str(folder), "comparison": str(folder / "comparison.json")}
    assert {path.name for path in folder.iterdir()} >= FORMS | {"comparison.svg"}
    assert [row["num_needed"] for row in comparison_of(folder)["rows"]] == [1, 2, 4]
    assert "dispersion against k: " in done.out


@pytest.mark.slow
def test_jobs_of_two_processes_each_run_apart_within_a_sweep(
    run_anew: Run, workplace: Path
) -> None:
    done = run_anew(
        "train",
        "-m",
        *SHORT,
        "audit=off",
        "trainer=ddp",
        "model.batch_size=6",
        "seed=1,2",
        "hydra.sweep.dir=apart",
    )
    assert done.code == 0, done.err
    names = {Path(str(row["run"])).name for row in comparison_of(workplace / "apart")["rows"]}
    assert names == {"dialogue_0", "dialogue_1"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "arguments", "first"),
    [
        pytest.param(
            "train",
            ["-m", *SHORT, "task=dialogue,qa", "hydra.sweep.dir=cut"],
            "cut/dialogue/checkpoints/last.ckpt",
            id="-m",
        ),
        pytest.param(
            "sweep",
            ["grid=seeds", listed(SHORT), "hydra.run.dir=cut_sweep"],
            "cut_sweep/cells/seed=0/checkpoints/last.ckpt",
            id="sweep.py",
        ),
    ],
)
def test_an_interrupted_sweep_ends_with_130_and_starts_no_further_run(
    workplace: Path, program: str, arguments: list[str], first: str
) -> None:
    process = subprocess.Popen(
        command(program, *arguments),
        cwd=workplace,
        env=environment(workplace),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while process.poll() is None and not (workplace / first).exists():
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in err
    top = workplace / Path(first).parts[0]
    assert not (top / "comparison.json").exists()
    assert len(list(top.rglob("overrides.yaml"))) - (program == "sweep") == 1
