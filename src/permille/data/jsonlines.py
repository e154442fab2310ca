"""Rows of JSON lines, plain or gzip'd; every fault is reported with its file and line."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from permille.core.errors import DataError
from permille.core.json_object import parse_object
from permille.data.columns import Row


def read_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Yield each row with the number of its line, the first being 1; blank lines are passed over.

    Rows are read as they are asked for.

    Args:
        path: A file of JSON objects, one a line, UTF-8; gzip'd where it ends in `.gz`.

    Raises:
        DataError: If it cannot be read, is empty, or has a line that is no JSON object.
    """
    number = 0
    is_empty = True
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    is_empty = False
                    yield number, _parse(line, f"{path}:{number}")
    except gzip.BadGzipFile as error:
        raise DataError(
            f"{path}: cannot be read after line {number}: want gzip, as .gz says, got something"
            f" else ({error}); take .gz off its name where it is plain text, or pack it by gzip"
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read after line {number}: {error}") from error
    if is_empty:
        raise DataError(f"{path}: want at least one row, got an empty file")


def _parse(line: bytes, place: str) -> Row:
    """Return the object of one line."""
    try:
        return parse_object(line)
    except ValueError as error:
        raise DataError(f"{place}: {error}") from error
