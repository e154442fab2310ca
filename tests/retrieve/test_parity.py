"""Both engines return the same documents on real texts, and what differs is explained."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from permille.core.records import Candidate, Document
from permille.retrieve import open_retriever
from permille.retrieve.analysis import terms_of
from permille.retrieve.config import RetrieveConfig

pytestmark = pytest.mark.elasticsearch

FIELDS = [
    ("dialogue", "target"),
    ("translation", "target"),
    ("qa", "target"),
    ("sentiment", "input"),
]
NEAR = 2e-3
"""Relative difference of scores below which one differing term can change the order."""


@pytest.fixture(scope="module")
def documents(shared_data: Path) -> list[Document]:
    found = []
    for task, field in FIELDS:
        with gzip.open(shared_data / f"{task}.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line, _ in zip(lines, range(1500), strict=False)]
        found += [Document(f"{task}-{row['id']}", row[field]) for row in rows]
    return found


@pytest.fixture(scope="module")
def queries(documents: list[Document]) -> list[str]:
    chance = random.Random(7)
    texts = [document.text.split() for document in chance.sample(documents, 400)]
    starts = [chance.randrange(max(1, len(words) - 75)) for words in texts]
    return [" ".join(words[at : at + 75]) for words, at in zip(texts, starts, strict=True)]


def names(hits: list[Candidate]) -> list[str]:
    return [one.document_id for one in hits]


def test_the_engines_agree_and_where_they_do_not_it_is_a_near_tie_or_a_word_cut_otherwise(
    documents: list[Document],
    queries: list[str],
    elastic: Callable[..., RetrieveConfig],
    elastic_url: str,
    tmp_path: Path,
) -> None:
    with open_retriever(RetrieveConfig(cache_dir=str(tmp_path))) as embedded:
        ours = embedded.index(documents).search(queries, 10)
    with open_retriever(elastic()) as retriever, Elasticsearch(elastic_url) as server:
        corpus = retriever.index(documents)
        theirs = corpus.search(queries, 10)
        texts = {document.id: document.text for document in documents}

        def is_cut_otherwise(document_id: str) -> bool:
            answer = server.indices.analyze(analyzer="standard", text=texts[document_id]).body
            return [token["token"] for token in answer["tokens"]] != terms_of(texts[document_id])

        shares = []
        for one, other in zip(ours, theirs, strict=True):
            common = set(names(one)) & set(names(other))
            shares.append(len(common) / max(len(one), len(other), 1) if one or other else 1.0)
            for hit in [hit for hit in [*one, *other] if hit.document_id not in common]:
                cut = min(one[-1].score, other[-1].score)
                assert abs(hit.score - cut) <= NEAR * cut or is_cut_otherwise(hit.document_id)
    assert sum(shares) / len(shares) >= 0.9995


def test_scores_agree_to_a_thousandth(
    documents: list[Document],
    queries: list[str],
    elastic: Callable[..., RetrieveConfig],
    tmp_path: Path,
) -> None:
    some = documents[::5]
    with open_retriever(RetrieveConfig(cache_dir=str(tmp_path))) as embedded:
        ours = embedded.index(some).search(queries[:50], 10)
    with open_retriever(elastic()) as retriever:
        theirs = retriever.index(some).search(queries[:50], 10)
    for one, other in zip(ours, theirs, strict=True):
        scores = {hit.document_id: hit.score for hit in other}
        both = [hit for hit in one if hit.document_id in scores]
        assert [scores[hit.document_id] for hit in both] == pytest.approx(
            [hit.score for hit in both], rel=1e-3
        )
