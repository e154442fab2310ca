"""What Hydra calls around the jobs of `-m`, to compare them when the last one is done."""

import sys
from pathlib import Path

from hydra.core.utils import JobReturn, JobStatus
from hydra.experimental.callback import Callback
from omegaconf import DictConfig
from typing_extensions import override

from permille.run.ending import FAILED, print_last_line, say_error
from permille.run.job import Outcome


class CompareRuns(Callback):
    """Collects what came of each job, and compares those that have a report."""

    def __init__(self) -> None:
        self._outcomes: list[Outcome] = []

    @override
    def on_job_end(self, config: DictConfig, job_return: JobReturn, **_: object) -> None:
        """Keep what came of a job."""
        if job_return.status is JobStatus.COMPLETED:
            self._outcomes.append(job_return.return_value)

    @override
    def on_multirun_end(self, config: DictConfig, **_: object) -> None:
        """Write the comparison, print the last line, and end with 1 where a job failed."""
        folder = Path(str(config.hydra.sweep.dir))
        failed = compare_outcomes(folder, self._outcomes)
        print_last_line({"sweep": folder, "comparison": folder / "comparison.json"})
        if failed:
            sys.exit(FAILED)


def compare_outcomes(folder: Path, outcomes: list[Outcome]) -> bool:
    """Write the comparison of a sweep's runs, name the failed ones, and say whether there are.

    Where none has finished, a comparison that an earlier sweep left in the folder stays.
    """
    from permille.report.comparison import FailedCell, comparison_row, write_comparison
    from permille.run.paper_setup import setup_differences

    rows = [
        comparison_row(one.run, one.overrides, setup_differences(one.run))
        for one in outcomes
        if one.error is None
    ]
    failed = [FailedCell(one.run.name, one.error) for one in outcomes if one.error is not None]
    for cell in failed:
        say_error(f"{cell.cell}: {cell.error}")
    if rows or not (folder / "comparison.json").exists():
        write_comparison(folder, rows, failed)
    return bool(failed)
