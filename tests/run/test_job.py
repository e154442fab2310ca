"""What comes of a job: its folder, or one sentence about why there is no result."""

import errno
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from joblib.externals.loky.process_executor import TerminatedWorkerError

from permille.core.errors import DataError
from permille.run.job import Job, Outcome, disk_error, do, group_name, is_first_process

from .conftest import job_in


def failing(error: Exception) -> Callable[[Job], Path]:
    def work(job: Job) -> Path:
        raise error

    return work


def test_a_job_that_is_done_gives_its_folder(tmp_path: Path) -> None:
    job = job_in(tmp_path, "seed=1")
    outcome = do(job, lambda one: one.folder.path)
    assert outcome == Outcome(tmp_path, job.overrides)


def test_what_a_user_can_mend_is_noted_in_the_folder(tmp_path: Path) -> None:
    outcome = do(job_in(tmp_path), failing(DataError("file.jsonl:3: want a text")))
    assert outcome.error == "file.jsonl:3: want a text"
    noted = json.loads((tmp_path / "failed.json").read_text())
    assert noted == {"error": "file.jsonl:3: want a text"}


def test_a_finished_run_is_left_as_it_is_when_a_command_is_refused(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("{}")
    do(job_in(tmp_path), failing(DataError("no")))
    assert not (tmp_path / "failed.json").exists()


def test_a_fault_of_the_program_is_raised_by_a_single_run(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError, match="division by zero"):
        do(job_in(tmp_path), failing(ZeroDivisionError("division by zero")))


def test_a_fault_of_the_program_does_not_end_a_sweep(tmp_path: Path) -> None:
    job = job_in(tmp_path, group=tmp_path.parent)
    outcome = do(job, failing(ZeroDivisionError("division by zero")))
    assert outcome.error == "ZeroDivisionError: division by zero"


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(ConnectionResetError(errno.ECONNRESET, "reset by peer"), id="connection"),
        pytest.param(TimeoutError("too late"), id="timeout"),
        pytest.param(BrokenPipeError(errno.EPIPE, "broken pipe"), id="pipe"),
        pytest.param(OSError(errno.ENOMEM, "cannot allocate memory"), id="memory"),
    ],
)
def test_an_error_of_the_system_that_names_no_file_does_not_end_a_sweep(
    tmp_path: Path, error: OSError
) -> None:
    outcome = do(job_in(tmp_path, group=tmp_path.parent), failing(error))
    assert outcome.error == f"{type(error).__name__}: {error}"
    assert json.loads((tmp_path / "failed.json").read_text()) == {"error": outcome.error}
    with pytest.raises(type(error), match=f"^{re.escape(str(error))}$"):
        do(job_in(tmp_path), failing(error))


def test_a_process_that_was_ended_from_outside_is_told_in_one_line(tmp_path: Path) -> None:
    outcome = do(job_in(tmp_path), failing(TerminatedWorkerError("exit codes: SIGKILL(-9)")))
    assert outcome.error is not None
    assert outcome.error.startswith("a process that searched and aligned was ended from outside")
    assert json.loads((tmp_path / "failed.json").read_text()) == {"error": outcome.error}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param(errno.ENOSPC, "no space is left", id="full"),
        pytest.param(errno.EACCES, "access is refused", id="locked"),
        pytest.param(errno.EROFS, "the disk is read-only", id="read-only"),
    ],
)
def test_an_error_of_the_disk_names_the_file_and_what_to_do(code: int, words: str) -> None:
    message = disk_error(OSError(code, "as the system says", "run/last.ckpt"))
    assert message is not None
    assert message.startswith(f"run/last.ckpt: {words}; make room")
    assert "resume=" in message


def test_an_error_that_is_none_of_a_disk_has_no_such_words() -> None:
    assert disk_error(OSError(errno.EPIPE, "gone")) is None


@pytest.mark.parametrize(
    ("variables", "is_first"),
    [({}, True), ({"LOCAL_RANK": "0"}, True), ({"LOCAL_RANK": "1"}, False), ({"RANK": "3"}, False)],
)
def test_only_the_first_of_several_processes_writes(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], is_first: bool
) -> None:
    for name in ("LOCAL_RANK", "RANK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert is_first_process() is is_first


def test_sweeps_of_different_days_are_different_groups() -> None:
    names = {group_name(Path(f"/x/multirun/2026-11-{day}/15-04-05")) for day in (23, 24)}
    assert names == {"multirun_2026-11-23_15-04-05", "multirun_2026-11-24_15-04-05"}
