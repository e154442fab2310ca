"""metrics.jsonl: every number as a line, also after a kill in the middle of a run."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.track.files import FilesTracker


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "metrics.jsonl"


def test_each_number_is_a_line_with_epoch_and_step(path: Path) -> None:
    tracker = FilesTracker(path)
    tracker.scalars({"train/loss": 1.5, "val/loss": 2.0}, epoch=3, step=40)
    assert lines(path) == [
        {"name": "train/loss", "value": 1.5, "epoch": 3, "step": 40},
        {"name": "val/loss", "value": 2.0, "epoch": 3, "step": 40},
    ]


def test_lines_are_there_before_the_run_ends(path: Path) -> None:
    tracker = FilesTracker(path)
    tracker.scalars({"a": 1.0})
    assert len(lines(path)) == 1
    tracker.scalars({"b": 2.0})
    tracker.finish()
    assert len(lines(path)) == 2


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_null_so_that_the_line_is_json(path: Path, value: float) -> None:
    FilesTracker(path).scalars({"train/loss": value}, epoch=0, step=1)
    assert lines(path)[0]["value"] is None


def test_a_new_run_starts_its_file_anew(path: Path) -> None:
    FilesTracker(path).scalars({"a": 1.0}, epoch=0, step=1)
    FilesTracker(path)
    assert path.read_text() == ""


@given(num_epochs=st.integers(1, 6), first=st.integers(0, 8))
def test_a_resumed_run_keeps_what_came_before_it_goes_on(
    tmp_path_factory: pytest.TempPathFactory, num_epochs: int, first: int
) -> None:
    path = tmp_path_factory.mktemp("run") / "metrics.jsonl"
    tracker = FilesTracker(path)
    for epoch in range(num_epochs):
        tracker.scalars({"train/loss": float(epoch)}, epoch=epoch, step=epoch)
    FilesTracker(path, first_epoch=first)
    assert [line["epoch"] for line in lines(path)] == list(range(min(first, num_epochs)))


def test_a_line_that_a_kill_cut_off_is_dropped(path: Path) -> None:
    FilesTracker(path).scalars({"a": 1.0}, epoch=0, step=1)
    with path.open("a") as file:
        file.write('{"name": "a", "val')
    FilesTracker(path, first_epoch=5).scalars({"a": 2.0}, epoch=1, step=2)
    assert [line["value"] for line in lines(path)] == [1.0, 2.0]


def test_values_of_the_end_are_measured_again_by_a_resumed_run(path: Path) -> None:
    tracker = FilesTracker(path)
    tracker.scalars({"train/loss": 1.0}, epoch=0, step=1)
    tracker.scalars({"val/rouge_l": 0.5}, epoch=0)
    FilesTracker(path, first_epoch=1)
    assert [line["name"] for line in lines(path)] == ["train/loss"]


def test_what_is_a_file_already_is_not_written_again(path: Path, tmp_path: Path) -> None:
    tracker = FilesTracker(path)
    tracker.table("ratios", ["kind"], [["any"]])
    tracker.image("map", tmp_path / "map.png", epoch=1)
    tracker.summary({"any": 1})
    tracker.artifact(path)
    tracker.finish()
    assert {one.name for one in tmp_path.iterdir()} == {"metrics.jsonl"}
