"""The sparse-coding simulation as a job."""

import json
from pathlib import Path

import pytest

from permille.config.compose import compose_program
from permille.config.schema import Program
from permille.measure.sparse_coding_config import SparseCodingConfig
from permille.run.folder import RunFolder
from permille.run.job import Job
from permille.run.simulation import run_simulation

SIZES = SparseCodingConfig(num_features=4, num_examples=32, num_seeds=2, num_steps=5)


def job_in(folder: Path) -> Job:
    overrides = ["grid=sparse_coding"]
    config = compose_program(Program.sweep, overrides)
    return Job(Program.sweep, config, overrides, RunFolder(folder), None)


def test_a_job_leaves_every_form_and_prints_the_table_that_it_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    top = run_simulation(job_in(tmp_path / "run"), SIZES, None)
    written = {path.name for path in top.iterdir()}
    assert written >= {f"comparison.{form}" for form in ("json", "md", "csv", "html", "svg")}
    assert written >= {"overrides.yaml", "config.yaml"}
    printed = capsys.readouterr().out.splitlines()
    figures = ["dispersion", "memorization", "generalization"]
    assert printed[0].split() == ["k", "ideal", "trained", *figures]
    assert set(printed[:10]) <= set((top / "comparison.md").read_text().splitlines())


def test_the_seed_of_the_sweep_stands_in_place_of_the_simulation_s_own(tmp_path: Path) -> None:
    tops = {
        seed: run_simulation(job_in(tmp_path / str(seed)), SIZES, seed) for seed in (None, 0, 5)
    }
    found = {seed: json.loads((top / "comparison.json").read_text()) for seed, top in tops.items()}
    assert found[5]["simulation"]["seed"] == 5
    assert found[None] == found[0]
    assert found[5]["rows"] != found[0]["rows"]
