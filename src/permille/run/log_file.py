"""The log of a run on disk."""

import logging
from contextlib import suppress

from typing_extensions import override


class LogFile(logging.FileHandler):
    """Writes a run's log, and lets lines go that the disk does not take.

    What the disk refuses is said once, by whoever needs the file for a result; logging's own way
    would print a traceback for every line. A run that says nothing leaves no empty file, where the
    handler is made with `delay`.
    """

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; the first one opens the file."""
        with suppress(OSError):
            super().emit(record)

    @override
    def handleError(self, record: logging.LogRecord) -> None:
        """Do nothing; the line is on stderr as well."""
