"""Searches one finished index of Elasticsearch: batches of queries in flight, ties by id.

A query is sent as a `match` of its terms. Usually the best 2 k documents decide the best k; where
more of them tie, the server is asked again to sort by score and id. An answer that lacks a shard
is no answer: it is asked for again.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from elasticsearch import Elasticsearch

from permille.core.errors import ServiceError
from permille.core.records import Candidate
from permille.retrieve.clauses import Query, clause_limit, match_query, shortened
from permille.retrieve.patience import BUSY, BusyError, Patience, is_block, item_reason, refusal

_log = logging.getLogger(__name__)
_SORTED = [{"_score": "desc"}, {"id": "asc"}]

Hits = list[tuple[float, str]]


class Asked:
    """One query on its way: what is to be sent next, or what came back."""

    def __init__(self, terms: Sequence[str], top_k: int) -> None:
        self._terms = terms
        self._top_k = top_k
        self._limit = 0
        self._sort = False
        self.num_left_out = 0
        self.query: Query = match_query(terms)
        self.hits: Hits | None = None if terms else []

    def body(self) -> dict[str, Any]:
        """Return the search to send."""
        search = {"query": self.query, "_source": False, "track_total_hits": False}
        if self._sort:
            return {**search, "size": self._top_k, "sort": _SORTED}
        return {**search, "size": 2 * self._top_k}

    def take_hits(self, hits: Hits) -> None:
        """Keep the best, or ask for them in order if more tie than were sent."""
        undecided = len(hits) == 2 * self._top_k and hits[-1][0] == hits[self._top_k - 1][0]
        if undecided and not self._sort:
            self._sort = True
            return
        self.hits = sorted(hits, key=lambda hit: (-hit[0], hit[1]))[: self._top_k]

    @property
    def is_shortest(self) -> bool:
        """Whether one term was refused."""
        return self._limit == 1

    def shorten(self, limit: int) -> None:
        """Ask with fewer clauses; fewer still each time, down to one."""
        self._limit = max(1, min(limit, self._limit * 3 // 4) if self._limit else limit)
        short = shortened(self._terms, self._limit)
        self.query, self.num_left_out = short.query, short.num_left_out

    def candidates(self) -> list[Candidate]:
        """Return what was found."""
        return [Candidate(name, rank, score) for rank, (score, name) in enumerate(self.hits or [])]


class Searcher:
    """Sends queries to one index."""

    def __init__(
        self,
        client: Elasticsearch,
        patience: Patience,
        index: str,
        *,
        gather_statistics: bool,
        parallel: int,
        queries_per_request: int,
    ) -> None:
        self._client = client
        self._patience = patience
        self._index = index
        self._kind = "dfs_query_then_fetch" if gather_statistics else "query_then_fetch"
        self._parallel = parallel
        self._batch = queries_per_request

    def search(self, queries: Sequence[Sequence[str]], top_k: int) -> list[list[Candidate]]:
        """Return the best documents for each query's terms.

        Raises:
            ServiceError: If the server does not answer, or refuses.
        """
        asked = [Asked(terms, top_k) for terms in queries]
        batches = [asked[at : at + self._batch] for at in range(0, len(asked), self._batch)]
        patience = self._patience.anew()
        pool = ThreadPoolExecutor(self._parallel, thread_name_prefix="search")
        try:
            list(pool.map(partial(self._ask_all, patience), batches))
        finally:
            # what still waits after an error, or Ctrl-C, waits no longer
            patience.stop()
            pool.shutdown(wait=True, cancel_futures=True)
        self._report_shortened(asked)
        return [one.candidates() for one in asked]

    def _report_shortened(self, asked: Sequence[Asked]) -> None:
        cut = [one.num_left_out for one in asked if one.num_left_out]
        if cut:
            _log.warning(
                "%d of %d queries have more different terms than Elasticsearch allows: "
                "%d terms were left out",
                len(cut),
                len(asked),
                sum(cut),
            )

    def _ask_all(self, patience: Patience, batch: Sequence[Asked]) -> None:
        patience.call(lambda: self._ask(batch))

    def _ask(self, batch: Sequence[Asked]) -> None:
        """Ask until every query has its answer, or some must wait."""
        while waiting := [one for one in batch if one.hits is None]:
            answer = self._client.msearch(
                index=self._index,
                search_type=self._kind,
                searches=[part for one in waiting for part in (_HEADER, one.body())],
                filter_path=_NEEDED,
            )
            busy = [
                why
                for one, response in zip(waiting, answer.body["responses"], strict=True)
                if (why := self._take(one, response))
            ]
            if busy:
                raise BusyError(f"{len(busy)} of {len(batch)} queries: {busy[0]}")

    def _take(self, one: Asked, response: dict[str, Any]) -> str:
        """Take a query's answer; say why if it must be asked again later.

        Raises:
            ServiceError: If asking again does not help.
        """
        error = response.get("error")
        if error is None and not response.get("timed_out"):
            found = response.get("hits", {}).get("hits", [])
            one.take_hits([(hit["_score"], hit["_id"]) for hit in found])
            return ""
        if error is None:
            return "the search was cut short"
        reason = item_reason(error)
        status = response["status"]
        limit = clause_limit(reason)
        if limit and not one.is_shortest:
            one.shorten(limit)
            return ""
        if status in BUSY and not is_block(reason):
            return f"{status}: {reason}"
        raise ServiceError(f"Elasticsearch at {self._patience.where}: {refusal(status, reason)}")


_HEADER = {"allow_partial_search_results": False}
_NEEDED = (
    "responses.status,responses.error,responses.timed_out,"
    "responses.hits.hits._id,responses.hits.hits._score"
)
