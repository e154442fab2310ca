"""The three programs. Nothing heavy is imported before the settings are known to be right."""

import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import hydra
from omegaconf import DictConfig

from permille.config.overrides import as_value
from permille.config.preflight import CommandLine, read_command_line
from permille.config.saved import value_of
from permille.config.schema import Program, register_schemas
from permille.core.errors import PermilleError
from permille.model.config import Strategy
from permille.run.ending import DONE, FAILED, INTERRUPTED, print_last_line, say_error
from permille.run.folder import REPORT_FILE, make_place
from permille.run.job import Job, Outcome, do, is_first_process, job_of

_LOG = logging.getLogger(__name__)

BARS_OF_LIBRARIES = ("HF_HUB_DISABLE_PROGRESS_BARS", "HF_DATASETS_DISABLE_PROGRESS_BARS")
"""Variables that keep libraries' own bars out of a log, where each step would be a line."""
GOES_ON = {
    Program.train: "train.py goes on with resume=RUN",
    Program.evaluate: "started again, evaluate.py takes up what it had found",
    Program.sweep: "sweep.py goes on with resume=SWEEP",
}
"""What to do after an interruption."""


def train() -> None:
    """Run train.py: fine-tune, audit, report."""
    sys.exit(run_program(Program.train, _train))


def evaluate() -> None:
    """Run evaluate.py: audit a run, a checkpoint or texts."""
    sys.exit(run_program(Program.evaluate, _evaluate))


def sweep() -> None:
    """Run sweep.py: the cells of a named grid."""
    sys.exit(run_program(Program.sweep, _sweep))


def run_program(program: Program, work: Callable[[Job], Path]) -> int:
    """Check the command line, let Hydra start the jobs, and return the exit code."""
    register_schemas()
    if not sys.stderr.isatty():
        os.environ |= {name: "1" for name in BARS_OF_LIBRARIES if name not in os.environ}
    outcomes: list[Outcome] = []

    def task(config: DictConfig) -> Outcome:
        outcome = do(job_of(program, config), work)
        outcomes.append(outcome)
        return outcome

    try:
        line = read_command_line(program, sys.argv[1:])
        if line.help_text is not None:
            sys.stdout.write(line.help_text)
            return DONE
        if not line.is_information:
            setting = "hydra.sweep.dir" if line.is_multirun else "hydra.run.dir"
            make_place(setting, value_of(line.overrides, setting))
        sys.argv[1:] = [*line.arguments, *own_arguments(program, line)]
        start = hydra.main(
            version_base="1.3", config_path="pkg://permille.conf", config_name=str(program)
        )
        start(task)()
    except PermilleError as error:
        say_error(str(error))
        return FAILED
    except KeyboardInterrupt:
        say_error(f"interrupted; {GOES_ON[program]}")
        return INTERRUPTED
    if line.is_information or line.is_multirun or not outcomes:
        return DONE
    return _end(program, outcomes[-1])


def own_arguments(program: Program, line: CommandLine) -> list[str]:
    """Return what a command line implies about folders.

    A resumed run goes on in its folder, and a report is drawn again where it lies. Jobs of a sweep
    over more than the task are told apart by a number.
    """
    if line.is_information:
        return []
    if line.is_multirun:
        names = [value_of(cell, "task") for cell in line.cells]
        is_numbered = program is Program.evaluate or len(set(names)) < len(names)
        base = "evaluate" if program is Program.evaluate else "${task.name}"
        return [f"hydra.sweep.subdir={base}_${{hydra.job.num}}"] if is_numbered else []
    folder = value_of(line.overrides, "resume")
    if value_of(line.overrides, "redraw") == "True":
        folder = value_of(line.overrides, "run")
    if folder is None:
        return []
    return [f"hydra.run.dir={as_value(str(Path(folder).resolve()))}"]


def _end(program: Program, outcome: Outcome) -> int:
    """Print the last line of a single job, and return its exit code."""
    if not is_first_process():
        return DONE if outcome.error is None else FAILED
    if outcome.error is not None:
        say_error(outcome.error)
        return FAILED
    if program is Program.sweep:
        return _end_of_sweep(outcome.run)
    print_last_line({"run": outcome.run, "report": outcome.run / REPORT_FILE})
    return DONE


def _end_of_sweep(folder: Path) -> int:
    """Print the last line of a sweep; its exit code tells whether cells failed."""
    comparison = folder / "comparison.json"
    print_last_line({"sweep": folder, "comparison": comparison})
    failed: Sequence[object] = json.loads(comparison.read_text(encoding="utf-8"))["failed"]
    return FAILED if failed else DONE


def _train(job: Job) -> Path:
    if job.group is not None and job.config.trainer.strategy is Strategy.ddp:
        return _train_apart(job, job.group)
    from permille.run.train import run_training

    return run_training(job)


def _train_apart(job: Job, group: Path) -> Path:
    """Train in a process of its own, since ranks start the program's command line again.

    Within `-m` that would be the whole sweep.

    Raises:
        PermilleError: If it failed.
    """
    from permille.run.cells import Cell, run_cell

    outcome = run_cell(Cell(job.folder.path.name, job.program, job.overrides, job.folder, group))
    if outcome.error is not None:
        raise PermilleError(outcome.error)
    return outcome.run


def _evaluate(job: Job) -> Path:
    if job.config.redraw:
        from permille.run.redrawing import redraw

        return redraw(job)
    from permille.run.evaluate import run_evaluation

    return run_evaluation(job)


def _sweep(job: Job) -> Path:
    from permille.run.sweep import run_sweep

    return run_sweep(job)
