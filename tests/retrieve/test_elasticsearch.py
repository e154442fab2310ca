"""Elasticsearch as an engine, against a real node."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from permille.core.errors import DataError, ServiceError, SettingsError
from permille.core.records import Document, Part, Split
from permille.retrieve import open_retriever
from permille.retrieve.config import DistributedScores, RetrieveConfig
from permille.retrieve.elastic_index import LOADING, PREFIX, READY

pytestmark = pytest.mark.elasticsearch

Settings = Callable[..., RetrieveConfig]

DOCUMENTS = [
    Document("b", "the red house on the hill", "e1", Part.TARGET, Split.TRAIN, "qa"),
    Document("a", "the red house on the hill", "e2", Part.SUFFIX, Split.HELDOUT, "qa"),
    Document("c", "a green boat in the harbor"),
]


def numbered(count: int) -> list[Document]:
    return [
        Document(f"d{n:05}", f"word{n} word{n % 7} filler text number {n}") for n in range(count)
    ]


@pytest.fixture
def server(elastic_url: str):
    with Elasticsearch(elastic_url) as client:
        yield client


def test_the_document_with_the_words_is_found_and_ties_go_by_id(elastic: Settings) -> None:
    with open_retriever(elastic()) as retriever:
        corpus = retriever.index(DOCUMENTS)
        red, nothing = corpus.search(["a red hill", "of the"], top_k=10)
        assert [(found.document_id, found.rank) for found in red] == [("a", 0), ("b", 1)]
        assert nothing == []
        assert len(corpus) == 3


def test_documents_come_back_as_they_went_in(elastic: Settings) -> None:
    odd = Document("ü/?&#\n x", "täxt\u2028\x00 with  blanks\t", None, None, Split.HELDOUT, None)
    with open_retriever(elastic()) as retriever:
        corpus = retriever.index([*DOCUMENTS, odd])
        assert corpus.fetch([odd.id, "a"]) == {"a": DOCUMENTS[1], odd.id: odd}
        with pytest.raises(KeyError, match="no document with id 'nope'"):
            corpus.fetch(["nope"])


def test_the_index_is_strict_named_by_its_fingerprint_and_closed_for_writing(
    elastic: Settings, server: Elasticsearch
) -> None:
    with open_retriever(elastic()) as retriever:
        fingerprint = retriever.index(DOCUMENTS).fingerprint
    body = server.indices.get(index=PREFIX + fingerprint).body[PREFIX + fingerprint]
    assert list(body["aliases"]) == [READY + fingerprint]
    assert body["mappings"]["dynamic"] == "strict"
    assert body["mappings"]["_meta"]["documents"] == 3
    assert body["mappings"]["properties"]["text"]["analyzer"] == "standard"
    assert body["settings"]["index"]["blocks"]["write"] == "true"
    similarity = body["settings"]["index"]["similarity"]["default"]
    assert similarity == {"type": "BM25", "k1": "1.2", "b": "0.75"}


def test_people_can_search_the_raw_text(elastic: Settings, server: Elasticsearch) -> None:
    with open_retriever(elastic()) as retriever:
        fingerprint = retriever.index(DOCUMENTS).fingerprint
    query = {"match_phrase": {"text": "boat in the harbor"}}
    hits = server.search(index=PREFIX + fingerprint, query=query).body["hits"]["hits"]
    assert [hit["_source"]["text"] for hit in hits] == ["a green boat in the harbor"]


def test_a_corpus_that_is_there_is_not_sent_again(
    elastic: Settings, elastic_url: str, proxy_to: Callable
) -> None:
    proxy = proxy_to(elastic_url)
    with open_retriever(elastic(url=proxy.url)) as retriever:
        first = retriever.index(DOCUMENTS)
        sent = sum("_bulk" in path for path in proxy.seen)
        again = retriever.index(reversed(DOCUMENTS))
        assert again.fingerprint == first.fingerprint
        assert sum("_bulk" in path for path in proxy.seen) == sent == 1


def test_documents_added_to_a_corpus_are_all_that_is_loaded(
    elastic: Settings, server: Elasticsearch
) -> None:
    grown = [numbered(2000)[0], Document("aa", "a new text in between"), *numbered(2000)[1:]]
    told: list[int] = []
    with open_retriever(elastic()) as retriever:
        part = retriever.index(numbered(2000))
        whole = retriever.index(grown, told.append)
        assert len(whole) == 2001
        assert [c.document_id for c in whole.search(["new between"], 3)[0]] == ["aa"]
        assert len(part.search(["new between"], 3)[0]) == 0
        stats = server.indices.stats(index=PREFIX + whole.fingerprint, metric="indexing").body
    assert stats["_all"]["primaries"]["indexing"]["index_total"] == 1
    assert told == sorted(told)
    assert told[-1] == 2001


def test_a_changed_text_makes_another_corpus(elastic: Settings) -> None:
    changed = [*DOCUMENTS[:2], Document("c", "a green boat in the harbour")]
    with open_retriever(elastic()) as retriever:
        one, other = retriever.index(DOCUMENTS), retriever.index(changed)
        assert one.fingerprint != other.fingerprint
        assert other.fetch(["c"])["c"].text.endswith("harbour")
        assert one.fetch(["c"])["c"].text.endswith("harbor")


def test_more_ties_than_were_asked_for_still_go_by_id(elastic: Settings) -> None:
    same = [Document(f"{n:03}", "unanswerable") for n in reversed(range(300))]
    with open_retriever(elastic()) as retriever:
        corpus = retriever.index([*same, Document("x", "other words stand here")])
        found = corpus.search(["unanswerable", "Unanswerable!"], top_k=10)
    expected = [f"{n:03}" for n in range(10)]
    assert [[one.document_id for one in hits] for hits in found] == [expected, expected]


def test_a_query_of_too_many_clauses_is_sent_with_weights_and_scores_the_same(
    elastic: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with open_retriever(elastic()) as retriever:
        corpus = retriever.index(numbered(50))
        short = corpus.search(["word3 filler"], top_k=5)[0]
        long = corpus.search(["word3 filler " * 10_000], top_k=5)[0]
    assert [one.document_id for one in long] == [one.document_id for one in short]
    assert long[0].score == pytest.approx(10_000 * short[0].score, rel=1e-4)
    assert "left out" not in caplog.text


def test_a_query_of_too_many_different_terms_is_shortened_and_reported(
    elastic: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    many = " ".join(f"unknown{n}" for n in range(40_000))
    with open_retriever(elastic()) as retriever, caplog.at_level(logging.WARNING):
        corpus = retriever.index(numbered(50))
        found = corpus.search([f"word3 filler {many}", "word4"], top_k=1)
    assert [hits[0].document_id for hits in found] == ["d00003", "d00004"]
    assert "1 of 2 queries have more different terms than Elasticsearch allows" in caplog.text


@pytest.mark.parametrize("kind", [DistributedScores.auto, DistributedScores.always])
def test_three_shards_rank_as_one_does_when_statistics_are_gathered(
    elastic: Settings, kind: DistributedScores
) -> None:
    queries = [document.text for document in numbered(400)[::9]]
    with open_retriever(elastic()) as retriever:
        one = retriever.index(numbered(400)).search(queries, 10)
        for kept in retriever.kept():
            retriever.delete(kept.fingerprint)
    with open_retriever(elastic(shards=3, distributed_scores=kind)) as retriever:
        assert retriever.index(numbered(400)).search(queries, 10) == one


def test_an_index_begun_with_three_shards_is_finished_and_scored_as_such(
    elastic: Settings,
) -> None:
    queries = [document.text for document in numbered(400)[::9]]
    with open_retriever(elastic()) as retriever:
        whole = retriever.index(numbered(400))
        one = whole.search(queries, 10)
        retriever.delete(whole.fingerprint)
    with open_retriever(elastic(shards=3)) as retriever:
        retriever.lifecycle.create(whole.fingerprint, 400)
    with open_retriever(elastic(shards=1)) as retriever:
        assert retriever.index(numbered(400)).search(queries, 10) == one


def test_documents_on_a_shard_that_is_away_are_not_called_missing(
    elastic: Settings, server: Elasticsearch, halve: Callable[[str, str], int]
) -> None:
    with open_retriever(elastic(give_up_after_s=1)) as retriever:
        corpus = retriever.index(numbered(20))
        index, alias = PREFIX + corpus.fingerprint, READY + corpus.fingerprint
        server.indices.delete(index=index)
        halve(index, alias)
        with pytest.raises(ServiceError, match="documents could not be looked for"):
            corpus.fetch(document.id for document in numbered(20))
        limit = {"index.routing.allocation.total_shards_per_node": -1}
        server.indices.put_settings(index=index, settings=limit)
        server.cluster.health(index=index, wait_for_status="green", timeout="20s")
        with pytest.raises(KeyError, match="no document with id"):
            corpus.fetch(document.id for document in numbered(20))


def test_three_shards_score_differently_when_each_has_its_own_statistics(
    elastic: Settings,
) -> None:
    queries = [document.text for document in numbered(400)[::9]]
    with open_retriever(elastic(shards=3)) as retriever:
        gathered = retriever.index(numbered(400)).search(queries, 10)
    with open_retriever(elastic(distributed_scores=DistributedScores.never)) as retriever:
        corpus = retriever.index(numbered(400))
        assert corpus.search(queries, 10) != gathered


def test_an_index_that_we_did_not_make_is_named_and_left_alone(
    elastic: Settings, server: Elasticsearch
) -> None:
    with open_retriever(elastic()) as retriever:
        fingerprint = retriever.index(DOCUMENTS).fingerprint
        retriever.delete(fingerprint)
        foreign = PREFIX + fingerprint
        server.index(index=foreign, id="1", document={"mine": "yes"}, refresh=True)
        try:
            with pytest.raises(ServiceError, match=f"{foreign} that permille did not make"):
                retriever.index(DOCUMENTS)
            with pytest.raises(ServiceError, match="it was not touched"):
                retriever.delete(fingerprint)
            assert fingerprint not in [kept.fingerprint for kept in retriever.kept()]
            assert server.count(index=foreign).body["count"] == 1
        finally:
            server.indices.delete(index=foreign)


def test_deleting_what_is_not_there_says_how_to_list(elastic: Settings) -> None:
    with (
        open_retriever(elastic()) as retriever,
        pytest.raises(SettingsError, match=r"no index permille-0123 at .* list names those"),
    ):
        retriever.delete("0123")


def test_an_index_that_lost_documents_is_not_searched(
    elastic: Settings, server: Elasticsearch
) -> None:
    with open_retriever(elastic()) as retriever:
        index = PREFIX + retriever.index(DOCUMENTS).fingerprint
        server.indices.put_settings(index=index, settings={"index.blocks.write": None})
        server.delete(index=index, id="a", refresh=True)
        with pytest.raises(ServiceError, match=r"holds 2 documents, want 3; delete it"):
            retriever.index(DOCUMENTS)


def test_an_index_deleted_while_it_is_loaded_is_not_made_anew_and_is_loaded_by_the_next_run(
    elastic: Settings, server: Elasticsearch, elastic_url: str, proxy_to: Callable
) -> None:
    proxy = proxy_to(elastic_url)

    def delete_once(path: str) -> None:
        if "_bulk" in path:
            proxy.on_request = None
            server.indices.delete(index=path.split("/")[1].replace(LOADING, PREFIX))

    with open_retriever(elastic(url=proxy.url)) as retriever:
        proxy.on_request = delete_once
        with pytest.raises(ServiceError, match="the index is gone, deleted by someone else"):
            retriever.index(DOCUMENTS)
        assert retriever.kept() == []
        assert len(retriever.index(DOCUMENTS)) == 3


def test_an_index_left_open_by_a_kill_is_closed_by_the_next_run(
    elastic: Settings, server: Elasticsearch
) -> None:
    with open_retriever(elastic()) as retriever:
        index = PREFIX + retriever.index(DOCUMENTS).fingerprint
        server.indices.put_settings(index=index, settings={"index.blocks.write": None})
        retriever.index(DOCUMENTS)
        settings = server.indices.get_settings(index=index).body[index]["settings"]["index"]
        assert settings["blocks"] == {"write": "true"}


def test_one_that_still_loads_when_another_is_done_takes_the_others_index(
    elastic: Settings, elastic_url: str, proxy_to: Callable
) -> None:
    proxy = proxy_to(elastic_url)
    late = numbered(40)

    def finish_first(path: str) -> None:
        if "_bulk" in path:
            proxy.on_request = None
            with open_retriever(elastic()) as other:
                other.index(late)

    with open_retriever(elastic(url=proxy.url)) as retriever:
        proxy.on_request = finish_first
        assert len(retriever.index(late)) == 40
        assert [kept.finished for kept in retriever.kept()] == [True]


def test_an_id_longer_than_elasticsearch_allows_is_named(elastic: Settings) -> None:
    with (
        open_retriever(elastic()) as retriever,
        pytest.raises(DataError, match=r"'xxxx.*want at most 512 bytes .* got 600"),
    ):
        retriever.index([Document("x" * 600, "text")])
    with open_retriever(elastic()) as retriever:
        assert retriever.kept() == []


def test_a_document_over_the_size_limit_is_named_and_nothing_looks_whole(
    elastic: Settings, server: Elasticsearch
) -> None:
    huge = [*DOCUMENTS, Document("huge", "word " * 21_000_000)]
    with open_retriever(elastic()) as retriever:
        with pytest.raises(DataError, match=r"document id 'huge' is larger \(105,000,\d+ bytes\)"):
            retriever.index(huge)
        unfinished = [kept for kept in retriever.kept() if not kept.finished]
        assert [kept.num_documents for kept in unfinished] == [4]
        assert not server.indices.exists_alias(name=READY + unfinished[0].fingerprint)


def test_an_empty_corpus_and_a_repeated_id_reach_no_server(elastic: Settings) -> None:
    with open_retriever(elastic()) as retriever:
        with pytest.raises(DataError, match="no documents to index"):
            retriever.index([])
        with pytest.raises(DataError, match="document id 'c' stands for two documents"):
            retriever.index([*DOCUMENTS, Document("c", "another text")])
        assert [kept for kept in retriever.kept() if not kept.finished] == []


def test_no_spooled_text_stays_on_this_machine(elastic: Settings, tmp_path: Path) -> None:
    with open_retriever(elastic()) as retriever:
        retriever.index(DOCUMENTS)
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size] == []
