"""Named grids of runs: one cell after the other, each resumable, then their comparison."""

from itertools import product
from pathlib import Path

from permille.config.overrides import as_value
from permille.config.preflight import check_overrides
from permille.config.schema import GridConfig, Program, SweepSettings
from permille.config.secrets import plain_settings
from permille.config.settings import to_settings
from permille.core.errors import SettingsError
from permille.run.cells import Cell, cell_names, run_cell
from permille.run.comparison import compare_outcomes
from permille.run.folder import RunFolder
from permille.run.job import Job

CELLS = "cells"


def run_sweep(job: Job) -> Path:
    """Run the cells of a grid that are not done yet, and compare all; return the sweep's folder.

    A failed cell does not keep the others from running; all that failed are named at the end.

    Raises:
        SettingsError: If the settings of any cell are wrong, or others than it was begun with;
            nothing has run then.
    """
    settings = to_settings(job.config, SweepSettings)
    if settings.grid.simulation is not None:
        # torch is loaded only where something is simulated
        from permille.run.simulation import run_simulation

        return run_simulation(job, settings.grid.simulation, settings.seed)
    shared = list(settings.overrides)
    if settings.seed is not None:
        shared.insert(0, f"seed={settings.seed}")
    top = job.folder.path
    cells = cells_of(settings.grid, shared, top)
    first = first_of(settings.grid, shared, top)
    check_overrides([(cell.program, cell.overrides) for cell in ([first] if first else cells)])
    for cell in [*([first] if first else []), *cells]:
        cell.refuse_others()
    top.mkdir(parents=True, exist_ok=True)
    RunFolder(top).write_settings(job.overrides, plain_settings(job.config))
    if first is not None:
        outcome = run_cell(first)
        if outcome.error is not None:
            raise SettingsError(f"{first.name}, which all cells start from: {outcome.error}")
    compare_outcomes(top, [run_cell(cell) for cell in cells])
    return top


def cells_of(grid: GridConfig, shared: list[str], top: Path) -> list[Cell]:
    """Return the cells of a grid: those listed, then the product of its values."""
    values = [[f"{key}={value}" for value in found] for key, found in grid.product.items()]
    listed = [list(cell) for cell in grid.cells]
    if grid.product:
        listed += [list(cell) for cell in product(*values)]
    own = []
    if grid.before is not None:
        own = [f"run={as_value(str(top / 'before'))}"]
    names = cell_names(listed)
    return [
        Cell(
            name,
            grid.program,
            [*own, *shared, *overrides],
            RunFolder(top / CELLS / name),
            top,
        )
        for name, overrides in zip(names, listed, strict=True)
    ]


def first_of(grid: GridConfig, shared: list[str], top: Path) -> Cell | None:
    """Return the training run whose model all cells evaluate, where the grid has one."""
    if grid.before is None:
        return None
    overrides = [*shared, *grid.before]
    return Cell("before", Program.train, overrides, RunFolder(top / "before"), top)
