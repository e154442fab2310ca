"""An index of Elasticsearch from its making to its end."""

from collections.abc import Callable, Iterator

import pytest
from elasticsearch import Elasticsearch

from permille.core.errors import ServiceError
from permille.retrieve.config import Engine, RetrieveConfig
from permille.retrieve.elastic_index import PREFIX, READY, Lifecycle, Mark, reasons_of
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


def add(server: Elasticsearch, index: str, *names: str) -> None:
    for name in names:
        server.create(index=index, id=name, document={"id": name, "text": "words", "digest": 7})


def test_an_index_that_is_made_is_found_and_not_ready(lifecycle: Callable) -> None:
    cycle = lifecycle(shards=2)
    assert cycle.find(NAME) is None
    cycle.create(NAME, 5)
    assert cycle.find(NAME) == Mark(NAME, documents=5, shards=2, ready=False)
    assert Mark(NAME, 5, 2, False) in cycle.all_of_ours()


def test_making_it_twice_does_no_harm(server: Elasticsearch, lifecycle: Callable) -> None:
    lifecycle().create(NAME, 1)
    add(server, PREFIX + NAME, "a")
    lifecycle().create(NAME, 1)
    lifecycle().finish(NAME, 1)
    assert lifecycle().find(NAME).ready


def test_it_is_ready_once_it_is_finished_and_no_longer_written(
    server: Elasticsearch, lifecycle: Callable
) -> None:
    lifecycle().create(NAME, 2)
    add(server, PREFIX + NAME, "a", "b")
    lifecycle().finish(NAME, 2)
    assert server.count(index=READY + NAME).body["count"] == 2
    assert lifecycle().bytes_on_disk(PREFIX + NAME) > 0
    with pytest.raises(Exception, match="index write"):
        add(server, PREFIX + NAME, "c")


@pytest.mark.parametrize("wanted", [1, 3])
def test_it_is_not_finished_with_another_number_of_documents(
    wanted: int, server: Elasticsearch, lifecycle: Callable
) -> None:
    lifecycle().create(NAME, wanted)
    add(server, PREFIX + NAME, "a", "b")
    with pytest.raises(ServiceError, match=rf"holds 2 documents, want {wanted}; delete it and run"):
        lifecycle().finish(NAME, wanted)
    assert not lifecycle().find(NAME).ready


def test_a_clone_starts_with_the_documents_and_can_be_written(
    server: Elasticsearch, lifecycle: Callable
) -> None:
    cycle = lifecycle()
    cycle.create(NAME, 1)
    add(server, PREFIX + NAME, "a")
    cycle.finish(NAME, 1)
    cycle.clone(NAME, OTHER, 2)
    assert cycle.find(OTHER) == Mark(OTHER, documents=2, shards=1, ready=False)
    add(server, PREFIX + OTHER, "b")
    cycle.finish(OTHER, 2)
    assert cycle.find(NAME) == Mark(NAME, documents=1, shards=1, ready=True)


def test_digests_come_in_pages_by_id(server: Elasticsearch, lifecycle: Callable) -> None:
    lifecycle().create(NAME, 5)
    add(server, PREFIX + NAME, *"edcba")
    lifecycle().finish(NAME, 5)
    pages = list(lifecycle().digests(NAME, page=2))
    assert [[name for name, _ in page] for page in pages] == [["a", "b"], ["c", "d"], ["e"]]
    assert {digest for page in pages for _, digest in page} == {7}


def test_an_index_without_our_mark_is_refused_and_not_listed(
    server: Elasticsearch, lifecycle: Callable
) -> None:
    server.indices.create(index=PREFIX + NAME)
    with pytest.raises(ServiceError, match=f"an index {PREFIX}{NAME} that permille did not make"):
        lifecycle().find(NAME)
    assert NAME not in [mark.fingerprint for mark in lifecycle().all_of_ours()]


def test_a_deleted_index_is_gone(lifecycle: Callable) -> None:
    lifecycle().create(NAME, 1)
    lifecycle().delete(NAME)
    lifecycle().delete(NAME)
    assert lifecycle().find(NAME) is None


def test_more_replicas_than_nodes_are_reported_and_not_waited_for(
    server: Elasticsearch, lifecycle: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    cycle = lifecycle(replicas=2, timeout_s=1)
    cycle.create(NAME, 1)
    add(server, PREFIX + NAME, "a")
    cycle.finish(NAME, 1)
    assert cycle.find(NAME).ready
    assert "retrieve.replicas=2, but the cluster has not placed them" in caplog.text


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
    server: Elasticsearch, lifecycle: Callable, halve: Callable[[str, str], int]
) -> None:
    away = halve(PREFIX + NAME, READY + NAME)
    with pytest.raises(ServiceError, match=r"1 of 2 shards of .* did not count") as caught:
        lifecycle(give_up_after_s=0.5).check_count(READY + NAME, 8)
    assert "delete" not in str(caught.value)
    named = rf"no node has taken shard {away} of .*too many shards"
    with pytest.raises(ServiceError, match=named):
        lifecycle(give_up_after_s=0.5, timeout_s=1).wait_for_shards(NAME)
    limit = {"index.routing.allocation.total_shards_per_node": -1}
    server.indices.put_settings(index=PREFIX + NAME, settings=limit)
    lifecycle().wait_for_shards(NAME)
    lifecycle().check_count(READY + NAME, 0)


def test_the_clusters_reasons_are_joined_without_repeats() -> None:
    node = {"deciders": [{"explanation": "too full"}]}
    told = {"allocate_explanation": "cannot allocate", "node_allocation_decisions": [node, node]}
    assert reasons_of(told) == "too full"
    assert reasons_of({"allocate_explanation": "cannot allocate"}) == "cannot allocate"
