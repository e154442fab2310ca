"""Elasticsearch as an engine: for a corpus that outgrows one machine, or that people search too.

The server gets the raw text. Documents pass through a store on this machine first, which is
removed again; it tells the corpus's fingerprint, and so whether anything must be sent at all.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from elasticsearch import Elasticsearch

from permille.core.errors import ServiceError, SettingsError
from permille.core.records import Candidate, Document, Part, Split
from permille.retrieve.analysis import ANALYZER, query_terms
from permille.retrieve.cache import IndexCache, cache_folder
from permille.retrieve.config import DistributedScores, RetrieveConfig
from permille.retrieve.connection import connect, environment, find_endpoint
from permille.retrieve.elastic_index import LOADING, PREFIX, READY, Lifecycle, Mark
from permille.retrieve.elastic_load import Loader, all_answered, with_short_id
from permille.retrieve.elastic_search import Searcher
from permille.retrieve.patience import Patience
from permille.retrieve.protocol import Corpus, KeptIndex, Progress
from permille.retrieve.store import Store, write_store

_log = logging.getLogger(__name__)
# what it says of each failed try, `Patience` says in our words
logging.getLogger("elastic_transport.node_pool").setLevel(logging.ERROR)
_OLDEST_MAJOR = 8
_FETCH_AT_ONCE = 100
_ADVICE = (
    "start one (docker compose up -d elasticsearch), set retrieve.url or ELASTICSEARCH_URL, "
    "or use retrieve=tantivy"
)


class ElasticsearchRetriever:
    """A cluster and the indexes that we keep there."""

    def __init__(self, config: RetrieveConfig) -> None:
        self._config = config
        self._spools = IndexCache(cache_folder(config.cache_dir) / "elasticsearch")
        endpoint = find_endpoint(config, environment())
        self.where = str(endpoint)
        self._client = connect(endpoint, config)
        self._patience = Patience(self.where, config.give_up_after_s)
        self.lifecycle = Lifecycle(self._client, self._patience, config)

    def __enter__(self) -> Self:
        """Wait for the cluster.

        Raises:
            ServiceError: If it is not there, refuses us, or is of a version that will not do.
        """
        info = Patience(self.where, self._config.wait_s).call(self._client.info, _ADVICE)
        number = str(info.body["version"]["number"])
        if int(number.split(".")[0]) < _OLDEST_MAJOR:
            raise ServiceError(
                f"Elasticsearch at {self.where}: want version 8 or 9, got {number}; update it or "
                "use retrieve=tantivy"
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def index(self, documents: Iterable[Document], progress: Progress | None = None) -> Corpus:
        """Make the documents searchable; see `permille.retrieve.protocol.Retriever`."""
        with self._spools.spool() as folder:
            written = write_store(folder, map(with_short_id, documents))
            with Store(folder) as store:
                shards = self._load(store, written.fingerprint, progress or _ignore)
        if progress:
            progress(written.num_documents)
        searcher = Searcher(
            self._client,
            self._patience,
            READY + written.fingerprint,
            gather_statistics=_gathers(self._config.distributed_scores, shards),
            parallel=self._config.parallel,
            queries_per_request=self._config.queries_per_request,
        )
        return ElasticsearchCorpus(
            self._client, self._patience, searcher, written.fingerprint, written.num_documents
        )

    def kept(self) -> list[KeptIndex]:
        """Return the indexes of ours; see `permille.retrieve.protocol.Retriever`."""
        marks = self.lifecycle.all_of_ours()
        return [KeptIndex(mark.fingerprint, mark.documents, mark.ready) for mark in marks]

    def delete(self, fingerprint: str) -> None:
        """Delete one index; see `permille.retrieve.protocol.Retriever`.

        Raises:
            SettingsError: If there is no such index.
        """
        if self.lifecycle.find(fingerprint) is None:
            raise SettingsError(
                f"no index {PREFIX}{fingerprint} at {self.where}; "
                "python -m permille.retrieve list names those that are there"
            )
        self.lifecycle.delete(fingerprint)

    def _load(self, store: Store, fingerprint: str, progress: Progress) -> int:
        """Make sure that the index is there and whole; return its number of shards."""
        lifecycle = self.lifecycle
        mark = lifecycle.find(fingerprint)
        if mark and mark.shards != self._config.shards:
            _log.warning(
                "retrieve.shards=%d holds for new indexes; %s%s has %d, and stays as it is",
                self._config.shards,
                PREFIX,
                fingerprint,
                mark.shards,
            )
        if mark and mark.ready:
            if not mark.settled:
                lifecycle.settle(fingerprint)
            lifecycle.check_count(READY + fingerprint, len(store))
            lifecycle.add_replicas(mark)
            _log.info("index %s%s is there: nothing is sent", PREFIX, fingerprint)
            return mark.shards
        self._fill(store, fingerprint, mark, progress)
        made = lifecycle.find(fingerprint)
        return made.shards if made else self._config.shards

    def _fill(self, store: Store, fingerprint: str, mark: Mark | None, progress: Progress) -> None:
        """Load an index that is not there, or was begun."""
        lifecycle = self.lifecycle
        base = None if mark else self._largest_part(store)
        if base:
            lifecycle.clone(base.fingerprint, fingerprint, len(store))
        elif mark is None:
            lifecycle.create(fingerprint, len(store))
        else:
            lifecycle.take_up(fingerprint, len(store))
        loader = Loader(
            self._client,
            self._patience,
            LOADING + fingerprint,
            self._config,
            look_first=bool(base or mark),
        )
        try:
            loader.load(store, progress)
            lifecycle.finish(fingerprint, len(store))
        except ServiceError:
            if not self._is_finished(fingerprint):
                raise
            _log.info("another process finished loading %s", PREFIX + fingerprint)

    def _is_finished(self, fingerprint: str) -> bool:
        """Tell whether the index is whole by now; asked once, since patience has run out."""
        with suppress(ServiceError):
            once = Lifecycle(self._client, Patience(self.where, 0), self._config)
            mark = once.find(fingerprint)
            return mark is not None and mark.ready
        return False

    def _largest_part(self, store: Store) -> Mark | None:
        """Return the largest index of ours all of whose documents are in the store."""
        for mark in self.lifecycle.all_of_ours():
            if mark.shards == self._config.shards and self._is_part(mark, store):
                return mark
        return None

    def _is_part(self, mark: Mark, store: Store) -> bool:
        if not mark.ready or mark.analyzer != ANALYZER or mark.documents >= len(store):
            return False
        pages = self.lifecycle.digests(mark.fingerprint)
        return all(store.holds(page) for page in pages)


class ElasticsearchCorpus:
    """A finished index of ours."""

    def __init__(
        self,
        client: Elasticsearch,
        patience: Patience,
        searcher: Searcher,
        fingerprint: str,
        num_documents: int,
    ) -> None:
        self.fingerprint = fingerprint
        self._client = client
        self._patience = patience
        self._searcher = searcher
        self._num_documents = num_documents

    def __len__(self) -> int:
        return self._num_documents

    def search(self, queries: Sequence[str], top_k: int) -> list[list[Candidate]]:
        """Return the best documents for each text; see `permille.retrieve.protocol.Corpus`."""
        distinct = list(dict.fromkeys(queries))
        found = self._searcher.search([query_terms(query) for query in distinct], top_k)
        answers = dict(zip(distinct, found, strict=True))
        return [answers[query] for query in queries]

    def fetch(self, document_ids: Iterable[str]) -> Mapping[str, Document]:
        """Return the documents with these ids; see `permille.retrieve.protocol.Corpus`."""
        names = list(dict.fromkeys(document_ids))
        parts = (names[at : at + _FETCH_AT_ONCE] for at in range(0, len(names), _FETCH_AT_ONCE))
        return {document.id: document for part in parts for document in self._fetch(part)}

    def local(self) -> None:
        """Return nothing: the documents lie on the server."""

    def _fetch(self, names: list[str]) -> Iterator[Document]:
        for found in self._patience.call(lambda: self._get(names)):
            if not found["found"]:
                raise KeyError(f"no document with id {found['_id']!r} in the index")
            yield _document_of(found["_source"])

    def _get(self, names: list[str]) -> list[dict[str, Any]]:
        answer = self._client.mget(
            index=READY + self.fingerprint, ids=names, source_excludes="digest"
        )
        return all_answered(answer.body["docs"])


def _document_of(source: dict[str, Any]) -> Document:
    part = source["part"]
    return Document(
        source["id"],
        source["text"],
        source["example_id"],
        Part(part) if part else None,
        Split(source["split"]),
        source["task"],
    )


def _gathers(wanted: DistributedScores, shards: int) -> bool:
    match wanted:
        case DistributedScores.always:
            return True
        case DistributedScores.never:
            return False
        case DistributedScores.auto:
            return shards > 1


def _ignore(num_documents: int) -> None:
    """Tell no one."""
