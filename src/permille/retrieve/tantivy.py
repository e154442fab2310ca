"""The embedded engine: BM25 by tantivy, indexes in a cache folder.

An index is built aside and renamed when it is whole. A process that is killed leaves a folder that
opens at its last commit, and the next one goes on from there. A corpus that holds a cached one and
more starts from hard links to its segments, which are never written again.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

import tantivy

from permille.core.errors import SettingsError
from permille.core.records import Candidate, Document
from permille.retrieve.analysis import query_terms
from permille.retrieve.building import INDEX, KEY, TEXT, build_index, num_documents
from permille.retrieve.cache import IndexCache, cache_folder
from permille.retrieve.config import RetrieveConfig
from permille.retrieve.protocol import Corpus, KeptIndex, LocalDocuments, Progress
from permille.retrieve.store import Store, write_store

BESIDE = "beside"
MAX_OPEN = 4
"""Indexes that a process holds open for others."""
MAX_KEPT_WORDS = 50_000
"""Words whose queries are kept."""
MAX_KEPT_CHARS = 10_000_000
"""Characters of fetched documents that are kept."""
_WIDEN = 8


class TantivyRetriever:
    """Keeps indexes in a cache folder and opens them."""

    def __init__(self, config: RetrieveConfig) -> None:
        folder = cache_folder(config.cache_dir)
        self._cache = IndexCache(folder / f"tantivy-{version('tantivy')}")
        self._open: list[TantivyCorpus] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        while self._open:
            self._open.pop().close()

    def index(self, documents: Iterable[Document], progress: Progress | None = None) -> Corpus:
        """Make the documents searchable; see `permille.retrieve.protocol.Retriever`."""
        with self._cache.spool() as spool:
            written = write_store(spool, documents)
            path = self._cache.path(written.fingerprint)
            with self._cache.lock(written.fingerprint):
                if not path.exists():
                    build_index(self._cache, spool, written.fingerprint, progress)
                os.utime(path)
                corpus = TantivyCorpus(path)
                self._open.append(corpus)
        if progress:
            progress(written.num_documents)
        return corpus

    def kept(self) -> list[KeptIndex]:
        """Return the indexes in the cache folder; see `permille.retrieve.protocol.Retriever`."""
        kept = [self._cache.path(folder.name) for folder in self._cache.finished()]
        return [KeptIndex(path.name, num_documents(path), finished=True) for path in kept] + [
            KeptIndex(path.stem, 0, finished=False) for path in self._cache.unfinished()
        ]

    def delete(self, fingerprint: str) -> None:
        """Delete one index; see `permille.retrieve.protocol.Retriever`.

        Raises:
            SettingsError: If there is no such index.
        """
        if fingerprint not in {kept.fingerprint for kept in self.kept()}:
            raise SettingsError(
                f"no index {fingerprint} in {self._cache.folder}; "
                "python -m permille.retrieve list names those that are there"
            )
        with self._cache.lock(fingerprint):
            self._cache.remove(fingerprint)


class TantivyCorpus:
    """An index that was built whole; may be read by many processes at once."""

    def __init__(self, path: Path) -> None:
        self.fingerprint = path.name
        self._path = path
        self._store = Store(path)
        self._index = tantivy.Index.open(str(path / INDEX))
        self._schema = self._index.schema
        self._searcher = self._index.searcher()
        # most words of a text were searched for before: making their queries anew costs a sixth
        self._word = lru_cache(MAX_KEPT_WORDS)(
            partial(tantivy.Query.term_query, self._schema, TEXT)
        )
        self._kept: dict[str, Document] = {}
        self._num_kept_chars = 0

    def __len__(self) -> int:
        return len(self._store)

    def __reduce__(self) -> tuple[Callable[[Path], "TantivyCorpus"], tuple[Path]]:
        """Send where it lies: a process opens it once for all parts of its work."""
        return _opened, (self._path,)

    def close(self) -> None:
        """Close the files."""
        self._store.close()

    def fetch(self, document_ids: Iterable[str]) -> Mapping[str, Document]:
        """Return the documents with these ids; see `permille.retrieve.protocol.Corpus`."""
        names = list(dict.fromkeys(document_ids))
        kept = ((name, self._kept.get(name)) for name in names)
        found = {name: document for name, document in kept if document is not None}
        missing = self._store.fetch(name for name in names if name not in found)
        self._keep(missing)
        return {**found, **missing}

    def _keep(self, documents: Mapping[str, Document]) -> None:
        """Keep documents for the next time: most are candidates of several texts."""
        self._kept.update(documents)
        self._num_kept_chars += sum(len(document.text) for document in documents.values())
        if self._num_kept_chars > MAX_KEPT_CHARS:
            self._kept.clear()
            self._num_kept_chars = 0

    def local(self) -> LocalDocuments:
        """Return the documents beside the index; see `permille.retrieve.protocol.Corpus`."""
        return LocalDocuments(self._store, self._path / BESIDE)

    def search(self, queries: Sequence[str], top_k: int) -> list[list[Candidate]]:
        """Return the best documents for each text; see `permille.retrieve.protocol.Corpus`."""
        hits = {query: self._hits(query_terms(query), top_k) for query in dict.fromkeys(queries)}
        ids = self._store.ids_of(key for found in hits.values() for _, key in found)
        return [_ranked(hits[query], ids)[:top_k] for query in queries]

    def _hits(self, terms: Sequence[str], top_k: int) -> list[tuple[float, int]]:
        """Return scores and keys of the best, with all that tie with the last of `top_k`."""
        if not terms:
            return []
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, self._word(t)) for t in terms])
        limit = 2 * top_k
        while True:
            hits = self._searcher.search(query, limit=limit, count=False).hits
            if len(hits) < limit or hits[-1][0] < hits[top_k - 1][0]:
                break
            limit *= _WIDEN
        cut = hits[min(top_k, len(hits)) - 1][0] if hits else 0.0
        kept = [(score, address) for score, address in hits if score >= cut]
        keys = self._searcher.fast_field_values(KEY, [address for _, address in kept])
        return [
            (score, int(key)) for (score, _), key in zip(kept, keys, strict=True) if key is not None
        ]


@lru_cache(MAX_OPEN)
def _opened(path: Path) -> TantivyCorpus:
    """Return the index of a folder, opened once in this process."""
    return TantivyCorpus(path)


def _ranked(hits: Sequence[tuple[float, int]], ids: Mapping[int, str]) -> list[Candidate]:
    """Rank scores and keys by falling score and then by id."""
    ranked = sorted((-score, ids[key]) for score, key in hits)
    return [Candidate(name, rank, -loss) for rank, (loss, name) in enumerate(ranked)]
