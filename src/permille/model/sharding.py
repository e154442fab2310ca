"""Work shared out over the processes of a distributed run, and its results put together."""

from collections.abc import Sequence
from typing import TypeVar

import torch.distributed as dist

T = TypeVar("T")


def is_distributed() -> bool:
    """Tell whether this process is one of several that compute together."""
    return dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1


def own_shard(items: Sequence[T]) -> list[T]:
    """Return this process's share: every n-th item of n processes, all of them in one."""
    if not is_distributed():
        return list(items)
    return list(items[dist.get_rank() :: dist.get_world_size()])


def gather_shards(shard: T) -> list[T]:
    """Return every process's shard, by rank, in every process."""
    if not is_distributed():
        return [shard]
    shards: list[T] = [shard] * dist.get_world_size()
    dist.all_gather_object(shards, shard)
    return shards
