"""The sparse-coding simulation as a job of sweep.py."""

import sys
from dataclasses import replace
from pathlib import Path

from permille.config.secrets import plain_settings
from permille.measure.sparse_coding import simulate
from permille.measure.sparse_coding_config import SparseCodingConfig
from permille.report.sparse_coding_page import statements_of, write_sparse_coding
from permille.report.sparse_coding_table import sparse_coding_table
from permille.run.folder import RunFolder
from permille.run.job import Job


def run_simulation(job: Job, config: SparseCodingConfig, seed: int | None) -> Path:
    """Simulate, write the comparison over k into the job's folder, print it; return the folder.

    Args:
        job: The job.
        config: Sizes of the simulation.
        seed: In place of the simulation's own; None keeps that.
    """
    top = job.folder.path
    top.mkdir(parents=True, exist_ok=True)
    RunFolder(top).write_settings(job.overrides, plain_settings(job.config))
    if seed is not None:
        config = replace(config, seed=seed)
    rows = simulate(config)
    write_sparse_coding(top, rows, config)
    lines = [*sparse_coding_table(rows), "", *statements_of(rows)]
    sys.stdout.write("\n".join(lines) + "\n")
    return top
