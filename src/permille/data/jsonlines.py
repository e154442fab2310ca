"""Rows of JSON lines, plain or gzip'd; every fault is reported with its file and line."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import orjson

from permille.core.errors import DataError
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
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read after line {number}: {error}") from error
    if is_empty:
        raise DataError(f"{path}: want at least one row, got an empty file")


def _parse(line: bytes, place: str) -> Row:
    """Return the object of one line."""
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{place}: want UTF-8, got byte 0x{line[error.start]:02x} at position {error.start};"
            " save the file as UTF-8, as iconv -f latin1 -t utf-8 does with Latin-1"
        ) from error
    try:
        row = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise DataError(f"{place}: want a JSON object on one line, got {error}") from error
    if not isinstance(row, dict):
        raise DataError(f"{place}: want a JSON object, got {type(row).__name__}")
    return row
