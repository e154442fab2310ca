"""Examples from data sets of the Hugging Face hub, or of folders on this machine.

Nothing that a data set brings is run: loading scripts are refused by `datasets` itself.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from datasets import Dataset, DatasetDict, load_dataset, load_from_disk
from huggingface_hub import is_offline_mode

from permille.core.errors import DataError, ServiceError
from permille.core.hub import offline_reason
from permille.core.records import Example
from permille.data.columns import RowReader
from permille.data.config import HubConfig, TaskConfig


def read_hub(task: TaskConfig, max_rows: int | None, seed: int) -> list[Example]:
    """Return the examples of a task's data set, in its order.

    Args:
        task: The task, with the data set's name and columns.
        max_rows: How many rows are read at most, drawn by the seed.
        seed: Of the drawing.

    Raises:
        DataError: If the data set is not what it should be.
        ServiceError: If the hub cannot be reached, and no copy of the data set is here.
    """
    place = f"task.hub.name={task.hub.name}"
    rows = _open(task.hub, place)
    reader = RowReader(task, task.hub.columns, "task.hub.columns")
    _check_columns(rows.column_names, reader.required(), place)
    numbers: Sequence[int] = range(len(rows))
    if max_rows is not None and max_rows < len(rows):
        drawn = np.random.default_rng(seed).choice(len(rows), max_rows, replace=False)
        numbers = sorted(drawn.tolist())
    examples = [reader.read(rows[number], number, f"{place} row {number}") for number in numbers]
    _check_ids(examples, place)
    return examples


def _open(hub: HubConfig, place: str) -> Dataset:
    """Return the chosen split of a data set."""
    if not hub.name:
        raise DataError(f"task.hub.name: want a hub name or a folder, got {hub.name!r}")
    folder = Path(hub.name)
    if (folder / "dataset_dict.json").is_file() or (folder / "state.json").is_file():
        return _saved(folder, hub.split, place)
    if not folder.is_dir():
        _check_reachable(hub.name, place)
    return _loaded(hub, place)


def _saved(folder: Path, split: str, place: str) -> Dataset:
    """Return what `save_to_disk` wrote; a data set without splits is the split."""
    try:
        rows = load_from_disk(str(folder))
    except (OSError, ValueError) as error:
        raise DataError(f"{place}: cannot be read: {_one_line(error)}") from error
    if not isinstance(rows, DatasetDict):
        return rows
    if split not in rows:
        raise DataError(
            f"{place}: want the split {split!r} (task.hub.split), got {', '.join(rows)}"
        )
    return rows[split]


def _check_reachable(name: str, place: str) -> None:
    """Make sure that the hub answers, or that only local copies are looked for.

    Raises:
        DataError: If the name can only be a folder, and there is none.
        ServiceError: If the hub does not answer.
    """
    if name.count("/") > 1 or name.startswith((".", "/", "~")):
        raise DataError(
            f"{place}: want a hub name or a folder, got no such folder; name one by task.hub.name"
        )
    if not is_offline_mode() and (reason := offline_reason()) is not None:
        raise ServiceError(
            f"{place}: {reason};"
            " set HF_HUB_OFFLINE=1 to use a copy that was downloaded before, name a folder of"
            " save_to_disk by task.hub.name, or use data=files or data=builtin"
        )


def _loaded(hub: HubConfig, place: str) -> Dataset:
    """Return a data set of the hub, of its cache, or of a folder of data files.

    Raises:
        DataError: If there is something else.
        ServiceError: If it would have to be fetched, and only local copies are looked for.
    """
    try:
        return load_dataset(hub.name, hub.config, split=hub.split, revision=hub.revision)
    except ConnectionError as error:
        raise ServiceError(
            f"{place}: not on this machine, and the hub cannot be asked ({_one_line(error)});"
            " unset HF_HUB_OFFLINE, name a folder of save_to_disk by task.hub.name, or use"
            " data=files or data=builtin"
        ) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise DataError(
            f"{place}: cannot be loaded with config={hub.config}, split={hub.split},"
            f" revision={hub.revision}: {_one_line(error)}"
        ) from error


def _check_columns(there: Sequence[str], required: dict[str, str], place: str) -> None:
    """Make sure that the data set has the columns that the settings name.

    Raises:
        DataError: If one is missing.
    """
    for name, field in required.items():
        if name not in there:
            raise DataError(
                f"{place}: want the column {name!r}, got {', '.join(there)};"
                f" name your column by task.hub.columns.{field}"
            )


def _check_ids(examples: Sequence[Example], place: str) -> None:
    """Make sure that no id comes twice.

    Raises:
        DataError: If one does.
    """
    seen = set()
    for example in examples:
        if example.id in seen:
            raise DataError(
                f"{place}: want different ids, got {example.id!r} twice; number the rows by"
                " task.hub.columns.id=''"
            )
        seen.add(example.id)


def _one_line(error: Exception) -> str:
    """Return the first line of a message."""
    return str(error).strip().split("\n")[0]
