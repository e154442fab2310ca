"""Mixtures of tasks: shares, budgets, ids."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.core.errors import SettingsError
from permille.core.records import Example
from permille.data.config import Budget, DataConfig, Mixing, TaskConfig, TaskName
from permille.data.mixture import load_splits, shares, tied_across_tasks

ReadTask = Callable[[str], TaskConfig]
sizes = st.dictionaries(st.sampled_from("abcde"), st.integers(1, 10**6), min_size=1)


@given(sizes, st.integers(0, 10**5), st.floats(0, 1))
def test_shares_add_up_to_the_total(sizes: dict[str, int], total: int, exponent: float) -> None:
    assert sum(shares(sizes, total, exponent).values()) == total


@given(sizes, st.integers(0, 10**5))
def test_proportional_shares_are_off_by_less_than_one(sizes: dict[str, int], total: int) -> None:
    for name, share in shares(sizes, total, 1.0).items():
        assert abs(share - total * sizes[name] / sum(sizes.values())) < 1


@given(sizes, st.integers(0, 10**5))
def test_equal_shares_differ_by_at_most_one(sizes: dict[str, int], total: int) -> None:
    found = shares(sizes, total, 0.0).values()
    assert max(found) - min(found) <= 1


def test_a_temperature_lies_between_proportional_and_equal() -> None:
    found = [shares({"a": 900, "b": 100}, 100, 1 / t)["a"] for t in (1, 2, 1000)]
    assert found == [90, 75, 50]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files of two tasks, one three times as large, that share their ids."""
    for name, count in (("dialogue", 340), ("summarization", 140)):
        rows = [
            {"id": str(i), "input": f"{name} input {i}", "target": f"{name} target {i}"}
            for i in range(count)
        ]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


@pytest.fixture
def mixture(read_task: ReadTask) -> TaskConfig:
    return replace(read_task("multitask"), tasks=[TaskName.dialogue, TaskName.summarization])


def data_of(folder: Path, **settings: object) -> DataConfig:
    return DataConfig(source="files", dir=str(folder), **settings)


@pytest.mark.parametrize(
    ("choices", "num_train", "num_heldout"),
    [
        ({"mixing": Mixing.proportional}, (60, 20), (30, 10)),
        ({"mixing": Mixing.equal}, (40, 40), (20, 20)),
        ({"mixing": Mixing.temperature}, (51, 29), (26, 14)),
        ({"budget": Budget.examples}, (80, 80), (40, 40)),
        ({"budget": Budget.examples, "mixing": Mixing.equal}, (80, 80), (40, 40)),
    ],
    ids=["proportional", "equal", "temperature", "examples", "equal examples"],
)
def test_a_mixture_is_shared_out_as_asked(
    choices: dict[str, object],
    num_train: tuple[int, int],
    num_heldout: tuple[int, int],
    folder: Path,
    mixture: TaskConfig,
) -> None:
    task = replace(mixture, **choices)
    splits = load_splits(task, data_of(folder, num_train=80, num_heldout=40), seed=0)
    for side, wanted in ((splits.train, num_train), (splits.heldout, num_heldout)):
        counts = Counter(example.task for example in side)
        assert (counts["dialogue"], counts["summarization"]) == wanted


def test_a_mixture_has_as_many_examples_as_a_run_of_one_task_by_default(
    read_task: ReadTask,
) -> None:
    data = DataConfig(num_train=50, num_heldout=25)
    single, mixed = (load_splits(read_task(name), data, 0) for name in ("qa", "multitask"))
    assert len(single.train) == len(mixed.train) == 50
    assert len(single.heldout) == len(mixed.heldout) == 25
    assert set(mixed.counts) == {"dialogue", "summarization", "qa", "translation", "sentiment"}


def test_the_examples_of_a_task_are_those_of_its_own_run(read_task: ReadTask) -> None:
    data = DataConfig(num_train=20, num_heldout=10)
    task = replace(read_task("multitask"), budget=Budget.examples)
    mixed = load_splits(task, data, 0)
    alone = load_splits(read_task("qa"), data, 0)
    assert [example for example in mixed.train if example.task == "qa"] == alone.train


def test_the_examples_of_a_mixture_come_in_the_order_of_its_tasks(read_task: ReadTask) -> None:
    task = replace(read_task("multitask"), tasks=[TaskName.sentiment, TaskName.qa])
    splits = load_splits(task, DataConfig(num_train=6, num_heldout=4), seed=0)
    for side in (splits.train, splits.heldout):
        assert list(dict.fromkeys(one.task for one in side)) == ["sentiment", "qa"]


def test_ids_that_two_tasks_share_get_the_name_of_the_task(
    folder: Path, mixture: TaskConfig
) -> None:
    splits = load_splits(mixture, data_of(folder, num_train=80, num_heldout=40), seed=0)
    ids = [example.id for example in splits.train + splits.heldout]
    assert len(ids) == len(set(ids)) == 120
    assert any(one.startswith("summarization/") for one in ids)


def test_ids_of_different_tasks_are_left_as_they_are(read_task: ReadTask) -> None:
    splits = load_splits(read_task("multitask"), DataConfig(num_train=10, num_heldout=5), 0)
    assert not any("/" in example.id for example in splits.train)


def test_without_a_number_a_mixture_is_as_large_as_its_tasks_are_on_average(
    folder: Path, mixture: TaskConfig
) -> None:
    splits = load_splits(mixture, data_of(folder, num_train=None, num_heldout=40), seed=0)
    assert len(splits.train) == (300 + 100) // 2


def test_all_examples_of_every_task_are_taken_without_a_number(
    folder: Path, mixture: TaskConfig
) -> None:
    task = replace(mixture, budget=Budget.examples)
    splits = load_splits(task, data_of(folder, num_train=None, num_heldout=40), seed=0)
    assert len(splits.train) == 300 + 100


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"num_train": 3, "num_heldout": 5},
            "data.num_train: want at least one example of each task of the mixture, got 3 in all,"
            " which leaves none for translation, sentiment; raise it, or use task.mixing=equal",
        ),
        ({"num_train": 50, "num_heldout": 2}, "data.num_heldout: want at least one .* got 2"),
    ],
    ids=["train", "heldout"],
)
def test_a_task_without_a_share_is_an_error(
    settings: dict[str, int], message: str, read_task: ReadTask
) -> None:
    with pytest.raises(SettingsError, match=message):
        load_splits(read_task("multitask"), DataConfig(**settings), 0)


def test_a_mixture_may_hold_nothing_out(read_task: ReadTask) -> None:
    splits = load_splits(read_task("multitask"), DataConfig(num_train=50, num_heldout=0), 0)
    assert splits.heldout == []


def test_canaries_come_with_the_first_task(read_task: ReadTask) -> None:
    data = DataConfig(num_train=50, num_heldout=5, canaries=3)
    canaries = load_splits(read_task("multitask"), data, 0).canaries
    assert [canary.times for canary in canaries] == [1, 10, 100]
    assert {canary.example.task for canary in canaries} == {"dialogue"}


def test_a_split_seed_moves_the_same_examples_between_the_sides(read_task: ReadTask) -> None:
    task = read_task("qa")
    sides = [
        load_splits(task, DataConfig(num_train=30, num_heldout=30, split_seed=seed), seed=0)
        for seed in (1, 2)
    ]
    every = [{one.id: one for one in [*side.train, *side.heldout]} for side in sides]
    assert every[0] == every[1]
    assert {one.id for one in sides[0].train} != {one.id for one in sides[1].train}


def test_a_split_seed_leaves_the_answer_of_a_repeated_input_as_it_is(
    folder: Path, read_task: ReadTask
) -> None:
    rows = [
        {"id": f"{i}-{j}", "input": f"dialogue input {i}", "target": f"dialogue target {i}-{j}"}
        for i in range(30)
        for j in range(4)
    ]
    (folder / "dialogue.jsonl").write_text("\n".join(map(json.dumps, rows)))
    sides = [
        load_splits(
            read_task("dialogue"),
            data_of(folder, num_train=15, num_heldout=15, split_seed=seed),
            seed=0,
        )
        for seed in (1, 2, 3)
    ]
    every = [{one.id for one in [*side.train, *side.heldout]} for side in sides]
    assert every[0] == every[1] == every[2]
    assert {one.id for one in sides[0].train} != {one.id for one in sides[1].train}


TEXT = "the same report of a long night on the river bank with two lost boats"


@pytest.mark.parametrize(
    ("held", "is_tied"),
    [
        (TEXT.upper() + "!", True),
        (TEXT.replace("two", "three"), True),
        (f"{TEXT} {' '.join(f'own{i}' for i in range(60))}", True),
        ("another story altogether, of a garden in the hills", False),
    ],
    ids=["equal", "nearly equal", "a shared run", "different"],
)
def test_a_text_that_another_task_trains_on_is_not_held_out(held: str, is_tied: bool) -> None:
    def example(name: str, task: str, given: str, wanted: str) -> Example:
        return Example(id=name, task=task, input=given, target=wanted)

    train = [example("t", "dialogue", "a question", TEXT)]
    heldout = [
        example("h", "summarization", held, "some other words"),
        example("own", "dialogue", held, "of its own task, which groups keep apart"),
        example("label", "sentiment", "a film", TEXT),
    ]
    texts = {"dialogue", "summarization"}
    assert tied_across_tasks(train, heldout, texts, 0.5, 13) == ({"h"} if is_tied else set())


def test_a_run_of_many_texts_ties_the_held_out_ones_among_them() -> None:
    def example(name: str, task: str) -> Example:
        words = " ".join(f"{task}{name}x{i}" for i in range(60))
        return Example(f"{task}{name}", task, f"{TEXT} {words}", f"target of {task}{name}")

    train = [example(str(i), "summarization") for i in range(3)]
    heldout = [example(str(i), "dialogue") for i in range(5)]
    texts = {"dialogue", "summarization"}
    assert tied_across_tasks(train, heldout, texts, 1, 13) == {one.id for one in heldout}
    assert tied_across_tasks(train, heldout, texts, 1, 0) == set()


def test_a_mixture_counts_what_it_drops_from_its_held_out_side(
    mixture: TaskConfig, folder: Path
) -> None:
    """Here every text of one task is one of the other's too."""
    rows = (folder / "dialogue.jsonl").read_text().splitlines()[:140]
    (folder / "summarization.jsonl").write_text("\n".join(rows))
    data = data_of(folder, num_train=80, num_heldout=40)
    splits = load_splits(mixture, data, 0)
    words = {
        one.task: {one.target for one in splits.train if one.task == one.task}
        for one in splits.train
    }
    for one in splits.heldout:
        others = [targets for task, targets in words.items() if task != one.task]
        assert all(one.target not in targets for targets in others)
    dropped = {name: counts["tied_to_other_tasks"] for name, counts in splits.counts.items()}
    assert sum(dropped.values()) + len(splits.heldout) == 40
    assert sum(dropped.values()) > 0
