"""Sends documents to Elasticsearch: several requests in flight, none twice as large as allowed.

A request that was turned away is sent again after a pause, and meanwhile no further documents are
read. Documents are created, never overwritten: what arrived already, of a request whose answer was
lost or of a process that was killed, is left as it is, so nothing is deleted behind the scores.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

import orjson
from elasticsearch import ApiError, Elasticsearch

from permille.core.errors import DataError, ServiceError
from permille.core.records import Document
from permille.retrieve.config import RetrieveConfig
from permille.retrieve.fingerprint import digest_of, encode
from permille.retrieve.patience import (
    BUSY,
    NO_INDEX,
    BusyError,
    Patience,
    is_block,
    item_reason,
    reason_of,
    refusal,
)
from permille.retrieve.protocol import Progress

MAX_ID_BYTES = 512
_MEGABYTE = 1_000_000
_TWO_INDEXES = "illegal_argument_exception"
_OVER_MEMORY = re.compile(r"coordinating_operation_bytes=(\d+).*max_coordinating_bytes=(\d+)")


@dataclass(frozen=True)
class Entry:
    """A document as the two lines of a bulk request."""

    document_id: str
    action: bytes
    source: bytes

    def __len__(self) -> int:
        return len(self.action) + len(self.source)


class Loader:
    """Loads documents into one index."""

    def __init__(
        self,
        client: Elasticsearch,
        patience: Patience,
        alias: str,
        config: RetrieveConfig,
        *,
        look_first: bool,
    ) -> None:
        """Prepare to load.

        Args:
            client: Of the server.
            patience: Its limit holds for each request here.
            alias: Of the index; where it is missing nothing is sent, and no index is made.
            config: `bulk_mb`, the size of a request, unless one document is larger; `parallel`,
                requests in flight; `timeout_s`.
            look_first: Ask which documents are there already, and send only the others.
        """
        self._client = client
        # one of our own: a load that fails stops its threads, and nobody else's
        self._patience = patience.anew()
        self._alias = alias
        self._config = config
        self._request_bytes = int(config.bulk_mb * _MEGABYTE)
        self._look_first = look_first

    def load(self, documents: Iterable[Document], progress: Progress) -> None:
        """Send the documents, and return when every one is in the index.

        Args:
            documents: Read no faster than the server takes them.
            progress: Told of the number of documents that are done.

        Raises:
            DataError: If a document cannot be stored; the message names it.
            ServiceError: If the server does not take them.
        """
        done = 0
        running: set[Future[int]] = set()
        with ThreadPoolExecutor(self._config.parallel, thread_name_prefix="bulk") as pool:
            try:
                for batch in self._batches(documents):
                    running.add(pool.submit(self._send, batch))
                    if len(running) >= self._config.parallel:
                        ended, running = wait(running, return_when=FIRST_COMPLETED)
                        done += sum(future.result() for future in ended)
                        progress(done)
                for future in running:
                    done += future.result()
                    progress(done)
            finally:
                # what still waits after an error, or Ctrl-C, waits no longer
                self._patience.stop()
                pool.shutdown(wait=True, cancel_futures=True)

    def _batches(self, documents: Iterable[Document]) -> Iterator[list[Entry]]:
        batch: list[Entry] = []
        size = 0
        for document in documents:
            entry = entry_of(document)
            if batch and size + len(entry) > self._request_bytes:
                yield batch
                batch, size = [], 0
            batch.append(entry)
            size += len(entry)
        if batch:
            yield batch

    def _send(self, batch: list[Entry]) -> int:
        """Send a batch until every document of it is in; return how many."""
        waiting = self._patience.call(lambda: self._absent(batch)) if self._look_first else batch

        def request() -> None:
            nonlocal waiting
            waiting = self._send_once(waiting) if waiting else []
            if waiting:
                raise BusyError(f"{len(waiting)} documents were turned away (429)")

        self._patience.call(request)
        return len(batch)

    def _absent(self, batch: list[Entry]) -> list[Entry]:
        names = [entry.document_id for entry in batch]
        answer = self._client.mget(
            index=self._alias, ids=names, source=False, filter_path="docs.found,docs.error.type"
        )
        answered = all_answered(answer.body["docs"])
        return [entry for entry, one in zip(batch, answered, strict=True) if not one["found"]]

    def _send_once(self, batch: list[Entry]) -> list[Entry]:
        """Send a batch; return what was turned away for now."""
        try:
            lines = [line for entry in batch for line in (entry.action, entry.source)]
            answer = self._client.bulk(
                # bytes go through as they are, though the client's types do not say so
                operations=cast(list[Mapping[str, Any]], lines),
                index=self._alias,
                require_alias=True,
                timeout=f"{int(500 * self._config.timeout_s)}ms",
                filter_path="errors,items.*.status,items.*.error",
            )
        except ApiError as error:
            if not _is_too_large(error):
                raise
            return self._send_halves(batch)
        if not answer.body["errors"]:
            return []
        results = [item["create"] for item in answer.body["items"]]
        return [
            entry
            for entry, result in zip(batch, results, strict=True)
            if self._is_turned_away(entry, result["status"], result.get("error"))
        ]

    def _send_halves(self, batch: list[Entry]) -> list[Entry]:
        if len(batch) == 1:
            raise DataError(
                f"document id {batch[0].document_id!r} is larger ({len(batch[0]):,} bytes) "
                f"than {self._patience.where} accepts; split it, raise http.max_content_length "
                "or the heap there, or use retrieve=tantivy"
            )
        half = len(batch) // 2
        return self._send_once(batch[:half]) + self._send_once(batch[half:])

    def _is_turned_away(self, entry: Entry, status: int, error: object) -> bool:
        if error is None or status == HTTPStatus.CONFLICT:
            return False
        reason = item_reason(error)
        if status in BUSY and not is_block(reason):
            return True
        if status == HTTPStatus.BAD_REQUEST:
            raise DataError(
                f"document id {entry.document_id!r}: {self._patience.where} does not take it "
                f"({reason}); mend it or use retrieve=tantivy"
            )
        raise ServiceError(f"Elasticsearch at {self._patience.where}: {refusal(status, reason)}")


def _is_too_large(error: ApiError) -> bool:
    """Tell whether a request could never be taken: it is over a limit by itself."""
    sizes = _OVER_MEMORY.search(reason_of(error))
    over_memory = sizes is not None and int(sizes[1]) > int(sizes[2])
    return over_memory or error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def all_answered(docs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what a server said of each document that it was asked for.

    Raises:
        BusyError: If a shard that holds some of them is away: that is not to be without them.
        ServiceError: If the index is gone.
    """
    failed = [one["error"]["type"] for one in docs if "error" in one]
    if NO_INDEX in failed:
        raise ServiceError(refusal(HTTPStatus.NOT_FOUND, NO_INDEX))
    if _TWO_INDEXES in failed:
        raise ServiceError(
            f"a permille-... alias stands for more than one index ({_TWO_INDEXES}); take it from "
            "the one that permille did not make, and run the same command again"
        )
    if failed:
        raise BusyError(f"{len(failed)} documents could not be looked for ({failed[0]})")
    return docs


def with_short_id(document: Document) -> Document:
    """Return the document as it is.

    Raises:
        DataError: If its id is longer than Elasticsearch allows.
    """
    id_bytes = len(document.id.encode())
    if id_bytes > MAX_ID_BYTES:
        raise DataError(
            f"document id {document.id[:40]!r}...: want at most {MAX_ID_BYTES} bytes for "
            f"Elasticsearch, got {id_bytes}; shorten it or use retrieve=tantivy"
        )
    return document


def entry_of(document: Document) -> Entry:
    """Return a document as a bulk request holds it."""
    action = {"create": {"_id": document.id}}
    source = {
        "id": document.id,
        "text": document.text,
        "example_id": document.example_id,
        "part": document.part,
        "split": document.split,
        "task": document.task,
        "digest": digest_of(encode(document)),
    }
    return Entry(document.id, orjson.dumps(action), orjson.dumps(source))
