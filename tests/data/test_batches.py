"""Batches: every example once, an order that seed and epoch fix, padding that nobody learns."""

from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.data.batches import BucketedBatches, Collate, Encoded, SequentialBatches, Shard

lengths = st.lists(st.integers(1, 200), min_size=4, max_size=300)
batch_sizes = st.integers(1, 40)
world_sizes = st.integers(1, 4)


def epoch_of(
    lengths: list[int], batch_size: int, world_size: int = 1, seed: int = 0, epoch: int = 0
) -> list[list[list[int]]]:
    """Returns the batches of each process."""
    found = []
    for rank in range(world_size):
        batches = BucketedBatches(lengths, batch_size, seed, Shard(rank, world_size))
        batches.set_epoch(epoch)
        found.append(list(batches))
        assert len(found[-1]) == len(batches)
    return found


@given(lengths, batch_sizes, world_sizes)
def test_every_example_is_trained_on_once_an_epoch(
    lengths: list[int], batch_size: int, world_size: int
) -> None:
    shards = epoch_of(lengths, batch_size, world_size)
    seen = sorted(chain.from_iterable(chain.from_iterable(shards)))
    assert seen == list(range(len(lengths)))


@given(lengths, batch_sizes, world_sizes)
def test_all_processes_have_the_same_number_of_batches_and_none_is_empty(
    lengths: list[int], batch_size: int, world_size: int
) -> None:
    shards = epoch_of(lengths, batch_size, world_size)
    assert len({len(shard) for shard in shards}) == 1
    assert all(batch for shard in shards for batch in shard)


@given(lengths, batch_sizes, world_sizes)
def test_the_processes_of_a_step_have_batches_of_nearly_the_same_size(
    lengths: list[int], batch_size: int, world_size: int
) -> None:
    for step in zip(*epoch_of(lengths, batch_size, world_size), strict=True):
        sizes = [len(batch) for batch in step]
        assert max(sizes) - min(sizes) <= 1
        assert max(sizes) <= batch_size + 1


@given(lengths, batch_sizes)
def test_an_epoch_is_the_same_whatever_came_before_it(lengths: list[int], batch_size: int) -> None:
    batches = BucketedBatches(lengths, batch_size, seed=5)
    for epoch in range(3):
        batches.set_epoch(epoch)
        last = list(batches)
    assert last == epoch_of(lengths, batch_size, seed=5, epoch=2)[0]


def test_epochs_and_seeds_have_orders_of_their_own() -> None:
    orders = [
        epoch_of(list(range(1, 101)), 8, seed=seed, epoch=epoch)[0]
        for seed, epoch in [(0, 0), (0, 1), (1, 0), (1, 1)]
    ]
    assert all(one != other for i, one in enumerate(orders) for other in orders[:i])


def test_batches_hold_examples_of_similar_length() -> None:
    lengths = np.random.default_rng(0).integers(1, 500, 800)

    def padding(batches: list[list[int]]) -> int:
        return sum(int((lengths[b].max() - lengths[b]).sum()) for b in batches)

    bucketed = epoch_of(lengths.tolist(), 16)[0]
    plain = np.random.default_rng(0).permutation(800).reshape(-1, 16).tolist()
    assert padding(bucketed) < 0.25 * padding(plain)


def test_lightning_finds_where_to_tell_the_epoch() -> None:
    from lightning_fabric.utilities.data import _set_sampler_epoch
    from torch.utils.data import DataLoader

    batches = BucketedBatches(list(range(1, 41)), 4, seed=0)
    _set_sampler_epoch(DataLoader(list(range(40)), batch_sampler=batches), 7)
    assert list(batches) == epoch_of(list(range(1, 41)), 4, epoch=7)[0]


def test_fewer_examples_than_processes_are_refused() -> None:
    with pytest.raises(ValueError, match="want at least 4 examples for as many processes, got 3"):
        BucketedBatches([1, 2, 3], 2, 0, Shard(0, 4))


@given(lengths, batch_sizes, world_sizes)
def test_every_example_is_evaluated_once_in_the_batches_of_a_single_process(
    lengths: list[int], batch_size: int, world_size: int
) -> None:
    alone = list(SequentialBatches(lengths, batch_size))
    shards = [
        list(SequentialBatches(lengths, batch_size, Shard(rank, world_size)))
        for rank in range(world_size)
    ]
    assert sorted(chain.from_iterable(alone)) == list(range(len(lengths)))
    assert sorted(chain.from_iterable(shards)) == sorted(alone)


def test_the_longest_batch_comes_first_so_that_memory_runs_out_at_once_or_never() -> None:
    assert list(SequentialBatches([3, 9, 5, 9], 2)) == [[1, 3], [2, 0]]


def test_no_examples_give_no_batches() -> None:
    assert len(SequentialBatches([], 4)) == 0
    assert list(SequentialBatches([], 4)) == []


def encoded(source: list[int], target: list[int]) -> Encoded:
    return Encoded(np.array(source, np.int32), np.array(target, np.int32))


def test_padding_is_masked_and_its_labels_are_ignored() -> None:
    batch = Collate(pad_token_id=0)([encoded([5, 6, 1], [7, 1]), encoded([8, 1], [9, 9, 9, 1])])
    assert batch["input_ids"].tolist() == [[5, 6, 1], [8, 1, 0]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [1, 1, 0]]
    assert batch["labels"].tolist() == [[7, 1, -100, -100], [9, 9, 9, 1]]


def test_a_padding_token_inside_a_text_is_not_masked() -> None:
    batch = Collate(pad_token_id=0)([encoded([5, 0, 1], [0, 1])])
    assert batch["attention_mask"].tolist() == [[1, 1, 1]]
    assert batch["labels"].tolist() == [[0, 1]]
