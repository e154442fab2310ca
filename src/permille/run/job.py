"""One job of a program: its settings and its folder, and what came of it."""

import errno
import logging
import os
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from permille.config.compose import compose_program
from permille.config.ignored import ignored_overrides, ignored_settings
from permille.config.saved import effective_overrides
from permille.config.schema import Program, Settings
from permille.core.errors import PermilleError
from permille.run.folder import RunFolder, write_json

_LOG = logging.getLogger(__name__)

DISK_ERRORS = {
    errno.ENOSPC: "no space is left",
    errno.EFBIG: "the file would be larger than is allowed",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "access is refused",
    errno.EPERM: "access is refused",
}


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done.

    `config` is composed from `overrides`; `group` is the folder of the sweep that it is a part of.
    """

    program: Program
    config: DictConfig
    overrides: list[str]
    folder: RunFolder
    group: Path | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job: the folder that holds its result, or why there is none."""

    run: Path
    overrides: list[str]
    error: str | None = None


def group_name(sweep: Path) -> str:
    """Return the name under which a tracker groups the runs of a sweep.

    >>> group_name(Path("sweeps/2026-11-23/15-04-05_tasks"))
    'sweeps_2026-11-23_15-04-05_tasks'
    """
    return "_".join(sweep.parts[-3:])


def is_first_process() -> bool:
    """Tell whether this is the process that speaks and writes, of those that train together."""
    return all(os.environ.get(name, "0") == "0" for name in ("LOCAL_RANK", "RANK"))


def job_of(program: Program, config: DictConfig) -> Job:
    """Return the job that Hydra has just started."""
    hydra = HydraConfig.get()
    overrides = effective_overrides(program, list(hydra.overrides.task))
    if overrides != list(hydra.overrides.task):
        config = compose_program(program, overrides)
    # that a run was resumed is no setting of it: its result is that of an uninterrupted run
    overrides = [one for one in overrides if not one.startswith("resume=")]
    is_multirun = hydra.mode is RunMode.MULTIRUN
    return Job(
        program=program,
        config=config,
        overrides=overrides,
        folder=RunFolder(Path(hydra.runtime.output_dir)),
        group=Path(hydra.sweep.dir).resolve() if is_multirun else None,
    )


def warn_of_ignored(settings: Settings, overrides: Sequence[str]) -> None:
    """Say which settings were given, and of them which by overrides, that have no effect."""
    if is_first_process():
        for line in (*ignored_settings(settings), *ignored_overrides(settings, overrides)):
            _LOG.warning(line)


def do(job: Job, work: Callable[[Job], Path]) -> Outcome:
    """Do a job, and turn what a user can mend into its outcome.

    Within a sweep any other error becomes an outcome as well, since an error that leaves a job
    ends the whole sweep.
    """
    try:
        return Outcome(work(job), job.overrides)
    except PermilleError as error:
        message = str(error)
    except BrokenProcessPool:
        message = (
            "a process that searched and aligned was ended from outside, most often for want of"
            " memory; start again, which takes up what was found, with audit.num_workers=1 where"
            " memory is short"
        )
    except Exception as error:
        of_disk = disk_error(error) if isinstance(error, OSError) else None
        if of_disk is None:
            _LOG.exception("a fault of the program, not of its input")
            if job.group is None:
                raise
        message = of_disk or f"{type(error).__name__}: {error}"
    _leave_word(job.folder, message)
    return Outcome(job.folder.path, job.overrides, message)


def disk_error(error: OSError) -> str | None:
    """Say which file could not be read or written, and why; None of an error that is no disk's."""
    if error.errno not in DISK_ERRORS and error.filename is None:
        return None
    reason = DISK_ERRORS.get(error.errno or 0, error.strerror or str(error))
    return (
        f"{error.filename or 'a file of the run'}: {reason}; make room or mend it, then go on with"
        " resume=, or choose another folder with hydra.run.dir="
    )


def _leave_word(folder: RunFolder, message: str) -> None:
    """Note in the run's folder why there is no report; a finished run is left as it is."""
    if not is_first_process() or folder.report.is_file():
        return
    try:
        write_json(folder.failed, {"error": message})
    except OSError as error:
        _LOG.warning("%s could not be written: %s", folder.failed, error.strerror)
