"""Examples from the user's own files: JSON lines, one file a task."""

from itertools import islice
from pathlib import Path

from permille.core.errors import DataError
from permille.core.records import Example
from permille.data.columns import RowReader
from permille.data.config import TaskConfig
from permille.data.jsonlines import read_rows


def read_file(task: TaskConfig, folder: Path, max_rows: int | None) -> list[Example]:
    """Return the examples of a task's file, in its order.

    Args:
        task: The task, with the file's name and columns.
        folder: Where the file lies.
        max_rows: How many rows are read at most; what follows is not looked at.

    Raises:
        DataError: If there is no such file, or if it is not what it should be.
    """
    path = find_file(task, folder)
    reader = RowReader(task, task.columns, "task.columns")
    examples = []
    line_of: dict[str, int] = {}
    for line, row in islice(read_rows(path), max_rows):
        example = reader.read(row, line - 1, f"{path}:{line}")
        if example.id in line_of:
            raise DataError(
                f"{path}:{line}: want a new id, got {example.id!r} of line {line_of[example.id]}"
                " again; number the rows by task.columns.id=''"
            )
        line_of[example.id] = line
        examples.append(example)
    return examples


def find_file(task: TaskConfig, folder: Path) -> Path:
    """Return the path of a task's file.

    Raises:
        DataError: If there is none.
    """
    names = [task.file] if task.file else [f"{task.name}.jsonl", f"{task.name}.jsonl.gz"]
    for name in names:
        if (folder / name).is_file():
            return folder / name
    there = "no such folder"
    if folder.is_dir():
        there = ", ".join(sorted(path.name for path in folder.iterdir())[:12]) or "an empty folder"
    raise DataError(
        f"data.dir={folder}: want {' or '.join(names)} for task {task.name}, got {there};"
        " name your file by task.file"
    )
