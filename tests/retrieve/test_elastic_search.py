"""Queries go in batches, are asked again when that helps, and ties go by id."""

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.core.errors import ServiceError
from permille.retrieve.elastic_search import Asked, Searcher
from permille.retrieve.patience import Patience

BUSY = {"status": 503, "error": {"type": "shard_exception", "reason": "all shards failed"}}
TOO_MANY = {"status": 400, "error": {"type": "q", "reason": "maxClauseCount is set to 3"}}
WRONG = {"status": 400, "error": {"type": "parsing_exception", "reason": "what is this"}}


class Answer:
    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body


class Server:
    """Answers every query with the same scores; first with what `troubles` holds."""

    def __init__(self, scores: dict[str, float], troubles: list[dict] | None = None) -> None:
        self.scores = scores
        self.troubles = troubles or []
        self.requests: list[list[dict]] = []
        self.settings: list[dict] = []
        self.lock = threading.Lock()

    def msearch(self, *, searches: list[dict], **settings: Any) -> Answer:
        with self.lock:
            self.requests.append(searches)
            self.settings.append(settings)
            return Answer({"responses": [self.respond(body) for body in searches[1::2]]})

    def respond(self, body: dict[str, Any]) -> dict[str, Any]:
        if self.troubles:
            return self.troubles.pop(0)
        ranked = sorted(self.scores.items(), key=lambda item: -item[1])
        if "sort" in body:
            ranked = sorted(self.scores.items(), key=lambda item: (-item[1], item[0]))
        hits = [{"_id": name, "_score": score} for name, score in ranked[: body["size"]]]
        return {"status": 200, "timed_out": False, "hits": {"hits": hits}}


def searcher(server: Server, **settings: Any) -> Searcher:
    given = {"gather_statistics": False, "parallel": 2, "queries_per_request": 2, **settings}
    return Searcher(server, Patience("here", 5), "i", **given)  # type: ignore[arg-type]


def ids(found: list) -> list[list[str]]:
    return [[one.document_id for one in hits] for hits in found]


SCORES = {"c": 3.0, "b": 2.0, "a": 2.0, "d": 1.0}


def test_candidates_come_by_score_and_then_by_id() -> None:
    (found,) = searcher(Server(SCORES)).search([["red"]], 3)
    assert [(one.document_id, one.rank, one.score) for one in found] == [
        ("c", 0, 3.0),
        ("a", 1, 2.0),
        ("b", 2, 2.0),
    ]


def test_queries_go_in_batches_and_answers_come_in_order() -> None:
    server = Server(SCORES)
    found = searcher(server).search([["red"]] * 5, 1)
    assert ids(found) == [["c"]] * 5
    assert sorted(len(request) // 2 for request in server.requests) == [1, 2, 2]


def test_a_query_without_terms_is_not_sent() -> None:
    server = Server(SCORES)
    assert searcher(server).search([[]], 5) == [[]]
    assert server.requests == []


def test_partial_answers_are_not_allowed_and_all_shards_count_when_asked() -> None:
    server = Server(SCORES)
    searcher(server, gather_statistics=True).search([["red"]], 1)
    assert server.requests[0][0] == {"allow_partial_search_results": False}
    assert server.settings[0]["search_type"] == "dfs_query_then_fetch"


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.sampled_from([1.0, 2.0])))
def test_however_many_tie_the_best_are_those_of_a_full_sort(scores: dict[str, float]) -> None:
    expected = sorted(scores, key=lambda name: (-scores[name], name))[:2]
    assert ids(searcher(Server(scores)).search([["red"]], 2)) == [expected]


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(BUSY, id="a shard that is away"),
        pytest.param({"status": 200, "timed_out": True, "hits": {"hits": []}}, id="cut short"),
    ],
)
def test_only_what_got_no_whole_answer_is_asked_again(trouble: dict) -> None:
    server = Server(SCORES, [trouble])
    assert ids(searcher(server).search([["red"], ["sea"]], 1)) == [["c"], ["c"]]
    again = [body["query"]["match"]["text"] for body in server.requests[1][1::2]]
    assert again == ["red"]


def test_a_query_of_too_many_clauses_is_shortened_until_it_is_taken(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Server(SCORES, [TOO_MANY, TOO_MANY])
    assert ids(searcher(server).search([list("abcde")], 1)) == [["c"]]
    clauses = [
        len(request[1]["query"].get("bool", {"should": []})["should"])
        for request in server.requests
    ]
    assert clauses == [0, 3, 2]
    assert "1 of 1 queries have more different terms" in caplog.text
    assert "3 terms were left out" in caplog.text


def test_a_single_clause_that_is_refused_ends_the_search() -> None:
    with pytest.raises(ServiceError, match="it answered 400: q: maxClauseCount is set to 3"):
        searcher(Server(SCORES, [TOO_MANY] * 20)).search([["red", "blue"]], 1)


def test_what_is_refused_for_good_is_told() -> None:
    with pytest.raises(ServiceError, match="at here: it answered 400: parsing_exception: what is"):
        searcher(Server(SCORES, [WRONG])).search([["red"]], 1)


def test_a_query_asks_for_twice_what_is_wanted_and_then_sorts() -> None:
    asked = Asked(["red"], top_k=2)
    assert (asked.body()["size"], "sort" in asked.body()) == (4, False)
    asked.take_hits([(1.0, name) for name in "dcba"])
    assert asked.hits is None
    assert (asked.body()["size"], "sort" in asked.body()) == (2, True)
    asked.take_hits([(1.0, "a"), (1.0, "b")])
    assert [one.document_id for one in asked.candidates()] == ["a", "b"]
