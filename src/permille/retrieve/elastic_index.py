"""An index of Elasticsearch from its making to its end.

    permille-<fingerprint>          the index: documents with their raw text
    permille-loading-<fingerprint>  an alias on it while it is loaded
    permille-ready-<fingerprint>    an alias on it, set in its place when it holds every document

Only the second alias is searched, so an index that is half loaded is never taken for whole. Only
through the first is anything sent, so an index that was deleted or finished meanwhile is neither
made anew by a request nor written. An index says in its mapping that it is ours; one that does not
say so is never touched.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch

from permille.core.errors import ServiceError
from permille.retrieve.analysis import ANALYZER
from permille.retrieve.config import RetrieveConfig
from permille.retrieve.elastic_shards import Shards
from permille.retrieve.patience import BusyError, Patience

PREFIX = "permille-"
LOADING = "permille-loading-"
READY = "permille-ready-"
MADE_BY = "permille"

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
    replicas: int
    analyzer: str
    ready: bool
    settled: bool
    """Whether it is closed for writing and no longer has the alias that it was loaded through."""


class Lifecycle:
    """Makes, finds, finishes and deletes indexes, with patience."""

    def __init__(self, client: Elasticsearch, patience: Patience, config: RetrieveConfig) -> None:
        self._client = client
        self._patience = patience
        self._config = config
        self._shards = Shards(client, patience, config)

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
                aliases={LOADING + fingerprint: {}},
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
        self._shards.wait_for_primaries(PREFIX + fingerprint)

    def clone(self, base: str, fingerprint: str, num_documents: int) -> None:
        """Make an index that starts with the documents of a finished one, by hard links."""
        index = PREFIX + fingerprint
        self._close_for_writing(PREFIX + base)
        self._patience.call(
            lambda: _unless_there(
                self._client.indices.clone,
                index=PREFIX + base,
                target=index,
                wait_for_active_shards=0,
                aliases={LOADING + fingerprint: {}},
                settings={
                    "index.blocks.write": None,
                    "index.refresh_interval": "-1",
                    "index.number_of_replicas": self._config.replicas,
                },
            )
        )
        self.take_up(fingerprint, num_documents)

    def take_up(self, fingerprint: str, num_documents: int) -> None:
        """Make an index that is not whole ready to be loaded."""
        # a clone's shards, once they are there, bring the mapping of their source along
        self._shards.wait_for_primaries(PREFIX + fingerprint)
        self._mark(fingerprint, num_documents)
        loading = {"add": {"index": PREFIX + fingerprint, "alias": LOADING + fingerprint}}
        self._patience.call(lambda: self._client.indices.update_aliases(actions=[loading]))

    def _mark(self, fingerprint: str, num_documents: int) -> None:
        """Say in the mapping what the index is to hold."""
        self._patience.call(
            lambda: self._client.indices.put_mapping(
                index=PREFIX + fingerprint, meta=_meta(fingerprint, num_documents)
            )
        )

    def finish(self, fingerprint: str, num_documents: int) -> None:
        """Check that every document is there, set the alias, and close the index for writing.

        In this order: who still loads the same documents beside us is turned away by a missing
        alias when the index is whole already, and never by a closed index that is not.

        Raises:
            ServiceError: If documents are missing.
        """
        index = PREFIX + fingerprint
        self._patience.call(lambda: self._refresh(index))
        self.check_count(index, num_documents)
        self.settle(fingerprint)
        self._shards.wait_for_replicas(index)

    def settle(self, fingerprint: str) -> None:
        """Set the alias of a whole index, take the other one away, and close it for writing."""
        index = PREFIX + fingerprint
        actions: list[dict[str, Any]] = [
            {"add": {"index": index, "alias": READY + fingerprint}},
            {"remove": {"index": index, "alias": LOADING + fingerprint, "must_exist": False}},
        ]
        self._patience.call(lambda: self._client.indices.update_aliases(actions=actions))
        self._close_for_writing(index)

    def _refresh(self, index: str) -> None:
        shards = self._client.indices.refresh(index=index).body["_shards"]
        if shards["failed"]:
            raise BusyError(f"{shards['failed']} shards of {index} were not refreshed")

    def _close_for_writing(self, index: str) -> None:
        closed = {"index.blocks.write": True, "index.refresh_interval": None}
        self._patience.call(lambda: self._client.indices.put_settings(index=index, settings=closed))

    def add_replicas(self, mark: Mark) -> None:
        """Give a finished index as many copies as are wanted now; none are taken away."""
        if self._config.replicas > mark.replicas:
            more = {"index.number_of_replicas": self._config.replicas}
            index = PREFIX + mark.fingerprint
            self._patience.call(
                lambda: self._client.indices.put_settings(index=index, settings=more)
            )
            self._shards.wait_for_replicas(PREFIX + mark.fingerprint)

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


def _mark_of(name: str, body: dict[str, Any]) -> Mark | None:
    fingerprint = name.removeprefix(PREFIX)
    aliases = body.get("aliases", {})
    meta = body.get("mappings", {}).get("_meta")
    if meta is None and LOADING + fingerprint in aliases:
        # a clone gets the mapping of its source only once its shards are there
        meta = {"made_by": MADE_BY, "documents": 0}
    if not isinstance(meta, dict) or meta.get("made_by") != MADE_BY:
        return None
    index = body["settings"]["index"]
    return Mark(
        fingerprint,
        int(meta["documents"]),
        int(index["number_of_shards"]),
        int(index["number_of_replicas"]),
        str(meta.get("analyzer")),
        READY + fingerprint in aliases,
        LOADING + fingerprint not in aliases and index.get("blocks", {}).get("write") == "true",
    )
