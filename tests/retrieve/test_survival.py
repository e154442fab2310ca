"""What Elasticsearch may do to us, and what an undisturbed run would have given."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from permille.core.errors import ServiceError
from permille.core.records import Candidate, Document
from permille.retrieve import open_retriever
from permille.retrieve.config import Engine, RetrieveConfig
from permille.retrieve.elastic_index import PREFIX, READY
from permille.retrieve.tantivy import TantivyRetriever

pytestmark = pytest.mark.elasticsearch

Settings = Callable[..., RetrieveConfig]
SMALL_REQUESTS = {"bulk_mb": 0.01, "queries_per_request": 5, "parallel": 2}

DOCUMENTS = [
    Document(f"d{n:04}", f"word{n} word{n % 13} word{n % 101} " + "filler text " * (n % 9))
    for n in range(1500)
]
QUERIES = [document.text for document in DOCUMENTS[::10]]


def ids(found: list[list[Candidate]]) -> list[list[str]]:
    return [[one.document_id for one in hits] for hits in found]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    folder = tmp_path_factory.mktemp("undisturbed")
    with TantivyRetriever(RetrieveConfig(cache_dir=str(folder))) as retriever:
        return ids(retriever.index(DOCUMENTS).search(QUERIES, 10))


def config_for(url: str | list[str], folder: Path, **settings: object) -> RetrieveConfig:
    given = {"give_up_after_s": 150, "wait_s": 60, "timeout_s": 20, **SMALL_REQUESTS, **settings}
    return RetrieveConfig(engine=Engine.elasticsearch, url=url, cache_dir=str(folder), **given)  # type: ignore[arg-type]


def after(number: int, part: str, action: Callable[[], None]) -> Callable[[str], None]:
    """Act once, at the request of this number whose path has `part`."""
    seen: list[str] = []
    lock = threading.Lock()

    def on_request(path: str) -> None:
        with lock:
            if part in path:
                seen.append(path)
                if len(seen) == number:
                    action()

    return on_request


@pytest.mark.parametrize("kind", ["429", "503", "cut", "lose"])
def test_loading_and_searching_survive_it(
    kind: str, elastic: Settings, elastic_url: str, proxy_to: Callable, undisturbed: list[list[str]]
) -> None:
    proxy = proxy_to(elastic_url)
    with open_retriever(elastic(url=proxy.url, **SMALL_REQUESTS)) as retriever:
        proxy.fail(kind, times=3, part="_bulk")
        proxy.fail(kind, times=3, part="_msearch")
        proxy.fail(kind, times=1, part="_refresh")
        proxy.fail(kind, times=1, part="_aliases")
        proxy.fail(kind, times=1, part="_mget")
        corpus = retriever.index(DOCUMENTS)
        assert len(corpus) == 1500
        assert ids(corpus.search(QUERIES, 10)) == undisturbed
        assert corpus.fetch(["d0007"])["d0007"] == DOCUMENTS[7]
    assert sum("_bulk" in path for path in proxy.seen) > 3


def test_a_server_slower_than_the_timeout_is_asked_again(
    elastic: Settings, elastic_url: str, proxy_to: Callable, undisturbed: list[list[str]]
) -> None:
    proxy = proxy_to(elastic_url)
    with open_retriever(elastic(url=proxy.url, timeout_s=1.5, **SMALL_REQUESTS)) as retriever:
        proxy.fail("stall", times=2, part="_bulk")
        proxy.fail("stall", times=2, part="_msearch")
        corpus = retriever.index(DOCUMENTS)
        assert ids(corpus.search(QUERIES, 10)) == undisturbed


def test_a_lost_answer_leaves_no_second_copy_behind_the_scores(
    elastic: Settings, elastic_url: str, proxy_to: Callable
) -> None:
    proxy = proxy_to(elastic_url)
    with (
        open_retriever(elastic(url=proxy.url, **SMALL_REQUESTS)) as retriever,
        Elasticsearch(elastic_url) as server,
    ):
        proxy.fail("lose", times=4, part="_bulk")
        index = PREFIX + retriever.index(DOCUMENTS).fingerprint
        docs = server.indices.stats(index=index, metric="docs").body["_all"]["primaries"]["docs"]
    assert (docs["count"], docs["deleted"]) == (1500, 0)


def test_a_server_that_stays_busy_is_given_up_with_its_own_words(
    elastic: Settings, elastic_url: str, proxy_to: Callable
) -> None:
    proxy = proxy_to(elastic_url)
    with open_retriever(elastic(url=proxy.url, give_up_after_s=1.5)) as retriever:
        proxy.fail("429", times=1000, part="_bulk")
        with pytest.raises(
            ServiceError, match=r"did not do it in \d s \(429: es_rejected.* run the same command"
        ):
            retriever.index(DOCUMENTS)


def test_a_server_that_is_given_up_is_asked_only_once_more(
    elastic: Settings, elastic_url: str, proxy_to: Callable
) -> None:
    proxy = proxy_to(elastic_url)
    with open_retriever(elastic(url=proxy.url, give_up_after_s=1)) as retriever:
        proxy.on_request = after(1, "_bulk", lambda: proxy.fail("503", times=1000))
        began = len(proxy.seen)
        with pytest.raises(ServiceError, match=r"503: busy.* run the same command"):
            retriever.index(DOCUMENTS[:3])
    assert [path for path in proxy.seen[began:] if "_bulk" in path][-1] == proxy.seen[-2]


def test_a_server_that_dies_behind_tls_is_waited_for(tmp_path: Path, certificate: Path) -> None:
    """A server that hangs up in the middle of the greeting has refused nobody's certificate."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        connection.recv(4096)

        threading.Thread(target=hang_up, daemon=True).start()
        url = f"https://127.0.0.1:{server.getsockname()[1]}"
        config = config_for(url, tmp_path, ca_file=str(certificate), wait_s=1)
        with (
            pytest.raises(ServiceError, match=r"no Elasticsearch at https.* after \d s") as caught,
            open_retriever(config),
        ):
            pass
    assert "ca_file" not in str(caught.value)


def test_a_server_that_is_not_there_is_named_with_what_to_do(tmp_path: Path) -> None:
    config = config_for("http://localhost:1", tmp_path, wait_s=0.5)
    with (
        pytest.raises(
            ServiceError,
            match=r"no Elasticsearch at http://localhost:1 after \d s .*; "
            r"start one \(docker compose up -d elasticsearch\).* or use retrieve=tantivy",
        ),
        open_retriever(config),
    ):
        pass


@pytest.fixture(scope="module")
def mortal_node(make_node: Callable) -> Any:
    return make_node()


def test_a_server_that_comes_up_late_is_waited_for(mortal_node: Any, tmp_path: Path) -> None:
    mortal_node.kill()
    starter = threading.Timer(1, mortal_node.start)
    starter.start()
    with open_retriever(config_for(mortal_node.url, tmp_path, wait_s=150)) as retriever:
        assert len(retriever.index(DOCUMENTS[:20])) == 20
    starter.join()


@pytest.fixture
def mortal(mortal_node: Any) -> Any:
    """A node of this module's own, running, and with no index when the test begins."""
    if not mortal_node.is_alive():
        mortal_node.start()
    with Elasticsearch(mortal_node.url) as server:
        for name in server.indices.get(index=f"{PREFIX}*").body:
            server.indices.delete(index=name)
    return mortal_node


def test_a_node_killed_while_loading_and_while_searching_comes_back_and_nothing_is_lost(
    mortal, proxy_to: Callable, undisturbed: list[list[str]], tmp_path: Path
) -> None:
    proxy = proxy_to(mortal.url)
    restarts: list[threading.Thread] = []

    def kill_and_start() -> None:
        mortal.kill()
        restarts.append(threading.Thread(target=mortal.start))
        restarts[-1].start()

    with open_retriever(config_for(proxy.url, tmp_path)) as retriever:
        proxy.on_request = after(4, "_bulk", kill_and_start)
        corpus = retriever.index(DOCUMENTS)
        assert len(restarts) == 1
        proxy.on_request = after(6, "_msearch", kill_and_start)
        assert ids(corpus.search(QUERIES, 10)) == undisturbed
        assert len(restarts) == 2
        with Elasticsearch(mortal.url) as server:
            assert server.count(index=READY + corpus.fingerprint).body["count"] == 1500
    for restart in restarts:
        restart.join()


def test_a_run_given_up_is_finished_by_the_same_command(
    mortal, proxy_to: Callable, undisturbed: list[list[str]], tmp_path: Path
) -> None:
    proxy = proxy_to(mortal.url)
    with open_retriever(config_for(proxy.url, tmp_path, give_up_after_s=1)) as retriever:
        proxy.on_request = after(5, "_bulk", mortal.kill)
        with pytest.raises(ServiceError, match=r"no Elasticsearch at .* the same command"):
            retriever.index(DOCUMENTS)
    proxy.on_request = None
    mortal.start()
    with open_retriever(config_for(proxy.url, tmp_path)) as retriever:
        assert [kept.finished for kept in retriever.kept()] == [False]
        corpus = retriever.index(DOCUMENTS)
        assert ids(corpus.search(QUERIES, 10)) == undisturbed
        assert [kept.finished for kept in retriever.kept()] == [True]


def test_two_processes_may_load_the_same_corpus_at_once(
    elastic: Settings, undisturbed: list[list[str]]
) -> None:
    found: list[list[list[str]]] = []

    def load() -> None:
        with open_retriever(elastic(**SMALL_REQUESTS)) as retriever:
            found.append(ids(retriever.index(DOCUMENTS).search(QUERIES, 10)))

    threads = [threading.Thread(target=load) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [undisturbed, undisturbed]


def test_one_of_two_nodes_may_die_when_there_is_a_replica(
    start_node: Callable,
    find_port: Callable[[], int],
    proxy_to: Callable,
    undisturbed: list[list[str]],
    tmp_path: Path,
) -> None:
    """The one that is not the master: of two nodes the master's end is the cluster's."""
    ports = [find_port() for _ in range(2)]
    both = ["discovery.type=multi-node", "cluster.initial_master_nodes=a"]
    nodes = []
    for name, port, other in zip("ab", ports, reversed(ports), strict=True):
        seeds = f"discovery.seed_hosts=127.0.0.1:{other + 100}"
        nodes.append(start_node("--name", name, seeds, *both, port=port))
    first, second = nodes
    proxy = proxy_to(first.url)
    config = config_for([proxy.url, second.url], tmp_path, replicas=1, timeout_s=30)
    with open_retriever(config) as retriever, Elasticsearch(first.url) as server:
        server.cluster.health(wait_for_nodes="2", timeout="30s")
        proxy.on_request = after(3, "_bulk", second.kill)
        assert ids(retriever.index(DOCUMENTS[:1000]).search(QUERIES[:1], 1)) == [["d0000"]]
        second.start()
        server.cluster.health(wait_for_nodes="2", timeout="30s")
        corpus = retriever.index(DOCUMENTS)
        assert server.cluster.health(index=READY + corpus.fingerprint).body["status"] == "green"
        killer = threading.Timer(0.2, second.kill)
        killer.start()
        for _ in range(4):
            assert ids(corpus.search(QUERIES, 10)) == undisturbed
        killer.join()
        assert ids(corpus.search(QUERIES, 10)) == undisturbed
        assert len(corpus.fetch([document.id for document in DOCUMENTS])) == 1500
    for node in nodes:
        node.kill()


@pytest.mark.parametrize(
    ("block", "words"),
    [
        pytest.param("read_only_allow_delete", "its disk is nearly full", id="flood stage"),
        pytest.param("read_only", "is blocked", id="read-only"),
    ],
)
def test_a_block_while_loading_is_named_and_once_lifted_the_job_is_finished(
    block: str, words: str, elastic: Settings, elastic_url: str, proxy_to: Callable
) -> None:
    proxy = proxy_to(elastic_url)
    with (
        Elasticsearch(elastic_url) as server,
        open_retriever(elastic(url=proxy.url, **SMALL_REQUESTS)) as retriever,
    ):
        setting = f"index.blocks.{block}"
        before = set(server.indices.get(index=f"{PREFIX}*").body)

        def close_for_writing() -> None:
            server.indices.put_settings(index=newest(), settings={setting: True})

        def newest() -> str:
            (made,) = set(server.indices.get(index=f"{PREFIX}*").body) - before
            return str(made)

        proxy.on_request = after(3, "_bulk", close_for_writing)
        with pytest.raises(ServiceError, match=words):
            retriever.index(DOCUMENTS)
        assert not server.indices.exists_alias(name=f"{READY}{newest().removeprefix(PREFIX)}")
        server.indices.put_settings(index=newest(), settings={setting: None})
        assert len(retriever.index(DOCUMENTS)) == 1500


def test_a_disk_past_its_watermark_is_named_and_once_mended_the_job_is_finished(
    start_node: Callable, tmp_path: Path
) -> None:
    disk = "cluster.routing.allocation.disk"
    marks = [f"{disk}.watermark.{name}=99999gb" for name in ("low", "high", "flood_stage")]
    node = start_node(f"{disk}.threshold_enabled=true", "cluster.info.update.interval=10s", *marks)
    config = config_for(node.url, tmp_path, give_up_after_s=30)
    with open_retriever(config) as retriever, Elasticsearch(node.url) as server:
        with pytest.raises(ServiceError, match="its disk is nearly full"):
            retriever.index(DOCUMENTS)
        assert [kept.finished for kept in retriever.kept()] == [False]
        server.cluster.put_settings(persistent={f"{disk}.threshold_enabled": False})
        assert len(retriever.index(DOCUMENTS)) == 1500
    node.kill()
