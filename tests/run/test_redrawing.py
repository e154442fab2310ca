"""A run's report drawn again, within one process."""

import subprocess
import sys
from pathlib import Path

import pytest

from permille.config.compose import compose_program
from permille.config.schema import Program
from permille.core.errors import PermilleError
from permille.run.folder import RunFolder
from permille.run.job import Job
from permille.run.redrawing import redraw

from ..report.made_run import make_attention, make_run


def job_of(folder: Path, *overrides: str) -> Job:
    config = compose_program(Program.evaluate, ["redraw=true", *overrides])
    return Job(Program.evaluate, config, list(overrides), RunFolder(folder), None)


def test_a_report_is_drawn_again_and_nothing_else_is_written(tmp_path: Path) -> None:
    run = make_run(tmp_path, 4)
    before = {path: path.read_bytes() for path in run.iterdir()}
    assert redraw(job_of(tmp_path / "other", f'run="{run}"')) == run
    drawn = {path: path.read_bytes() for path in run.iterdir()}
    assert set(drawn) - set(before) == {run / "report.html"}
    assert {path: drawn[path] for path in before} == before
    assert not (tmp_path / "other").exists()


def test_pictures_of_attention_are_drawn_again_too_with_tokens_only_where_texts_are(
    tmp_path: Path,
) -> None:
    run = make_run(tmp_path, 4)
    attention = make_attention(run)
    drawn = {}
    for texts in ("none", "full"):
        redraw(job_of(tmp_path, f'run="{run}"', f"report.texts={texts}"))
        drawn[texts] = {path.name: path.read_bytes() for path in attention.glob("*.png")}
    assert drawn["none"].keys() == drawn["full"].keys()
    changed = {name for name in drawn["full"] if drawn["none"][name] != drawn["full"][name]}
    assert changed == {name for name in drawn["full"] if name.startswith("map")}


def test_a_folder_without_a_report_cannot_be_drawn(tmp_path: Path) -> None:
    (tmp_path / "overrides.yaml").write_text("[]\n")
    with pytest.raises(PermilleError, match=r"report\.json"):
        redraw(job_of(tmp_path, f'run="{tmp_path}"'))


def test_drawing_again_loads_nothing_that_only_an_audit_needs() -> None:
    program = (
        "import sys, permille.run.redrawing;"
        "print(sorted({'torch', 'numba', 'pandas', 'tantivy', 'wandb'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
