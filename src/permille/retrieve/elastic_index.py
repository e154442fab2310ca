"""An index of Elasticsearch from its making to its end.

    permille-<fingerprint>        the index: documents with their raw text
    permille-ready-<fingerprint>  an alias on it, set when it holds every document

Only the alias is searched, so an index that is half loaded is never taken for whole. An index says
in its mapping that it is ours; one that does not say so is never touched.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch

from permille.core.errors import ServiceError
from permille.retrieve.analysis import ANALYZER
from permille.retrieve.config import RetrieveConfig
from permille.retrieve.patience import BusyError, Patience

PREFIX = "permille-"
READY = "permille-ready-"
MADE_BY = "permille"
_PRIMARIES_S = 3.0

_log = logging.getLogger(__name__)
_KEYWORD = {"type": "keyword", "ignore_above": 8191}
_PROPERTIES = {
    "id": {"type": "keyword"},
    "text": {"type": "text", "analyzer": "standard"},
    "example_id": _KEYWORD,
    "part": _KEYWORD,
    "split": _KEYWORD,
    "task": _KEYWORD,
    "digest": {"type": "long", "index": False},
}
_BM25 = {"default": {"type": "BM25", "k1": 1.2, "b": 0.75}}

Hit = Mapping[str, Any]


@dataclass(frozen=True)
class Mark:
    """What the mapping of an index of ours says about it."""

    fingerprint: str
    documents: int
    shards: int
    ready: bool


class Lifecycle:
    """Makes, finds, finishes and deletes indexes, with patience."""

    def __init__(self, client: Elasticsearch, patience: Patience, config: RetrieveConfig) -> None:
        self._client = client
        self._patience = patience
        self._config = config

    def find(self, fingerprint: str) -> Mark | None:
        """Return what stands under the index's name, if anything.

        Raises:
            ServiceError: If it is an index that we did not make.
        """
        marks = self._marks(PREFIX + fingerprint)
        if PREFIX + fingerprint not in marks:
            return None
        mark = marks[PREFIX + fingerprint]
        if mark is None:
            raise ServiceError(
                f"{self._patience.where} has an index {PREFIX}{fingerprint} that permille did not "
                "make (its mapping does not say so); it was not touched: rename or delete it"
            )
        return mark

    def all_of_ours(self) -> list[Mark]:
        """Return every index that we made, the largest first."""
        marks = [mark for mark in self._marks(f"{PREFIX}*").values() if mark]
        return sorted(marks, key=lambda mark: (-mark.documents, mark.fingerprint))

    def _marks(self, pattern: str) -> dict[str, Mark | None]:
        found = self._patience.call(
            lambda: self._client.indices.get(
                index=pattern,
                ignore_unavailable=True,
                expand_wildcards="all",
                features=["aliases", "mappings", "settings"],
            )
        )
        return {name: _mark_of(name, body) for name, body in found.body.items()}

    def create(self, fingerprint: str, num_documents: int) -> None:
        """Make an empty index to load."""
        self._patience.call(
            lambda: _unless_there(
                self._client.indices.create,
                index=PREFIX + fingerprint,
                wait_for_active_shards=0,
                settings={
                    "number_of_shards": self._config.shards,
                    "number_of_replicas": self._config.replicas,
                    "refresh_interval": "-1",
                    "similarity": _BM25,
                },
                mappings={
                    "dynamic": "strict",
                    "_meta": _meta(fingerprint, num_documents),
                    "properties": _PROPERTIES,
                },
            )
        )
        self.wait_for_shards(fingerprint)

    def wait_for_shards(self, fingerprint: str) -> None:
        """Wait until every primary shard is there.

        Raises:
            ServiceError: If the cluster has no place for them.
        """
        self._patience.call(lambda: self._ask_for_shards(PREFIX + fingerprint))

    def _ask_for_shards(self, index: str) -> None:
        health = self._health(index, "yellow", _PRIMARIES_S)
        if health["status"] != "red":
            return
        states = health["indices"][index]["shards"] if health["indices"] else {}
        shard = next((int(at) for at, state in states.items() if state["status"] == "red"), 0)
        why = self._client.cluster.allocation_explain(index=index, shard=shard, primary=True)
        told = reasons_of(why.body)
        if "watermark" in told:
            raise ServiceError(
                f"Elasticsearch at {self._patience.where}: its disk is nearly full ({told}); free "
                "space or raise cluster.routing.allocation.disk.watermark, then run again"
            )
        raise BusyError(f"no node has taken shard {shard} of {index} ({told})")

    def _health(self, index: str, status: str, wait_s: float) -> Mapping[str, Any]:
        """Return the state of an index, once it is this or half a request's time has passed."""
        wait_ms = int(1000 * min(wait_s, self._config.timeout_s / 2))
        answer = self._client.options(ignore_status=408).cluster.health(
            index=index,
            wait_for_status=status,
            level="shards",
            timeout=f"{wait_ms}ms",
        )
        return dict(answer.body)

    def clone(self, base: str, fingerprint: str, num_documents: int) -> None:
        """Make an index that starts with the documents of a finished one, by hard links."""
        index = PREFIX + fingerprint
        self._patience.call(
            lambda: _unless_there(
                self._client.indices.clone,
                index=PREFIX + base,
                target=index,
                wait_for_active_shards=0,
                settings={
                    "index.blocks.write": None,
                    "index.refresh_interval": "-1",
                    "index.number_of_replicas": self._config.replicas,
                },
            )
        )
        self.mark(fingerprint, num_documents)
        self.wait_for_shards(fingerprint)

    def mark(self, fingerprint: str, num_documents: int) -> None:
        """Say in the mapping what the index is to hold."""
        self._patience.call(
            lambda: self._client.indices.put_mapping(
                index=PREFIX + fingerprint, meta=_meta(fingerprint, num_documents)
            )
        )

    def finish(self, fingerprint: str, num_documents: int) -> None:
        """Check that every document is there, close the index for writing, and set the alias.

        Raises:
            ServiceError: If documents are missing.
        """
        index = PREFIX + fingerprint
        self._patience.call(lambda: self._client.indices.refresh(index=index))
        self.check_count(index, num_documents)
        self._patience.call(
            lambda: self._client.indices.put_settings(
                index=index, settings={"index.blocks.write": True, "index.refresh_interval": None}
            )
        )
        action = {"add": {"index": index, "alias": READY + fingerprint}}
        self._patience.call(lambda: self._client.indices.update_aliases(actions=[action]))
        self._wait_for_replicas(index)

    def check_count(self, index: str, num_documents: int) -> None:
        """Compare the number of documents with what it must be.

        Raises:
            ServiceError: If it differs.
        """
        count = self._patience.call(lambda: self._count(index))
        if count != num_documents:
            fingerprint = index.removeprefix(READY).removeprefix(PREFIX)
            raise ServiceError(
                f"{self._patience.where}: index {index} holds {count} documents, want "
                f"{num_documents}; delete it and run again: "
                f"python -m permille.retrieve delete {fingerprint} --engine elasticsearch"
            )

    def _count(self, index: str) -> int:
        answer = self._client.count(index=index).body
        shards = answer["_shards"]
        if shards["successful"] < shards["total"]:
            away = shards["total"] - shards["successful"]
            raise BusyError(f"{away} of {shards['total']} shards of {index} did not count")
        return int(answer["count"])

    def _wait_for_replicas(self, index: str) -> None:
        if not self._config.replicas:
            return
        health = self._patience.call(lambda: self._health(index, "green", self._config.timeout_s))
        if health["status"] != "green":
            _log.warning(
                "retrieve.replicas=%d, but the cluster has not placed them: it has %d data nodes; "
                "the audit goes on without",
                self._config.replicas,
                health["number_of_data_nodes"],
            )

    def bytes_on_disk(self, index: str) -> int:
        """Return the size of an index's primary shards."""
        answer = self._patience.call(
            lambda: self._client.indices.stats(index=index, metric="store").body
        )
        return int(answer["_all"]["primaries"]["store"]["size_in_bytes"])

    def delete(self, fingerprint: str) -> None:
        """Delete an index that we made."""
        self._patience.call(
            lambda: self._client.options(ignore_status=404).indices.delete(
                index=PREFIX + fingerprint
            )
        )

    def digests(self, fingerprint: str, page: int = 10_000) -> Iterator[list[tuple[str, int]]]:
        """Yield ids and digests of all documents of a finished index, in pages by id."""
        after: list[str] | None = None
        while hits := self._patience.call(partial(self._page, fingerprint, after, page)):
            yield [(hit["_id"], int(hit["fields"]["digest"][0])) for hit in hits]
            after = hits[-1]["sort"]

    def _page(self, fingerprint: str, after: list[str] | None, size: int) -> list[Hit]:
        answer = self._client.search(
            index=READY + fingerprint,
            size=size,
            sort=[{"id": "asc"}],
            search_after=after,
            source=False,
            docvalue_fields=[{"field": "digest"}],
            track_total_hits=False,
            allow_partial_search_results=False,
        )
        return list(answer.body["hits"]["hits"])


def reasons_of(explanation: Mapping[str, Any]) -> str:
    """Return why a shard has no node, in the cluster's words."""
    nodes = explanation.get("node_allocation_decisions", [])
    told = [decider["explanation"] for node in nodes for decider in node.get("deciders", [])]
    return "; ".join(dict.fromkeys(told)) or str(explanation.get("allocate_explanation", ""))


def _meta(fingerprint: str, num_documents: int) -> dict[str, object]:
    return {
        "made_by": MADE_BY,
        "fingerprint": fingerprint,
        "documents": num_documents,
        "analyzer": ANALYZER,
    }


def _unless_there(make: Callable[..., object], **settings: object) -> None:
    try:
        make(**settings)
    except BadRequestError as error:
        if error.error != "resource_already_exists_exception":
            raise


def _mark_of(name: str, body: dict[str, dict[str, dict[str, str]]]) -> Mark | None:
    meta = body.get("mappings", {}).get("_meta", {})
    if not isinstance(meta, dict) or meta.get("made_by") != MADE_BY:
        return None
    fingerprint = name.removeprefix(PREFIX)
    shards = int(body["settings"]["index"]["number_of_shards"])
    ready = READY + fingerprint in body.get("aliases", {})
    return Mark(fingerprint, int(meta["documents"]), shards, ready)
