"""Examples from a user's own files, and from the real slices."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from permille.core.errors import DataError
from permille.data.config import ColumnsConfig, TaskConfig
from permille.data.files import find_file, read_file

ReadTask = Callable[[str], TaskConfig]
TASK = TaskConfig()


def write(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [{"id": str(i), "input": f"q {i}", "target": f"a {i}"} for i in range(5)]
    write(tmp_path / "dialogue.jsonl", rows)
    return tmp_path


def test_examples_come_in_the_order_of_the_file(folder: Path) -> None:
    assert [example.id for example in read_file(TASK, folder, None)] == ["0", "1", "2", "3", "4"]


def test_a_gzipped_file_is_found_too(folder: Path) -> None:
    plain = folder / "dialogue.jsonl"
    (folder / "dialogue.jsonl.gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    assert len(read_file(TASK, folder, None)) == 5


def test_a_file_of_another_name_and_columns_is_read(tmp_path: Path) -> None:
    write(tmp_path / "mine.jsonl", [{"patient": "It hurts.", "doctor": "Rest."}])
    task = TaskConfig(
        file="mine.jsonl", columns=ColumnsConfig(id="", input="patient", target="doctor")
    )
    (example,) = read_file(task, tmp_path, None)
    assert (example.input, example.target) == ("It hurts.", "Rest.")


def test_only_as_many_rows_are_read_as_are_wanted(folder: Path) -> None:
    with (folder / "dialogue.jsonl").open("a") as lines:
        lines.write("broken\n")
    assert len(read_file(TASK, folder, 5)) == 5
    with pytest.raises(DataError, match=r"dialogue.jsonl:6: want a JSON object"):
        read_file(TASK, folder, 6)


def test_a_repeated_id_is_named_with_both_lines(folder: Path) -> None:
    with (folder / "dialogue.jsonl").open("a") as lines:
        lines.write('\n{"id": "3", "input": "q", "target": "a"}\n')
    with pytest.raises(
        DataError, match=r"dialogue.jsonl:7: want a new id, got '3' of line 4 again; number the"
    ):
        read_file(TASK, folder, None)


def test_a_missing_column_is_named_with_its_line(folder: Path) -> None:
    with (folder / "dialogue.jsonl").open("a") as lines:
        lines.write('{"id": "5", "input": "q"}\n')
    with pytest.raises(DataError, match=r"dialogue.jsonl:6: want the column 'target', got id, inp"):
        read_file(TASK, folder, None)


@pytest.mark.parametrize(
    ("task", "make", "message"),
    [
        (TASK, ["qa.jsonl"], "want dialogue.jsonl or dialogue.jsonl.gz .*, got qa.jsonl; name"),
        (TASK, [], "for task dialogue, got an empty folder; name your file by task.file"),
        (TASK, None, "for task dialogue, got no such folder"),
        (TaskConfig(file="x.jsonl"), ["y.jsonl"], "want x.jsonl for task dialogue, got y.jsonl"),
    ],
    ids=["other files", "empty folder", "no folder", "named file"],
)
def test_a_missing_file_is_told_with_what_is_there(
    task: TaskConfig, make: list[str] | None, message: str, tmp_path: Path
) -> None:
    folder = tmp_path / "texts"
    if make is not None:
        folder.mkdir()
        for name in make:
            (folder / name).touch()
    with pytest.raises(DataError, match=message):
        find_file(task, folder)


@pytest.mark.parametrize(
    ("name", "file", "num_rows"),
    [
        ("dialogue", "dialogue", 5000),
        ("dialogue", "dialogue_genmedgpt", 4000),
        ("summarization", "summarization", 3800),
        ("summarization", "summarization_cnndm", 780),
        ("qa", "qa", 5000),
        ("translation", "translation", 5000),
        ("translation", "translation_wmt22", 2891),
        ("sentiment", "sentiment", 4000),
    ],
)
def test_every_real_slice_is_read_whole(
    name: str, file: str, num_rows: int, shared_data: Path, read_task: ReadTask
) -> None:
    task = replace(read_task(name), file=f"{file}.jsonl.gz")
    examples = read_file(task, shared_data, None)
    assert len(examples) == num_rows
    assert {example.task for example in examples} == {name}


def test_unanswerable_questions_of_the_real_slice_have_no_references(
    shared_data: Path, read_task: ReadTask
) -> None:
    examples = read_file(read_task("qa"), shared_data, None)
    without = [example for example in examples if not example.references]
    assert 0.4 < len(without) / len(examples) < 0.5
    assert {example.target for example in without} == {"unanswerable"}


def test_the_other_direction_swaps_the_columns_of_the_real_slice(
    shared_data: Path, read_task: ReadTask
) -> None:
    there = read_task("translation")
    back = replace(there, source_language="de", target_language="en")
    one, other = (read_file(task, shared_data, 1)[0] for task in (there, back))
    assert (one.input, one.target) == (other.target, other.input)
