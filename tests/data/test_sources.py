"""Each source gives the examples of its task."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from datasets import Dataset

from permille.core.errors import DataError
from permille.data.config import DataConfig, TaskConfig
from permille.data.mixture import load_splits
from permille.data.sources import load_task

ReadTask = Callable[[str], TaskConfig]


def test_built_in_examples_are_as_many_as_both_sides_want(read_task: ReadTask) -> None:
    examples = load_task(read_task("qa"), DataConfig(num_train=7, num_heldout=3), seed=0)
    assert len(examples) == 10


def test_files_are_read_from_the_folder_that_is_named(tmp_path: Path, read_task: ReadTask) -> None:
    rows = [{"id": i, "input": f"i {i}", "target": f"t {i}"} for i in range(4)]
    (tmp_path / "dialogue.jsonl").write_text("\n".join(map(json.dumps, rows)))
    data = DataConfig(source="files", dir=str(tmp_path), max_rows=3)
    assert [one.id for one in load_task(read_task("dialogue"), data, seed=0)] == ["0", "1", "2"]


def test_a_saved_data_set_is_read_by_its_folder(tmp_path: Path, read_task: ReadTask) -> None:
    Dataset.from_list([{"input": "i", "output": "t"}]).save_to_disk(str(tmp_path / "set"))
    task = read_task("dialogue")
    task = replace(task, hub=replace(task.hub, name=str(tmp_path / "set")))
    (example,) = load_task(task, DataConfig(source="hub"), seed=0)
    assert (example.input, example.target) == ("i", "t")


def test_a_fault_of_one_task_is_the_fault_of_the_mixture(
    tmp_path: Path, read_task: ReadTask
) -> None:
    data = DataConfig(source="files", dir=str(tmp_path))
    with pytest.raises(DataError, match=r"want dialogue.jsonl or dialogue.jsonl.gz for task dial"):
        load_splits(read_task("multitask"), data, seed=0)
