import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch.distributed as dist
from hypothesis import given
from hypothesis import strategies as st

from permille.model import sharding
from permille.model.checkpoints import export
from permille.model.sharding import gather_shards, is_distributed, own_shard

WRITING = Path(__file__).with_name("generate_in_processes.py")


def test_one_process_has_all_the_work():
    assert not is_distributed()
    assert own_shard([1, 2, 3]) == [1, 2, 3]
    assert gather_shards({"a": 1}) == [{"a": 1}]


@given(items=st.lists(st.integers()), num_processes=st.integers(2, 5))
def test_shards_are_all_the_work_and_differ_by_one_at_most(items, num_processes):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sharding, "is_distributed", lambda: True)
        patch.setattr(dist, "get_world_size", lambda: num_processes)
        shards = []
        for rank in range(num_processes):
            patch.setattr(dist, "get_rank", lambda rank=rank: rank)
            shards.append(own_shard(items))
    assert sorted(item for shard in shards for item in shard) == sorted(items)
    assert max(map(len, shards)) - min(map(len, shards)) <= 1


@pytest.fixture(scope="module")
def texts(tmp_path_factory, shared_sharp):
    """What one process writes, and what each of two writes, for greedy decoding and drawing."""
    folder = tmp_path_factory.mktemp("processes")
    export(shared_sharp.model, shared_sharp.tokenizer, folder / "model")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    subprocess.run(
        [sys.executable, str(WRITING), str(folder), str(port)],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=True,
        timeout=300,
    )
    return {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}


@pytest.mark.parametrize("how", ["greedy", "drawn"])
def test_two_processes_write_what_one_writes(texts, how):
    assert texts[f"{how}-1-0"]
    assert texts[f"{how}-2-0"] == texts[f"{how}-1-0"]


@pytest.mark.parametrize("how", ["greedy", "drawn"])
def test_every_process_has_all_generations(texts, how):
    assert texts[f"{how}-2-1"] == texts[f"{how}-2-0"]


def test_each_example_is_counted_once(texts):
    ids = [one["id"] for one in texts["greedy-2-0"]]
    assert len(set(ids)) == len(ids) == 37


def test_a_process_without_a_batch_has_all_generations_too(texts):
    assert texts["few-2-1"] == texts["few-2-0"] == texts["few-1-0"]
    assert len(texts["few-1-0"]) == 3
