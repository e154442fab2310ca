"""Documents are sent in requests of a size, several at once, and again when turned away."""

import json
import threading
from typing import Any

import orjson
import pytest
from elastic_transport import ApiResponseMeta, HttpHeaders, NodeConfig
from elasticsearch import ApiError
from hypothesis import given
from hypothesis import strategies as st

from permille.core.errors import DataError, ServiceError
from permille.core.records import Document, Part, Split
from permille.retrieve.config import Engine, RetrieveConfig
from permille.retrieve.elastic_load import Loader, entry_of, with_short_id
from permille.retrieve.fingerprint import digest_of, encode
from permille.retrieve.patience import Patience


def answered(status: int, kind: str, reason: str) -> ApiError:
    node = NodeConfig("http", "localhost", 9200)
    meta = ApiResponseMeta(status, "1.1", HttpHeaders({}), 0.1, node)
    return ApiError(kind, meta, {"error": {"type": kind, "reason": reason}})


class Answer:
    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body


class Server:
    """Takes bulk requests; `trouble` gives the status and error of a document, once each."""

    def __init__(self, limit_bytes: int = 10**9, trouble: dict[str, list] | None = None) -> None:
        self.limit_bytes = limit_bytes
        self.trouble = trouble or {}
        self.taken: dict[str, dict] = {}
        self.request_bytes: list[int] = []
        self.refusals: list[ApiError] = []
        self.at_once = 0
        self.most_at_once = 0
        self.lock = threading.Lock()

    def bulk(self, *, operations: list[bytes], require_alias: bool, **_: Any) -> Answer:
        assert require_alias
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return self.take(operations)
        finally:
            with self.lock:
                self.at_once -= 1

    def mget(self, *, index: str, ids: list[str], **_: Any) -> Answer:
        return Answer({"docs": [{"found": name in self.taken} for name in ids]})

    def take(self, operations: list[bytes]) -> Answer:
        if self.refusals:
            raise self.refusals.pop()
        size = sum(map(len, operations))
        if size > self.limit_bytes:
            raise answered(413, "too_large", "too large")
        self.request_bytes.append(size)
        items = []
        for action, source in zip(operations[::2], operations[1::2], strict=True):
            name = json.loads(action)["create"]["_id"]
            troubles = self.trouble.get(name, [])
            status, error = troubles.pop(0) if troubles else (201, None)
            if error is None:
                self.taken[name] = json.loads(source)
            items.append({"create": {"status": status, "error": error}})
        return Answer({"errors": any(i["create"]["error"] for i in items), "items": items})


def loader(
    server: Server, request_mb: float = 1.0, parallel: int = 2, look_first: bool = False
) -> Loader:
    config = RetrieveConfig(Engine.elasticsearch, parallel=parallel)
    config.bulk_mb = request_mb  # smaller than users may set
    patience = Patience("here", give_up_after_s=5)
    return Loader(server, patience, "i", config, look_first=look_first)  # type: ignore[arg-type]


def numbered(count: int) -> list[Document]:
    return [Document(f"d{n:04}", f"text {n}") for n in range(count)]


def error(kind: str, reason: str) -> dict[str, str]:
    return {"type": kind, "reason": reason}


REJECTED = (429, error("es_rejected_execution_exception", "queue is full"))
CONFLICT = (409, error("version_conflict_engine_exception", "document already exists"))


@given(st.integers(1, 60), st.integers(200, 3000), st.integers(1, 4))
def test_every_document_arrives_in_requests_of_the_size(
    count: int, request_bytes: int, parallel: int
) -> None:
    server, told = Server(), []
    largest = max(len(entry_of(document)) for document in numbered(count))
    loader(server, request_bytes / 1e6, parallel).load(numbered(count), told.append)
    assert sorted(server.taken) == [document.id for document in numbered(count)]
    assert max(server.request_bytes) <= max(request_bytes, largest)
    assert server.most_at_once <= parallel
    assert told == sorted(told)
    assert told[-1] == count


@pytest.mark.parametrize(("sent", "limit", "never"), [(60, 53, True), (40, 53, False)])
def test_a_request_over_the_limit_of_memory_is_halved_and_one_in_a_queue_waits(
    sent: int, limit: int, never: bool
) -> None:
    said = f"[coordinating_operation_bytes={sent}, max_coordinating_bytes={limit}]"
    server = Server()
    server.refusals = [answered(429, "es_rejected_execution_exception", said)]
    loader(server).load(numbered(4), [].append)
    assert len(server.taken) == 4
    assert len(server.request_bytes) == (2 if never else 1)


def test_documents_are_read_no_faster_than_the_server_takes_them() -> None:
    read: list[str] = []
    held = threading.Event()

    class Slow(Server):
        def take(self, operations: list[bytes]) -> Answer:
            held.wait(5)
            return super().take(operations)

    def documents() -> Any:
        for document in numbered(500):
            read.append(document.id)
            yield document

    server = Slow()
    thread = threading.Thread(
        target=loader(server, 0.001, parallel=2).load, args=(documents(), lambda done: None)
    )
    thread.start()
    thread.join(0.3)
    assert len(read) < 50
    held.set()
    thread.join()
    assert len(server.taken) == 500


def test_only_what_was_turned_away_is_sent_again() -> None:
    server = Server(trouble={"d0003": [REJECTED, REJECTED]})
    loader(server).load(numbered(10), lambda done: None)
    assert len(server.taken) == 10
    sizes = server.request_bytes
    assert sizes[1] == sizes[2] == len(entry_of(numbered(4)[3])) < sizes[0]


def test_what_is_there_already_counts_as_done() -> None:
    told: list[int] = []
    loader(Server(trouble={"d0001": [CONFLICT]})).load(numbered(3), told.append)
    assert told == [3]


def test_documents_that_are_there_are_not_sent_when_one_looks_first() -> None:
    server, told = Server(), []
    loader(server).load(numbered(30), told.append)
    server.request_bytes.clear()
    loader(server, look_first=True).load(numbered(32), told.append)
    assert server.request_bytes == [sum(len(entry_of(document)) for document in numbered(32)[30:])]
    assert told == [30, 32]


def test_a_shard_that_is_still_recovering_is_asked_again_and_nothing_is_sent_twice() -> None:
    class Recovering(Server):
        times = 2

        def mget(self, *, index: str, ids: list[str], **_: Any) -> Answer:
            self.times -= 1
            if self.times < 0:
                return super().mget(index=index, ids=ids)
            lost = {"error": {"type": "no_shard_available_action_exception"}}
            return Answer({"docs": [lost, *({"found": False} for _ in ids[1:])]})

    server = Recovering()
    loader(server).load(numbered(5), lambda done: None)
    server.request_bytes.clear()
    loader(server, look_first=True).load(numbered(6), lambda done: None)
    assert server.times == -1
    assert server.request_bytes == [len(entry_of(numbered(6)[5]))]


def test_a_request_is_not_made_when_all_of_it_is_there() -> None:
    server = Server()
    loader(server).load(numbered(5), lambda done: None)
    loader(server, look_first=True).load(numbered(5), lambda done: None)
    assert len(server.request_bytes) == 1


def test_a_request_that_is_too_large_is_halved() -> None:
    server = Server(limit_bytes=500)
    loader(server).load(numbered(40), lambda done: None)
    assert len(server.taken) == 40
    assert max(server.request_bytes) <= 500


def test_a_document_that_is_too_large_by_itself_is_named() -> None:
    documents = [*numbered(3), Document("huge", "x" * 1000)]
    with pytest.raises(DataError, match=r"document id 'huge' is larger \(1,\d+ bytes\) than here"):
        loader(Server(limit_bytes=600)).load(documents, lambda done: None)


@pytest.mark.parametrize(
    ("trouble", "kind", "words"),
    [
        pytest.param(
            (400, error("document_parsing_exception", "no such field")),
            DataError,
            "document id 'd0001': here does not take it .*no such field",
            id="a document that does not fit",
        ),
        pytest.param(
            (403, error("cluster_block_exception", "blocked by: [FORBIDDEN/8/index write (api)]")),
            ServiceError,
            "is blocked",
            id="an index closed for writing",
        ),
        pytest.param(
            (429, error("cluster_block_exception", "blocked by: flood-stage, read-only-allow-del")),
            ServiceError,
            "its disk is nearly full",
            id="a full disk",
        ),
        pytest.param(
            (500, error("oops", "internal")), ServiceError, "it answered 500", id="another failure"
        ),
    ],
)
def test_what_is_refused_for_good_is_told(trouble: tuple, kind: type, words: str) -> None:
    with pytest.raises(kind, match=words):
        loader(Server(trouble={"d0001": [trouble]})).load(numbered(3), lambda done: None)


def test_an_entry_holds_the_raw_text_every_field_and_the_digest() -> None:
    document = Document("1", "Raw\n Text", "e", Part.SUFFIX, Split.HELDOUT, "qa")
    entry = entry_of(document)
    assert orjson.loads(entry.action) == {"create": {"_id": "1"}}
    assert orjson.loads(entry.source) == {
        "id": "1",
        "text": "Raw\n Text",
        "example_id": "e",
        "part": "suffix",
        "split": "heldout",
        "task": "qa",
        "digest": digest_of(encode(document)),
    }


@pytest.mark.parametrize(
    ("name", "fits"), [("x" * 512, True), ("x" * 513, False), ("é" * 257, False)]
)
def test_an_id_may_have_512_bytes(name: str, fits: bool) -> None:
    if fits:
        assert with_short_id(Document(name, "text")).id == name
    else:
        with pytest.raises(DataError, match=r"want at most 512 bytes .* got 51[34]; shorten it"):
            with_short_id(Document(name, "text"))
