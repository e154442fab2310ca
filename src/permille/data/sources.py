"""Examples from where the settings say: made from the seed, read from files, or from the hub."""

from pathlib import Path

from permille.core.records import Example
from permille.data.config import DataConfig, DataSource, TaskConfig


def load_task(task: TaskConfig, data: DataConfig, seed: int) -> list[Example]:
    """Return all examples of a single task, in a fixed order.

    Args:
        task: The task.
        data: Where its rows come from.
        seed: Of built-in texts, and of the rows drawn from a hub data set.

    Raises:
        DataError: If a file or data set is not what it should be.
    """
    match data.source:
        case DataSource.builtin:
            from permille.data.builtin.corpus import make_examples

            return make_examples(task, (data.num_train or 0) + data.num_heldout, seed)
        case DataSource.files:
            from permille.data.files import read_file

            return read_file(task, Path(data.dir or ""), data.max_rows)
        case DataSource.hub:
            from permille.data.hub import read_hub

            return read_hub(task, data.max_rows, seed)
