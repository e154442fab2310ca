"""An index is built aside, in commits, and from the largest part that is there."""

from pathlib import Path

import orjson
import pytest

from permille.core.errors import DataError
from permille.core.records import Document
from permille.retrieve import building as module
from permille.retrieve import fingerprint as naming
from permille.retrieve.building import INDEX, build_index, num_documents
from permille.retrieve.cache import MANIFEST, IndexCache
from permille.retrieve.store import RECORDS, write_store
from permille.retrieve.tantivy import TantivyCorpus


def numbered(first: int, end: int) -> list[Document]:
    return [Document(f"d{n:04}", f"word{n} text") for n in range(first, end)]


def build(cache: IndexCache, documents: list[Document], told: list[int] | None = None) -> Path:
    with cache.spool() as spool:
        fingerprint = write_store(spool, documents).fingerprint
        build_index(cache, spool, fingerprint, told.append if told is not None else None)
    return cache.path(fingerprint)


def test_a_finished_index_says_what_it_holds(tmp_path: Path) -> None:
    path = build(IndexCache(tmp_path), numbered(0, 12))
    assert num_documents(path) == 12
    assert orjson.loads((path / MANIFEST).read_bytes())["fingerprint"] == path.name
    assert [folder.name for folder in tmp_path.iterdir() if folder.is_dir()] == [path.name]


def test_progress_is_told_in_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TELL_EVERY", 10)
    told: list[int] = []
    build(IndexCache(tmp_path), numbered(0, 35), told)
    assert told == [10, 20, 30]


def test_an_index_that_was_begun_is_taken_up_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_COMMIT_EVERY", 10)
    monkeypatch.setattr(module, "_TELL_EVERY", 1)
    cache = IndexCache(tmp_path)

    def interrupt(done: int) -> None:
        if done == 25:
            raise KeyboardInterrupt

    with cache.spool() as spool:
        fingerprint = write_store(spool, numbered(0, 40)).fingerprint
        with pytest.raises(KeyboardInterrupt, match=r"^$"):
            build_index(cache, spool, fingerprint, interrupt)
    told: list[int] = []
    corpus = TantivyCorpus(build(cache, numbered(0, 40), told))
    assert told[0] == 21
    assert len(corpus) == 40
    assert [len(hits) for hits in corpus.search(["word3", "word39"], 5)] == [1, 1]
    corpus.close()


def test_a_folder_left_before_its_index_was_begun_is_made_anew(tmp_path: Path) -> None:
    cache = IndexCache(tmp_path)
    path = build(IndexCache(tmp_path / "other"), numbered(0, 5))
    cache.building(path.name).mkdir()
    (cache.building(path.name) / "rubbish").write_text("")
    assert num_documents(build(cache, numbered(0, 5))) == 5


def test_the_largest_part_is_started_from(tmp_path: Path) -> None:
    cache, told = IndexCache(tmp_path), []
    small, large = build(cache, numbered(0, 5)), build(cache, numbered(3, 15))
    foreign = build(cache, numbered(50, 80))
    path = build(cache, numbered(0, 20), told)
    names = {
        folder.name: {file.name for file in (folder / INDEX).glob("*.idx")}
        for folder in (small, large, foreign, path)
    }
    assert names[large.name] <= names[path.name]
    assert not names[path.name] & (names[small.name] | names[foreign.name])
    corpus = TantivyCorpus(path)
    assert [len(hits) for hits in corpus.search(["word0", "word3", "word19"], 5)] == [1, 1, 1]
    corpus.close()


def test_segments_of_another_analyzer_are_not_started_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = IndexCache(tmp_path)
    documents = [Document("d1", "New Words"), Document("d2", "other text")]
    with monkeypatch.context() as older:
        older.setattr(module, "terms_of", lambda text: [f"old{word}" for word in text.split()])
        for place in (module, naming):
            older.setattr(place, "ANALYZER", "words-0")
        build(cache, documents)
    corpus = TantivyCorpus(build(cache, documents))
    assert [one.document_id for one in corpus.search(["words"], 5)[0]] == ["d1"]
    corpus.close()


def test_killed_while_the_base_is_removed_it_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = IndexCache(tmp_path)
    build(cache, numbered(0, 5))

    def killed(folder: Path, **_: object) -> None:
        if folder.name == "base":
            (folder / RECORDS).unlink()
            raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(module.shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt, match=r"^$"):
            build(cache, numbered(0, 9))
    path = build(cache, numbered(0, 9))
    assert num_documents(path) == 9
    assert not (path / "base").exists()


def test_an_index_that_lacks_documents_is_never_taken_for_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = IndexCache(tmp_path)
    monkeypatch.setattr(module, "_missing", lambda _, store, __: list(store)[:-2])
    with pytest.raises(DataError, match=r"holds 10 documents, want 12; .*delete [0-9a-f]+$"):
        build(cache, numbered(0, 12))
    assert cache.finished() == []
