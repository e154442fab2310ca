"""Every fault of a command line in one message, before anything is loaded.

Hydra stops at the first wrong override and speaks of its own insides. Here each override is read
and composed by itself where all together fail, so that a user mends a command line once.
"""

from argparse import Namespace
from collections.abc import Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from hydra._internal.utils import get_args_parser
from hydra.core.config_loader import ConfigLoader
from hydra.errors import HydraException
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from permille.config.compose import compose_program, composing
from permille.config.help import help_text
from permille.config.overrides import explain, read_overrides
from permille.config.resumed import changed_settings
from permille.config.saved import effective_overrides, value_of
from permille.config.schema import ROOTS, Program
from permille.config.settings import to_settings
from permille.core.errors import SettingsError, raise_faults

COMPOSITION_ERRORS = (HydraException, OmegaConfBaseException)
MAX_CELLS = 32
"""Combinations of a sweep that are checked before the first runs; the others check themselves."""


@dataclass(frozen=True)
class CommandLine:
    """What a user asked for.

    `is_information` tells that something is to be printed (help, the configuration) instead of run;
    `help_text` is what, where it is the program's help. `cells` are the overrides of each job: one,
    or those of `-m`. `arguments` are all of them with the flags first, as Hydra's own parser wants.
    """

    arguments: list[str]
    overrides: list[str]
    cells: list[list[str]]
    is_multirun: bool
    is_information: bool
    help_text: str | None = None


def read_command_line(program: Program, arguments: Sequence[str]) -> CommandLine:
    """Read a program's arguments and check all settings that they name.

    Raises:
        SettingsError: If anything is wrong; the message has a line for each fault.
    """
    args = _parsed(arguments)
    ordered = [*_without(arguments, args.overrides), *args.overrides]
    folder = Path(args.config_dir) if args.config_dir else None
    if folder is not None and not folder.is_dir():
        raise SettingsError(f"--config-dir: want a folder, got {folder}, which is no folder")
    if _is_information(args):
        text = help_text(program, folder) if args.help else None
        return CommandLine(
            ordered, args.overrides, [], args.multirun, is_information=True, help_text=text
        )
    with composing() as loader:
        read = read_overrides(args.overrides, loader, is_multirun=args.multirun)
        faults = list(read.faults)
        for cell in read.cells[:MAX_CELLS]:
            faults += _faults(program, cell, loader, folder)
    raise_faults(faults)
    return CommandLine(ordered, args.overrides, read.cells, args.multirun, is_information=False)


def check_overrides(jobs: Sequence[tuple[Program, Sequence[str]]]) -> None:
    """Check the settings of several jobs before the first one starts.

    Raises:
        SettingsError: If anything is wrong; the message has a line for each fault.
    """
    faults: list[str] = []
    with composing() as loader:
        for program, overrides in jobs:
            read = read_overrides(overrides, loader, is_multirun=False)
            faults += read.faults or _faults(program, overrides, loader, None)
    raise_faults(faults)


def _parsed(arguments: Sequence[str]) -> Namespace:
    """Read flags and overrides, which may stand in any order.

    Raises:
        SettingsError: If a flag is wrong; argparse would end the program with 2.
    """
    said = StringIO()
    try:
        with redirect_stderr(said):
            return get_args_parser().parse_intermixed_args(list(arguments))
    except SystemExit as error:
        if not error.code:
            raise
        reason = said.getvalue().strip().rpartition(": error: ")[2]
        unknown = reason.removeprefix("unrecognized arguments: ")
        what = reason if unknown == reason else f"{unknown}: no such flag"
        raise SettingsError(f"{what}; see --help") from error


def _without(arguments: Sequence[str], overrides: Sequence[str]) -> list[str]:
    """Return the arguments without the overrides, which stand among them in the same order."""
    left = list(overrides)
    return [one for one in arguments if not (left and one == left[0] and left.pop(0))]


def _is_information(args: Namespace) -> bool:
    """Tell whether something is to be printed instead of run."""
    return bool(args.help or args.hydra_help or args.cfg or args.info or args.shell_completion)


def _faults(
    program: Program, overrides: Sequence[str], loader: ConfigLoader, folder: Path | None
) -> list[str]:
    """Return what is wrong with the settings of one job, a line a fault."""
    faults: list[str] = []
    given = overrides
    try:
        overrides = effective_overrides(program, given)
        config = compose_program(program, overrides, folder)
        if program is Program.train:
            faults += changed_settings(given, config, folder)
        if program is Program.evaluate:
            faults += _unnamed_task(given)
    except SettingsError as error:
        return [str(error)]
    except COMPOSITION_ERRORS:
        config = _compose_what_can_be(program, overrides, loader, folder, faults)
    try:
        to_settings(config, ROOTS[program])
    except SettingsError as error:
        faults += str(error).splitlines()
    return faults


def _unnamed_task(overrides: Sequence[str]) -> list[str]:
    """Return the fault of a checkpoint without a task: the default was named by nobody."""
    checkpoint = value_of(overrides, "checkpoint")
    if checkpoint is None or value_of(overrides, "task") is not None:
        return []
    return [
        f"task: want the task on which checkpoint={checkpoint} is audited, got none; name it, such"
        " as task=summarization"
    ]


def _compose_what_can_be(
    program: Program,
    overrides: Sequence[str],
    loader: ConfigLoader,
    folder: Path | None,
    faults: list[str],
) -> DictConfig:
    """Compose without the overrides that are wrong; note in `faults` what is wrong with them."""
    config = compose_program(program, [], folder)
    good: list[str] = []
    for override in overrides:
        try:
            config = compose_program(program, [*good, override], folder)
        except COMPOSITION_ERRORS as error:
            faults.append(explain(override, ROOTS[program], loader, error))
        else:
            good.append(override)
    return config
