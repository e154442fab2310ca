"""A cell of a sweep: one job in a process of its own, whose folder tells whether it is done."""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from omegaconf import OmegaConf

from permille.config.overrides import as_value
from permille.config.saved import OVERRIDES_FILE, effective_overrides, written_overrides
from permille.config.schema import Program
from permille.config.secrets import without_secrets
from permille.core.errors import PermilleError, SettingsError
from permille.report.config import ReportConfig, ReportName, Texts
from permille.run.folder import RunFolder
from permille.run.job import Outcome, group_name

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cell:
    """What runs where; `group` is the folder of the sweep that it is a part of."""

    name: str
    program: Program
    overrides: list[str]
    folder: RunFolder
    group: Path

    @property
    def is_done(self) -> bool:
        """Whether the cell has a whole report."""
        return self.folder.report.is_file()

    @property
    def begun_with(self) -> Path:
        """The file that says with which overrides the cell was begun."""
        return self.folder.path / OVERRIDES_FILE

    def refuse_others(self) -> None:
        """Refuse a folder in which something else than this cell was begun.

        Raises:
            SettingsError: If its overrides are others.
        """
        if not self.begun_with.is_file():
            return
        begun = written_overrides(self.begun_with)
        own = [str(without_secrets(o)) for o in effective_overrides(self.program, self.overrides)]
        if begun != own:
            raise SettingsError(
                f"{self.folder.path}: want a cell of {' '.join(own)}, got one of {' '.join(begun)};"
                " go on with what the sweep was begun with (resume=SWEEP alone does), or choose"
                " another folder with hydra.run.dir="
            )


def run_cell(cell: Cell) -> Outcome:
    """Run a cell, or go on with it where an earlier attempt was interrupted.

    Raises:
        KeyboardInterrupt: If the cell was interrupted.
        SettingsError: If something else was begun in its folder.
    """
    cell.refuse_others()
    if cell.is_done:
        _LOG.info("%s: done already", cell.name)
        draw_missing_page(cell.folder)
        return Outcome(cell.folder.path, cell.overrides)
    _LOG.info("%s: %s", cell.name, " ".join(cell.overrides))
    cell.folder.path.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", f"permille.run.commands.{cell.program}", *_arguments(cell)],
        stdout=subprocess.PIPE,
        text=True,
        env={"WANDB_RUN_GROUP": group_name(cell.group), **os.environ},
        check=False,
    )
    if done.returncode in (130, -signal.SIGINT):
        raise KeyboardInterrupt
    sys.stdout.write("".join(done.stdout.splitlines(keepends=True)[:-1]))
    error = None if done.returncode == 0 and cell.is_done else _error(cell, done.returncode)
    return Outcome(cell.folder.path, cell.overrides, error)


def draw_missing_page(folder: RunFolder) -> None:
    """Draw the page of a finished run that was stopped between its report and its page.

    What the run was told of its report counts: nothing is drawn with `report=off`, nor where that
    is not known.
    """
    if folder.page.is_file() or not folder.settings.is_file():
        return
    chosen = OmegaConf.load(folder.settings).report
    config = ReportConfig(ReportName(chosen.name), Texts(chosen.texts))
    if config.name is ReportName.off:
        return
    # matplotlib is loaded only where something is drawn
    from permille.report.page import write_report

    try:
        write_report(folder.path, config)
    except PermilleError as error:
        _LOG.warning("%s has no report.html: %s", folder.path, error)


def _arguments(cell: Cell) -> list[str]:
    """Return the arguments of a cell's process; one that was interrupted goes on as it began."""
    folder = as_value(str(cell.folder.path))
    if cell.program is Program.train and cell.begun_with.is_file():
        return [f"resume={folder}"]
    return [*cell.overrides, f"hydra.run.dir={folder}"]


def _error(cell: Cell, returncode: int) -> str:
    """Return why a cell failed, as its process noted it."""
    if cell.folder.failed.is_file():
        noted = json.loads(cell.folder.failed.read_text(encoding="utf-8"))
        return str(noted["error"])
    if returncode < 0:
        return f"killed by {signal.Signals(-returncode).name}"
    return f"ended with exit code {returncode}; its messages stand above, and in {cell.folder.path}"


def cell_names(all_overrides: Sequence[Sequence[str]]) -> list[str]:
    """Return a folder's name for each cell: the values that tell it from the others.

    >>> cell_names([["task=qa", "seed=1"], ["task=qa", "seed=2"]])
    ['seed=1', 'seed=2']
    >>> cell_names([["task=qa"], ["task=dialogue"]])
    ['qa', 'dialogue']
    >>> cell_names([["audit.prefix_start=0.25"], ["audit.prefix_start=0.5"]])
    ['prefix_start=0.25', 'prefix_start=0.5']
    """
    shared = set.intersection(*(set(one) for one in all_overrides)) if all_overrides else set()
    names: list[str] = []
    for overrides in all_overrides:
        own = [one for one in overrides if one not in shared] or list(overrides)
        parts = [_short(one) for one in own]
        name = _as_file_name("_".join(parts)) or "cell"
        names.append(name if name not in names else f"{name}_{len(names)}")
    return names


def _short(override: str) -> str:
    """Return an override without the groups of its key, and of ``task=`` the value alone."""
    key, equals, value = override.removeprefix("task=").partition("=")
    return f"{key.rpartition('.')[2]}{equals}{value}"


def _as_file_name(text: str) -> str:
    """Return a text with only such signs as file names take everywhere."""
    kept = "".join(c if c.isalnum() or c in "=_-+." else "-" for c in text)
    return kept.strip("-.")[:100]
