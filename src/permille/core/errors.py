"""The errors that a user can cause or mend.

Entrypoints print their message on one screen, without a traceback, and leave with exit code 1.
A message names the setting or the file and line, what was wanted, what came, and what to do next.
"""

import importlib
from collections.abc import Iterable
from types import ModuleType


class PermilleError(Exception):
    """Anything that a user can cause or mend."""


class SettingsError(PermilleError):
    """A setting, or a combination of settings, that cannot be run."""


class DataError(PermilleError):
    """A file or data set that is not what it should be."""


class RepetitionError(DataError):
    """A pair of texts whose alignment would take minutes or gigabytes: it repeats itself."""


class ServiceError(PermilleError):
    """A server that is missing, refuses, or failed."""


def raise_faults(faults: Iterable[str]) -> None:
    """Raise one error that names every fault, a line each, each once; nothing where there is none.

    Raises:
        SettingsError: If there is one.
    """
    if told := "\n".join(dict.fromkeys(faults)):
        raise SettingsError(told)


def require(module: str, *, extra: str) -> ModuleType:
    """Import an optional package where it is used.

    Args:
        module: The module's full name, such as ``spacy``.
        extra: The extra of this package that brings it.

    Raises:
        SettingsError: If it is not installed; the message says how to install it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise SettingsError(
            f"{module} is not installed; install it with: pip install 'permille[{extra}]'"
        ) from error
