"""A run's report drawn again, apart from what audits, so that nothing of that is loaded for it."""

import sys
from pathlib import Path

from permille.config.schema import EvaluateSettings
from permille.config.settings import to_settings
from permille.report.run_files import RunFiles
from permille.report.terminal import print_report, screen
from permille.run.job import Job
from permille.run.pictures import draw_run


def redraw(job: Job) -> Path:
    """Draw the report of the run that the settings name again, from its files; return its folder.

    Raises:
        PermilleError: If anything is wrong that a user can mend.
    """
    settings = to_settings(job.config, EvaluateSettings)
    run = Path(settings.run or "")
    report = RunFiles(run).report()
    draw_run(run, settings.report)
    print_report(report, screen(sys.stdout), run)
    return run
