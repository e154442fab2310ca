"""Data sets with the columns of the hub's, saved to disk; and the hub out of reach."""

import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, Value
from huggingface_hub import constants

from permille.core.errors import DataError, ServiceError
from permille.data.config import HubConfig, TaskConfig
from permille.data.hub import read_hub

ReadTask = Callable[[str], TaskConfig]
REAL_ROWS: dict[str, list[dict[str, object]]] = {
    "summarization": [
        {"document": f"Article {i} ||||| Second {i}", "summary": f"S {i}"} for i in range(9)
    ],
    "dialogue": [
        {"instruction": "If you are a doctor, ...", "input": f"It hurts {i}", "output": f"Rest {i}"}
        for i in range(9)
    ],
    "qa": [
        {
            "id": f"56be{i}",
            "title": "Normans",
            "context": f"It was in 10{i}6.",
            "question": f"When {i}?",
            "answers": {"text": [f"10{i}6"] * (i % 2), "answer_start": [10] * (i % 2)},
        }
        for i in range(9)
    ],
    "translation": [{"translation": {"de": f"Haus {i}", "en": f"House {i}"}} for i in range(9)],
    "sentiment": [{"text": f"A film {i}.", "label": i % 2} for i in range(9)],
}
LABELED = Features({"text": Value("string"), "label": ClassLabel(names=["neg", "pos"])})


def saved(name: str, folder: Path) -> Path:
    rows = Dataset.from_list(REAL_ROWS[name], features=LABELED if name == "sentiment" else None)
    DatasetDict({"train": rows, "test": rows.select([0])}).save_to_disk(str(folder / name))
    return folder / name


def at(task: TaskConfig, name: str | Path, **settings: object) -> TaskConfig:
    return replace(task, hub=replace(task.hub, name=str(name), **settings))


@pytest.mark.parametrize(
    ("name", "source", "target", "references"),
    [
        ("summarization", "Article 3 ||||| Second 3", "S 3", ()),
        ("dialogue", "It hurts 3", "Rest 3", ()),
        ("qa", "question: When 3? context: It was in 1036.", "1036", ("1036",)),
        ("translation", "House 3", "Haus 3", ()),
        ("sentiment", "A film 3.", "positive", ()),
    ],
)
def test_a_saved_data_set_with_the_columns_of_the_hub_is_read(
    name: str,
    source: str,
    target: str,
    references: tuple[str, ...],
    tmp_path: Path,
    read_task: ReadTask,
) -> None:
    examples = read_hub(at(read_task(name), saved(name, tmp_path)), None, seed=0)
    assert len(examples) == 9
    assert (examples[3].input, examples[3].target) == (source, target)
    assert examples[3].references == references
    assert len({example.id for example in examples}) == 9


def test_a_question_without_an_answer_is_unanswerable(tmp_path: Path, read_task: ReadTask) -> None:
    examples = read_hub(at(read_task("qa"), saved("qa", tmp_path)), None, seed=0)
    assert (examples[2].target, examples[2].references) == ("unanswerable", ())


def test_the_other_direction_is_read_from_the_same_rows(
    tmp_path: Path, read_task: ReadTask
) -> None:
    back = replace(read_task("translation"), source_language="de", target_language="en")
    (example, *_) = read_hub(at(back, saved("translation", tmp_path)), None, seed=0)
    assert (example.input, example.target) == ("Haus 0", "House 0")


def test_rows_are_drawn_by_the_seed_and_keep_their_numbers(
    tmp_path: Path, read_task: ReadTask
) -> None:
    task = at(read_task("dialogue"), saved("dialogue", tmp_path))
    whole = read_hub(task, None, seed=0)
    drawn = [read_hub(task, 4, seed) for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(drawn[0]) == 4
    assert [whole[int(one.id.split("-")[1])] for one in drawn[0]] == drawn[0]


def test_a_saved_split_is_read_as_it_is(tmp_path: Path, read_task: ReadTask) -> None:
    Dataset.from_list(REAL_ROWS["dialogue"]).save_to_disk(str(tmp_path / "split"))
    assert len(read_hub(at(read_task("dialogue"), tmp_path / "split"), None, 0)) == 9


def test_a_folder_of_data_files_is_read(tmp_path: Path, read_task: ReadTask) -> None:
    (tmp_path / "set").mkdir()
    Dataset.from_list(REAL_ROWS["dialogue"]).to_parquet(str(tmp_path / "set" / "train.parquet"))
    task = at(read_task("dialogue"), tmp_path / "set")
    assert len(read_hub(task, None, 0)) == 9


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"split": "dev"}, "want the split 'dev' .task.hub.split., got train, test"),
        (
            {"columns": replace(HubConfig().columns, target="answer")},
            "want the column 'answer', got instruction, input, output; name your column by"
            " task.hub.columns.target",
        ),
        (
            {"columns": replace(HubConfig().columns, id="instruction", target="output")},
            "want different ids, got 'If you are a doctor, ...' twice; .*task.hub.columns.id",
        ),
    ],
    ids=["split", "column", "ids"],
)
def test_a_data_set_that_is_not_what_it_should_be_is_named(
    settings: dict[str, object], message: str, tmp_path: Path, read_task: ReadTask
) -> None:
    task = at(read_task("dialogue"), saved("dialogue", tmp_path), **settings)
    with pytest.raises(DataError, match=message):
        read_hub(task, None, 0)


def test_a_folder_without_data_is_refused(tmp_path: Path, read_task: ReadTask) -> None:
    with pytest.raises(DataError, match=r"cannot be loaded with config=None, split=train"):
        read_hub(at(read_task("dialogue"), tmp_path), None, 0)


def test_a_broken_saved_data_set_is_refused(tmp_path: Path, read_task: ReadTask) -> None:
    (tmp_path / "state.json").write_text("{}")
    with pytest.raises(DataError, match=r"task.hub.name=.*: cannot be read: "):
        read_hub(at(read_task("dialogue"), tmp_path), None, 0)


@pytest.mark.parametrize("name", ["./nowhere", "/no/such/folder", "a/b/c"])
def test_a_path_that_is_no_folder_is_refused(name: str, read_task: ReadTask) -> None:
    with pytest.raises(DataError, match="want a hub name or a folder, got no such folder"):
        read_hub(at(read_task("dialogue"), name), None, 0)


def test_an_empty_name_is_refused(read_task: ReadTask) -> None:
    with pytest.raises(DataError, match=r"task.hub.name: want a hub name .* got ''$"):
        read_hub(at(read_task("dialogue"), ""), None, 0)


@pytest.mark.parametrize("name", ["summarization", "dialogue", "qa", "translation", "sentiment"])
def test_offline_a_data_set_that_is_not_here_is_an_error_at_once(
    name: str, read_task: ReadTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    start = time.perf_counter()
    with pytest.raises(ServiceError, match=r"not on this machine, .*; unset HF_HUB_OFFLINE, name"):
        read_hub(read_task(name), None, 0)
    assert time.perf_counter() - start < 5


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_a_hub_out_of_reach_is_one_line_at_once(
    read_task: ReadTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{free_port()}")
    start = time.perf_counter()
    with pytest.raises(
        ServiceError, match=r"http://127.* does not answer; set HF_HUB_OFFLINE=1"
    ) as caught:
        read_hub(read_task("dialogue"), None, 0)
    assert time.perf_counter() - start < 5
    assert "\n" not in str(caught.value)
