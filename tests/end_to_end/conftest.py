"""The real programs, run as a user runs them, on settings so small that a run takes seconds."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
TINY = (
    "trainer.max_epochs=3",
    "data.num_train=24",
    "data.num_heldout=16",
    "model.d_model=32",
    "model.d_ff=64",
    "model.vocab_size=400",
    "model.eval_batch_size=8",
    "audit.max_new_tokens=48",
    "track=files",
    "report=off",
)


@dataclass(frozen=True)
class Done:
    """What a program left behind."""

    code: int
    out: str
    err: str

    @property
    def last_line(self) -> Mapping[str, str]:
        found: Mapping[str, str] = json.loads(self.out.splitlines()[-1])
        return found

    @property
    def errors(self) -> list[str]:
        lines = [line for line in self.err.splitlines() if line.startswith("error: ")]
        return [line.removeprefix("error: ") for line in lines]


Run = Callable[..., Done]


def environment(folder: Path) -> dict[str, str]:
    own = {
        "XDG_CACHE_HOME": str(folder / "cache"),
        "OMP_NUM_THREADS": "1",
        "WANDB_MODE": "offline",
    }
    return {**os.environ, **own}


def command(program: str, *arguments: str) -> list[str]:
    return [sys.executable, str(PROJECT / f"{program}.py"), *arguments]


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workplace")


@pytest.fixture(scope="session")
def run(workplace: Path) -> Run:
    def start(program: str, *arguments: str) -> Done:
        done = subprocess.run(
            command(program, *arguments),
            cwd=workplace,
            env=environment(workplace),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return start


@pytest.fixture(scope="session")
def trained(run: Run, workplace: Path) -> Path:
    """A small run that was trained to its end."""
    done = run("train", *TINY, "hydra.run.dir=trained")
    assert done.code == 0, done.err
    (workplace / "trained.err").write_text(done.err)
    return workplace / "trained"


def result_of(run: Path) -> dict[str, object]:
    """What is in a report but for times."""
    report: dict[str, object] = json.loads((run / "report.json").read_text())
    provenance = report["provenance"]
    assert isinstance(provenance, dict)
    del provenance["times"]
    return report
