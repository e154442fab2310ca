"""An index of Elasticsearch from its making to its end."""

from collections.abc import Callable, Iterator

import pytest
from elasticsearch import Elasticsearch

from permille.core.errors import ServiceError
from permille.retrieve.analysis import ANALYZER
from permille.retrieve.config import Engine, RetrieveConfig
from permille.retrieve.elastic_index import LOADING, PREFIX, READY, Lifecycle, Mark
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
    assert cycle.find(NAME) == Mark(NAME, 5, 2, 0, ANALYZER, ready=False, settled=False)
    assert Mark(NAME, 5, 2, 0, ANALYZER, ready=False, settled=False) in cycle.all_of_ours()


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
    assert cycle.find(OTHER) == Mark(OTHER, 2, 1, 0, ANALYZER, ready=False, settled=False)
    add(server, PREFIX + OTHER, "b")
    cycle.finish(OTHER, 2)
    assert cycle.find(NAME) == Mark(NAME, 1, 1, 0, ANALYZER, ready=True, settled=True)


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


def test_nothing_is_sent_to_an_index_that_is_whole_or_gone(
    server: Elasticsearch, lifecycle: Callable
) -> None:
    cycle = lifecycle()
    cycle.create(NAME, 1)
    add(server, LOADING + NAME, "a")
    assert not server.indices.exists_alias(name=READY + NAME)
    cycle.finish(NAME, 1)
    assert not server.indices.exists_alias(name=LOADING + NAME)
    cycle.take_up(NAME, 1)
    assert not cycle.find(NAME).settled
    cycle.settle(NAME)
    assert not server.indices.exists_alias(name=LOADING + NAME)
    assert cycle.find(NAME).ready
    assert cycle.find(NAME).settled


def test_a_clone_that_no_node_has_taken_yet_is_ours_and_is_finished_later(
    server: Elasticsearch, lifecycle: Callable
) -> None:
    cycle = lifecycle()
    cycle.create(NAME, 1)
    add(server, LOADING + NAME, "a")
    cycle.finish(NAME, 1)
    key = "cluster.routing.allocation.enable"
    server.cluster.put_settings(persistent={key: "none"})
    try:
        with pytest.raises(ServiceError, match=r"no node has taken|are being made"):
            lifecycle(give_up_after_s=0.5, timeout_s=1).clone(NAME, OTHER, 2)
        assert not cycle.find(OTHER).ready
    finally:
        server.cluster.put_settings(persistent={key: None})
    cycle.take_up(OTHER, 2)
    add(server, LOADING + OTHER, "b")
    cycle.finish(OTHER, 2)
    assert cycle.find(OTHER) == Mark(OTHER, 2, 1, 0, ANALYZER, ready=True, settled=True)


def test_a_finished_index_gets_the_copies_that_are_wanted_now_and_keeps_those_it_has(
    server: Elasticsearch, lifecycle: Callable
) -> None:
    lifecycle().create(NAME, 1)
    add(server, LOADING + NAME, "a")
    lifecycle().finish(NAME, 1)
    for wanted, left in ((1, 1), (0, 1)):
        lifecycle(replicas=wanted, timeout_s=0.2).add_replicas(lifecycle().find(NAME))
        assert lifecycle().find(NAME).replicas == left
