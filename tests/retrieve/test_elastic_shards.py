"""Shards are waited for, and one that has no node is named with the reason."""

from collections.abc import Callable, Iterator

import pytest
from elasticsearch import Elasticsearch

from permille.core.errors import ServiceError
from permille.retrieve.config import Engine, RetrieveConfig
from permille.retrieve.elastic_index import PREFIX, READY, Lifecycle
from permille.retrieve.elastic_shards import Shards, reasons_of
from permille.retrieve.patience import Patience

pytestmark = pytest.mark.elasticsearch
NAME = "0123456789abcdef"
OTHER = "fedcba9876543210"


@pytest.fixture
def server(elastic_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elastic_url) as client:
        yield client
        for name in (NAME, OTHER):
            client.options(ignore_status=404).indices.delete(index=PREFIX + name)


@pytest.fixture
def lifecycle(server: Elasticsearch) -> Callable[..., Lifecycle]:
    def make(give_up_after_s: float = 20, **settings: object) -> Lifecycle:
        config = RetrieveConfig(engine=Engine.elasticsearch, **settings)  # type: ignore[arg-type]
        return Lifecycle(server, Patience("here", give_up_after_s), config)

    return make


@pytest.fixture
def shards(server: Elasticsearch) -> Callable[..., Shards]:
    def make(give_up_after_s: float = 20, **settings: object) -> Shards:
        config = RetrieveConfig(engine=Engine.elasticsearch, **settings)  # type: ignore[arg-type]
        return Shards(server, Patience("here", give_up_after_s), config)

    return make


def test_a_shard_that_no_node_takes_is_named_with_the_clusters_reason(
    server: Elasticsearch, lifecycle: Callable
) -> None:
    key = "cluster.routing.allocation.enable"
    server.cluster.put_settings(persistent={key: "none"})
    try:
        with pytest.raises(ServiceError, match=rf"no node has taken shard 0 of .*{key}"):
            lifecycle(give_up_after_s=1).create(NAME, 1)
    finally:
        server.cluster.put_settings(persistent={key: None})


def test_a_shard_that_is_away_is_waited_for_and_not_counted_as_lost_documents(
    server: Elasticsearch,
    lifecycle: Callable,
    shards: Callable,
    halve: Callable[[str, str], int],
) -> None:
    away = halve(PREFIX + NAME, READY + NAME)
    with pytest.raises(ServiceError, match=r"1 of 2 shards of .* did not count") as caught:
        lifecycle(give_up_after_s=0.5).check_count(READY + NAME, 8)
    assert "delete" not in str(caught.value)
    named = rf"no node has taken shard {away} of .*too many shards"
    with pytest.raises(ServiceError, match=named):
        shards(give_up_after_s=0.5, timeout_s=1).wait_for_primaries(PREFIX + NAME)
    limit = {"index.routing.allocation.total_shards_per_node": -1}
    server.indices.put_settings(index=PREFIX + NAME, settings=limit)
    shards().wait_for_primaries(PREFIX + NAME)
    lifecycle().check_count(READY + NAME, 0)


def test_each_node_gives_its_reasons() -> None:
    deciders = [["too full", "too many"], ["throttled"]]
    nodes = [{"deciders": [{"explanation": why} for why in said]} for said in deciders]
    told = {"allocate_explanation": "cannot allocate", "node_allocation_decisions": nodes}
    assert reasons_of(told) == ["too full; too many", "throttled"]
    assert reasons_of({"allocate_explanation": "cannot allocate"}) == []
