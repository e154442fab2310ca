"""The embedded engine ranks, reuses, grows and survives."""

from pathlib import Path

import pytest

from permille.core.errors import DataError
from permille.core.records import Document, Part, Split
from permille.retrieve import open_retriever
from permille.retrieve.config import RetrieveConfig

DOCUMENTS = [
    Document("b", "the red house on the hill", "e1", Part.TARGET, Split.TRAIN, "qa"),
    Document("a", "the red house on the hill", "e2", Part.SUFFIX, Split.HELDOUT, "qa"),
    Document("c", "a green boat in the harbor"),
]


def test_the_document_with_the_words_is_found_and_ties_go_by_id(tmp_path: Path) -> None:
    with open_retriever(RetrieveConfig(cache_dir=str(tmp_path))) as retriever:
        corpus = retriever.index(DOCUMENTS)
        red, nothing = corpus.search(["a red hill", "of the"], top_k=10)
        assert [(c.document_id, c.rank) for c in red] == [("a", 0), ("b", 1)]
        assert nothing == []
        assert corpus.fetch(["c", "a"]) == {"a": DOCUMENTS[1], "c": DOCUMENTS[2]}


def test_a_repeated_id_is_refused_by_name(tmp_path: Path) -> None:
    with (
        open_retriever(RetrieveConfig(cache_dir=str(tmp_path))) as retriever,
        pytest.raises(DataError, match="document id 'c' stands for two documents"),
    ):
        retriever.index([*DOCUMENTS, Document("c", "another text")])
