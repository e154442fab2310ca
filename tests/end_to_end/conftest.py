"""The real programs, run as a user runs them, on settings so small that a run takes seconds."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 600
TINY = (
    "trainer.max_epochs=3",
    "data.num_train=24",
    "data.num_heldout=16",
    "model.d_model=32",
    "model.d_ff=64",
    "model.vocab_size=400",
    "model.eval_batch_size=8",
    "audit.max_new_tokens=48",
    "audit.num_planted=4",
    "audit.num_threshold_prompts=4",
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
def run_anew(workplace: Path) -> Run:
    """Run a program as a shell does, with every import of its own."""

    def start(program: str, *arguments: str) -> Done:
        done = subprocess.run(
            command(program, *arguments),
            cwd=workplace,
            env=environment(workplace),
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return start


class Started:
    """A program in a process of its own, whose imports were paid for before."""

    def __init__(self, server: subprocess.Popen[str], said: Path, job: dict[str, object]) -> None:
        assert server.stdin
        assert server.stdout
        self.answers, self.out, self.err = server.stdout, said / "out", said / "err"
        files = {"out": str(self.out), "err": str(self.err)}
        print(json.dumps(job | files), file=server.stdin, flush=True)
        self.process = int(self.answers.readline())

    def wait_for(self, is_there: Callable[[], bool]) -> None:
        """Wait until something is there that the program makes while it runs."""
        while not is_there():
            assert not select.select([self.answers], [], [], 0)[0], self.err.read_text()
            time.sleep(0.01)

    def send_signal(self, number: int) -> None:
        os.kill(self.process, number)

    def end(self) -> Done:
        code = int(self.answers.readline())
        return Done(code, self.out.read_text(), self.err.read_text())


Start = Callable[..., Started]


@pytest.fixture(scope="session")
def start(workplace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Start a program in a process of its own; one that a test starts has to end in it."""
    said = tmp_path_factory.mktemp("said")
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("forking.py"))],
        cwd=workplace,
        env=environment(workplace),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as server:
        assert server.stdout
        # what is imported may leave something in the folder of caches
        assert server.stdout.readline() == "ready\n"

        def start_program(program: str, *arguments: str) -> Started:
            return Started(server, said, {"program": program, "arguments": arguments})

        yield start_program


@pytest.fixture(scope="session")
def run(start: Start) -> Run:
    """Run a program in a process of its own to its end."""

    def run_program(program: str, *arguments: str) -> Done:
        started = start(program, *arguments)
        limit = threading.Timer(TIMEOUT_S, started.send_signal, [signal.SIGKILL])
        limit.start()
        done = started.end()
        limit.cancel()
        return done

    return run_program


@pytest.fixture(scope="session")
def trained(run_anew: Run, workplace: Path) -> Path:
    """A small run that was trained to its end."""
    done = run_anew("train", *TINY, "hydra.run.dir=trained")
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
