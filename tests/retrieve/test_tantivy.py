"""The embedded engine ranks, reuses, grows, and survives being killed."""

import math
import os
import signal
import stat
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import tantivy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from permille.core.errors import DataError, SettingsError
from permille.core.records import Candidate, Document, Part, Split
from permille.retrieve.analysis import query_terms, terms_of
from permille.retrieve.building import INDEX
from permille.retrieve.config import RetrieveConfig
from permille.retrieve.tantivy import TantivyRetriever

DOCUMENTS = [
    Document("b", "the red house on the hill", "e1", Part.TARGET, Split.TRAIN, "qa"),
    Document("a", "the red house on the hill", "e2", Part.SUFFIX, Split.HELDOUT, "qa"),
    Document("c", "a green boat in the harbor"),
]

CHILD = """
import sys
from pathlib import Path
from permille.core.records import Document
from permille.retrieve import building
from permille.retrieve.config import RetrieveConfig
from permille.retrieve.tantivy import TantivyRetriever

building._COMMIT_EVERY = building._TELL_EVERY = 100
documents = (Document(f"d{n:05}", f"word{n} word{n % 97} text") for n in range(int(sys.argv[2])))
with TantivyRetriever(RetrieveConfig(cache_dir=sys.argv[1])) as retriever:
    corpus = retriever.index(documents, lambda done: print(done, flush=True))
    print("found", [c.document_id for c in corpus.search(["word7 word1234"], 10)[0]], flush=True)
"""


def numbered(count: int) -> list[Document]:
    return [Document(f"d{n:05}", f"word{n} word{n % 97} text") for n in range(count)]


def settings_in(folder: Path) -> RetrieveConfig:
    return RetrieveConfig(cache_dir=str(folder))


def ids(hits: list[Candidate]) -> list[str]:
    return [one.document_id for one in hits]


def folders_of(folder: Path) -> list[str]:
    (versioned,) = folder.glob("tantivy-*")
    return sorted(path.name for path in versioned.iterdir() if path.is_dir())


def test_the_document_with_the_words_is_found_and_ties_go_by_id(tmp_path: Path) -> None:
    with TantivyRetriever(settings_in(tmp_path)) as retriever:
        corpus = retriever.index(DOCUMENTS)
        red, nothing = corpus.search(["a red hill", "of the"], top_k=10)
        assert [(c.document_id, c.rank) for c in red] == [("a", 0), ("b", 1)]
        assert nothing == []
        assert corpus.fetch(["c", "a"]) == {"a": DOCUMENTS[1], "c": DOCUMENTS[2]}
        assert len(corpus) == 3


def test_a_document_that_is_not_there_is_named(tmp_path: Path) -> None:
    with TantivyRetriever(settings_in(tmp_path)) as retriever:
        corpus = retriever.index(DOCUMENTS)
        with pytest.raises(KeyError, match="no document with id 'nope'"):
            corpus.fetch(["a", "nope"])


def test_a_repeated_id_is_refused_by_name_and_leaves_nothing(tmp_path: Path) -> None:
    with TantivyRetriever(settings_in(tmp_path)) as retriever:
        with pytest.raises(DataError, match="document id 'c' stands for two documents"):
            retriever.index([*DOCUMENTS, Document("c", "another text")])
        assert retriever.kept() == []
    assert folders_of(tmp_path) == []


def test_no_documents_are_refused(tmp_path: Path) -> None:
    with (
        TantivyRetriever(settings_in(tmp_path)) as retriever,
        pytest.raises(DataError, match="no documents to index: want at least one"),
    ):
        retriever.index(iter([]))


def test_more_ties_than_were_asked_for_still_go_by_id(tmp_path: Path) -> None:
    same = [Document(f"{n:03}", "unanswerable") for n in reversed(range(300))]
    with TantivyRetriever(settings_in(tmp_path)) as retriever:
        corpus = retriever.index([*same, Document("x", "other words")])
        (found,) = corpus.search(["unanswerable"], top_k=10)
    assert ids(found) == [f"{n:03}" for n in range(10)]
    assert [one.rank for one in found] == list(range(10))


def test_a_corpus_that_is_there_is_reused_in_any_order(tmp_path: Path) -> None:
    with TantivyRetriever(settings_in(tmp_path)) as retriever:
        first = retriever.index(DOCUMENTS)
        (folder,) = (tmp_path / folders_of(tmp_path)[0] for _ in range(1))
        again = retriever.index(reversed(DOCUMENTS))
        assert again.fingerprint == first.fingerprint == folder.name
        assert [kept.num_documents for kept in retriever.kept()] == [3]


def test_documents_added_to_a_corpus_are_added_to_its_segments(tmp_path: Path) -> None:
    grown = [numbered(500)[0], Document("aa", "new text amid"), *numbered(500)[1:]]
    with TantivyRetriever(settings_in(tmp_path)) as retriever:
        part = retriever.index(numbered(500))
        whole = retriever.index(grown)
        shared = segments(tmp_path, part.fingerprint) & segments(tmp_path, whole.fingerprint)
        assert shared
        assert ids(whole.search(["amid"], 3)[0]) == ["aa"]
        assert part.search(["amid"], 3) == [[]]
        assert whole.fetch(["aa", "d00499"])["d00499"] == numbered(500)[499]
    with TantivyRetriever(settings_in(tmp_path / "other")) as retriever:
        fresh = retriever.index(grown)
        queries = [document.text for document in grown[::20]]
        assert fresh.search(queries, 10) == whole_again(tmp_path, grown, queries)


def segments(folder: Path, fingerprint: str) -> set[int]:
    (path,) = folder.rglob(fingerprint)
    return {file.stat().st_ino for file in (path / INDEX).glob("*.idx")}


def whole_again(folder: Path, documents: list[Document], queries: list[str]) -> list:
    with TantivyRetriever(settings_in(folder)) as retriever:
        return retriever.index(documents).search(queries, 10)


def test_a_changed_document_makes_another_corpus_and_is_not_taken_from_the_old(
    tmp_path: Path,
) -> None:
    changed = [*DOCUMENTS[:2], Document("c", "a green boat in the harbour"), Document("d", "new")]
    with TantivyRetriever(settings_in(tmp_path)) as retriever:
        retriever.index(DOCUMENTS)
        corpus = retriever.index(changed)
        assert ids(corpus.search(["harbour"], 5)[0]) == ["c"]
        assert corpus.search(["harbor"], 5) == [[]]


def test_the_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "cache"
    with TantivyRetriever(settings_in(folder)) as retriever:
        retriever.index(DOCUMENTS)
    assert stat.S_IMODE(next(folder.glob("tantivy-*")).stat().st_mode) == 0o700


def test_one_that_is_deleted_is_gone_and_one_that_is_not_there_is_named(tmp_path: Path) -> None:
    with TantivyRetriever(settings_in(tmp_path)) as retriever:
        fingerprint = retriever.index(DOCUMENTS).fingerprint
        retriever.delete(fingerprint)
        assert retriever.kept() == []
        with pytest.raises(SettingsError, match=rf"no index {fingerprint} in .* list names"):
            retriever.delete(fingerprint)


@pytest.mark.parametrize("name", ["./../../precious", "", ".", "precious"])
def test_a_folder_that_is_no_index_is_never_deleted(name: str, tmp_path: Path) -> None:
    cache_dir = tmp_path / "cache"
    with TantivyRetriever(settings_in(cache_dir)) as retriever:
        (versioned,) = cache_dir.iterdir()
        kept = [tmp_path / "precious", cache_dir / "precious", versioned / "precious"]
        for folder in kept:
            folder.mkdir()
        with pytest.raises(SettingsError, match=r"no index .* list names those that"):
            retriever.delete(name)
    assert all(folder.is_dir() for folder in kept)


def child(folder: Path, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(folder), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_killed_while_committing_it_opens_at_the_last_commit_and_is_finished(
    tmp_path: Path,
) -> None:
    begun_at = []
    for kill_at_line in (1, 5, 9):
        with child(tmp_path, 3000) as process:
            lines = [process.stdout.readline() for _ in range(kill_at_line)]
            process.send_signal(signal.SIGKILL)
        begun_at.append(int(lines[0]))
        (building,) = tmp_path.glob("tantivy-*/*.building")
        assert tantivy.Index.open(str(building / INDEX)).searcher().num_docs % 100 == 0
    assert begun_at[0] == 100
    assert begun_at[-1] > begun_at[0]
    with child(tmp_path, 3000) as process:
        found = process.stdout.read().splitlines()[-1]
    with TantivyRetriever(settings_in(tmp_path / "other")) as retriever:
        corpus = retriever.index(numbered(3000))
        assert found == f"found {ids(corpus.search(['word7 word1234'], 10)[0])}"
    with TantivyRetriever(settings_in(tmp_path)) as retriever:
        assert [(k.num_documents, k.finished) for k in retriever.kept()] == [(3000, True)]
    assert len(folders_of(tmp_path)) == 1


def test_two_processes_at_once_make_one_index(tmp_path: Path) -> None:
    with child(tmp_path, 1500) as one, child(tmp_path, 1500) as other:
        ends = [process.stdout.read().splitlines()[-1] for process in (one, other)]
    assert one.returncode == other.returncode == 0
    assert ends[0] == ends[1]
    assert len(folders_of(tmp_path)) == 1


def test_the_disk_being_full_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, os.strerror(28))

    with TantivyRetriever(settings_in(tmp_path)) as retriever:
        monkeypatch.setattr("permille.retrieve.store.os.fsync", full)
        with pytest.raises(SettingsError, match=r"no space left for indexes in .*; free some"):
            retriever.index(DOCUMENTS)
        assert retriever.kept() == []


VOCABULARY = ["red", "green", "house", "boat", "hill", "sea", "x1", "9.5"]
WORDS = st.lists(st.sampled_from(VOCABULARY), max_size=12)


@given(texts=st.lists(WORDS.map(" ".join), min_size=1, max_size=12), query=WORDS.map(" ".join))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_scores_are_those_of_a_plain_bm25(texts: list[str], query: str, tmp_path: Path) -> None:
    documents = [Document(f"{n:02}", text) for n, text in enumerate(texts)]
    with TantivyRetriever(settings_in(tmp_path)) as retriever:
        (found,) = retriever.index(documents).search([query], top_k=5)
    expected = plain_bm25(texts, query)
    assert [one.score for one in found] == pytest.approx(
        sorted(expected, reverse=True)[:5], rel=1e-4
    )


def plain_bm25(texts: list[str], query: str) -> list[float]:
    """Score every text by the formula, and return the scores of those that share a term."""
    bags = [Counter(terms_of(text)) for text in texts]
    mean = sum(bag.total() for bag in bags) / len(bags)
    scores = [0.0] * len(bags)
    for term in query_terms(query):
        df = sum(term in bag for bag in bags)
        idf = math.log(1 + (len(bags) - df + 0.5) / (df + 0.5))
        for at, bag in enumerate(bags):
            tf = bag[term]
            length = 1 - 0.75 + 0.75 * bag.total() / mean if mean else 1.0
            scores[at] += idf * tf * 2.2 / (tf + 1.2 * length) if tf else 0.0
    return [score for score in scores if score]
