"""Splits by group: properties, counts, and the real slices."""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.core.errors import DataError
from permille.core.records import Example
from permille.data.canaries import make_canaries
from permille.data.config import Answers, TaskConfig
from permille.data.files import read_file
from permille.data.neighbors import near_duplicates, normalized
from permille.data.splits import Splits, Ties, make_pool, tie_texts

ReadTask = Callable[[str], TaskConfig]


def example(number: int, source: str, target: str) -> Example:
    return Example(f"e{number:03d}", "dialogue", source, target)


@st.composite
def examples(draw: st.DrawFn) -> list[Example]:
    """Examples of which many share an input or a target, up to case and punctuation."""
    texts = st.sampled_from(["One, two.", "one two", "ONE TWO!", "three", "four five", "six"])
    unique = st.integers(0, 30).map("text number {}".format)
    pairs = draw(st.lists(st.tuples(texts | unique, texts | unique), min_size=4, max_size=30))
    return [example(i, source, target) for i, (source, target) in enumerate(pairs)]


def are_tied(one: Example, other: Example) -> bool:
    return normalized(one.input) == normalized(other.input) or normalized(one.target) == normalized(
        other.target
    )


def try_split(rows: list[Example], **choices: object) -> Splits | None:
    try:
        return make_pool(rows, seed=0, **choices).take(None, max(1, len(rows) // 5))
    except DataError:
        return None


@given(examples(), st.sampled_from(Answers))
def test_no_group_stands_on_both_sides(rows: list[Example], answers: Answers) -> None:
    splits = try_split(rows, answers=answers)
    if splits is not None:
        sides = [(one, other) for one in splits.train for other in splits.heldout]
        assert not any(are_tied(one, other) for one, other in sides)


@given(examples(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(
    rows: list[Example], shuffler: random.Random
) -> None:
    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    assert try_split(shuffled) == try_split(rows)


@given(examples())
def test_every_row_is_counted_once(rows: list[Example]) -> None:
    splits = try_split(rows)
    if splits is not None:
        counts = splits.counts["dialogue"]
        assert counts["rows"] == len(rows)
        assert counts["rows"] == sum(
            counts[key] for key in ("repeated_inputs", "train", "heldout", "unused")
        )
        assert (counts["train"], counts["heldout"]) == (len(splits.train), len(splits.heldout))


@given(examples())
def test_an_input_has_one_answer_unless_all_are_asked_for(rows: list[Example]) -> None:
    one = make_pool(rows, seed=0)
    every = make_pool(rows, seed=0, answers=Answers.all)
    inputs = [normalized(row.input) for group in one.groups for row in group]
    assert len(inputs) == len(set(inputs)) == len({normalized(row.input) for row in rows})
    assert every.size == len(rows)


@given(examples())
def test_groups_are_the_connected_components_of_the_ties(rows: list[Example]) -> None:
    pool = make_pool(rows, seed=0, answers=Answers.all, near_duplicate_jaccard=1)
    groups = [{row.id for row in group} for group in pool.groups]
    naive = [{row.id} for row in rows]
    for one, other in combinations(rows, 2):
        if are_tied(one, other):
            first = next(group for group in naive if one.id in group)
            second = next(group for group in naive if other.id in group)
            if first is not second:
                naive.remove(second)
                first |= second
    assert sorted(map(sorted, groups)) == sorted(map(sorted, naive))


def distinct(count: int) -> list[Example]:
    return [example(i, f"input number {i}", f"target number {i}") for i in range(count)]


def test_another_seed_draws_another_split() -> None:
    one, other = (make_pool(distinct(60), seed).take(40, 20) for seed in (0, 1))
    assert one.heldout != other.heldout


def test_the_same_seed_draws_the_same_split() -> None:
    assert make_pool(distinct(60), 3).take(40, 20) == make_pool(distinct(60), 3).take(40, 20)


def test_more_training_examples_do_not_change_the_held_out_ones() -> None:
    few, many = (make_pool(distinct(60), 0).take(number, 10) for number in (20, 40))
    assert few.heldout == many.heldout
    assert many.train[:20] == few.train


def test_without_a_number_all_that_is_left_is_trained_on() -> None:
    splits = make_pool(distinct(60), 0).take(None, 10)
    assert len(splits.train) == 50
    assert splits.counts["dialogue"]["unused"] == 0


def test_nothing_is_held_out_where_nothing_is_asked_for() -> None:
    assert make_pool(distinct(9), 0).take(9, 0).heldout == []


def test_near_duplicates_stay_on_one_side() -> None:
    base = "the quick brown fox jumps over the lazy dog near the old river bank today"
    rows = [*distinct(30), example(90, base, "answer a"), example(91, base + " again", "answer b")]
    pool = make_pool(rows, seed=0)
    assert pool.num_near_duplicates == 1
    assert {"e090", "e091"} in [{row.id for row in group} for group in pool.groups]
    apart = make_pool(rows, seed=0, near_duplicate_jaccard=1.0, shared_run_words=0)
    assert apart.num_near_duplicates == 0
    assert len(apart.groups) == 32


def test_texts_that_share_a_long_run_stay_on_one_side() -> None:
    run = " ".join(f"shared{i}" for i in range(13))
    rows = [
        *distinct(20),
        *(
            example(90 + i, f"{run} {' '.join(f'own{i}x{j}' for j in range(60))}", f"answer {i}")
            for i in (0, 1)
        ),
    ]
    groups = [{row.id for row in group} for group in make_pool(rows, seed=0).groups]
    assert {"e090", "e091"} in groups
    for words in (0, 14):
        pool = make_pool(rows, seed=0, shared_run_words=words)
        assert len(pool.groups) == 22


def test_labels_tie_nothing_where_targets_are_left_out() -> None:
    rows = [example(i, f"film number {i}", "positive") for i in range(10)]
    assert len(make_pool(rows, seed=0).groups) == 1
    assert len(make_pool(rows, seed=0, by_target=False).groups) == 10


def test_a_large_group_is_trained_on_where_others_suffice_to_hold_out() -> None:
    large = [example(100 + i, f"other input {i}", "the same answer") for i in range(40)]
    for seed in range(10):
        splits = make_pool([*distinct(30), *large], seed).take(40, 20)
        assert {row.target for row in splits.heldout}.isdisjoint({"the same answer"})


def test_part_of_a_large_group_is_held_out_where_nothing_else_is_left() -> None:
    large = [example(i, f"input {i}", f"answer {i % 2}") for i in range(40)]
    splits = make_pool(large, 0).take(20, 5)
    assert len({row.target for row in splits.heldout}) == 1
    assert {row.target for row in splits.heldout}.isdisjoint({row.target for row in splits.train})


@pytest.mark.parametrize(
    ("num_train", "num_heldout", "message"),
    [
        (
            50,
            20,
            r"task dialogue: want data.num_train=50 and data.num_heldout=20 examples that share no"
            r" group, got 60 in 60 groups \(60 rows, 0 dropped for a repeated input; 40 are left"
            r" for training\); lower these settings, add rows, or raise data.max_rows",
        ),
        (1, 70, r"want data.num_train=1 and data.num_heldout=70 .* 0 are left for training"),
        (None, 60, r"want data.num_train=at least 1 and data.num_heldout=60"),
    ],
    ids=["train", "heldout", "all held out"],
)
def test_too_few_examples_are_an_error_that_says_what_to_change(
    num_train: int | None, num_heldout: int, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        make_pool(distinct(60), 0).take(num_train, num_heldout)


def test_one_group_cannot_be_split() -> None:
    rows = [example(i, f"input {i}", "same") for i in range(50)]
    with pytest.raises(DataError, match="got 50 in 1 groups"):
        make_pool(rows, 0).take(10, 10)


def test_no_examples_at_all_are_too_few() -> None:
    with pytest.raises(DataError, match="got 0 in 0 groups"):
        make_pool([], 0).take(1, 0)


def test_ties_join_what_is_joined_through_others() -> None:
    ties = Ties(5)
    assert [ties.join(*pair) for pair in [(0, 3), (4, 3), (0, 4)]] == [True, True, False]
    assert ties.groups() == [[0, 3, 4], [1], [2]]


def test_equal_texts_are_tied_without_being_counted_as_near_duplicates() -> None:
    ties = Ties(3)
    assert tie_texts(ties, ["a b c", "d e f", "a b c"], 0.5, 13) == 0
    assert ties.groups() == [[0, 2], [1]]


def test_canaries_are_trained_on_but_are_no_training_examples() -> None:
    splits = replace(
        make_pool(distinct(10), 0).take(5, 5), canaries=tuple(make_canaries("dialogue", 2, 0))
    )
    assert len(splits.train) == 5
    assert len(splits.trained_on()) == 5 + 1 + 10


@pytest.mark.parametrize("name", ["dialogue", "summarization", "qa", "translation", "sentiment"])
def test_the_real_slices_split_within_seconds_without_neighbors_across(
    name: str, shared_data: Path, read_task: ReadTask
) -> None:
    task = read_task(name)
    rows = read_file(task, shared_data, None)
    start = time.process_time()
    splits = make_pool(rows, seed=0, by_target=task.group_by_target).take(300, 100)
    assert time.process_time() - start < 20
    train, heldout = (
        {normalized(row.input) for row in side} for side in (splits.train, splits.heldout)
    )
    assert not train & heldout
    texts = [*train, *heldout]
    across = [
        (i, j) for i, j in near_duplicates(texts, 0.5) if (i < len(train)) != (j < len(train))
    ]
    assert across == []


def test_most_rows_of_the_real_dialogue_slice_share_their_input(
    shared_data: Path, read_task: ReadTask
) -> None:
    rows = read_file(read_task("dialogue"), shared_data, None)
    pool = make_pool(rows, seed=0)
    assert pool.num_repeated_inputs == 2662
    with pytest.raises(DataError, match=r"5000 rows, 2662 dropped for a repeated input"):
        pool.take(4000, 500)


@settings(max_examples=20)
@given(st.integers(0, 2**32), st.integers(1, 25), st.integers(0, 25))
def test_as_many_are_drawn_as_are_asked_for(seed: int, num_train: int, num_heldout: int) -> None:
    splits = make_pool(distinct(50), seed).take(num_train, num_heldout)
    assert (len(splits.train), len(splits.heldout)) == (num_train, num_heldout)
