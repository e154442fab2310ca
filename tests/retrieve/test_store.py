"""Documents lie on disk by id, and come back as they were."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from permille.core.errors import DataError
from permille.core.records import Document
from permille.retrieve import store as module
from permille.retrieve.fingerprint import digest_of, encode, key_of
from permille.retrieve.store import RECORDS, Store, write_store

TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


def new_folder(parent: Path) -> Path:
    folder = parent / f"store{len(list(parent.iterdir()))}"
    folder.mkdir()
    return folder


def stored(parent: Path, documents: list[Document]) -> Store:
    folder = new_folder(parent)
    write_store(folder, iter(documents))
    return Store(folder)


def lengthy(count: int, seed: int = 0) -> list[Document]:
    chance = random.Random(seed)
    words = [f"w{n}" for n in range(500)]
    return [Document(f"d{n}", " ".join(chance.choices(words, k=60))) for n in range(count)]


@given(texts=st.dictionaries(TEXT, TEXT, min_size=1, max_size=20))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_goes_in_comes_out(texts: dict[str, str], tmp_path: Path) -> None:
    documents = [Document(name, text) for name, text in texts.items()]
    with stored(tmp_path, documents) as store:
        assert list(store) == documents
        assert store.fetch(texts) == {document.id: document for document in documents}
        assert store.ids_of(map(key_of, texts)) == {key_of(name): name for name in texts}


def test_records_beyond_the_first_read_and_the_dictionary_come_back(tmp_path: Path) -> None:
    chance = random.Random(1)
    noise = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=9000))
    documents = [*lengthy(300), Document("noise", noise), *lengthy(5000, seed=2)[300:]]
    with stored(tmp_path, documents) as store:
        assert len(store) == 5001
        assert store.fetch(["noise"])["noise"].text == noise
        assert list(store) == documents


def test_short_alike_texts_take_less_room_than_they_are_long(tmp_path: Path) -> None:
    documents = [Document(f"{n}", f"the answer to question {n} is not known") for n in range(3000)]
    with stored(tmp_path, documents) as store:
        assert len(store) == 3000
    (records,) = tmp_path.rglob(RECORDS)
    assert records.stat().st_size < sum(len(encode(document)) for document in documents) / 2


def test_the_same_documents_have_the_same_fingerprint_in_any_order(tmp_path: Path) -> None:
    documents = lengthy(700)
    one = write_store(new_folder(tmp_path), documents)
    other = write_store(new_folder(tmp_path), reversed(documents))
    assert one == other
    assert one.num_documents == 700


@pytest.mark.parametrize("at", [1, 400, 699])
def test_a_repeated_id_is_named_wherever_it_stands(at: int, tmp_path: Path) -> None:
    documents = lengthy(700)
    documents.insert(at, Document("d0", "again"))
    with pytest.raises(DataError, match=r"document id 'd0' stands for two .* rename one, or drop"):
        write_store(new_folder(tmp_path), documents)


def test_two_ids_of_one_key_are_both_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "key_of", lambda name: 7)
    with pytest.raises(DataError, match=r"document id 'd1' stands for two .*the other: 'd0'"):
        write_store(new_folder(tmp_path), lengthy(2))


def test_no_documents_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no documents to index: want at least one, got none"):
        write_store(new_folder(tmp_path), [])


def test_an_error_of_the_reader_passes_through(tmp_path: Path) -> None:
    def broken() -> Iterator[Document]:
        yield Document("1", "text")
        raise DataError("documents.jsonl, line 2: broken JSON")

    with pytest.raises(DataError, match="line 2: broken JSON"):
        write_store(new_folder(tmp_path), broken())


def test_a_document_that_is_not_there_is_named(tmp_path: Path) -> None:
    with stored(tmp_path, lengthy(3)) as store, pytest.raises(KeyError, match="id 'd9' in the"):
        store.fetch(["d1", "d9"])


def test_more_ids_than_a_statement_takes_are_fetched(tmp_path: Path) -> None:
    documents = lengthy(1600)
    with stored(tmp_path, documents) as store:
        assert len(store.fetch(document.id for document in documents)) == 1600


@pytest.mark.parametrize(
    ("part", "contained"),
    [
        pytest.param(lengthy(900)[100:800], True, id="a part"),
        pytest.param(lengthy(900), True, id="the same"),
        pytest.param(lengthy(901), False, id="one more"),
        pytest.param([*lengthy(600), Document("d600", "changed")], False, id="one changed late"),
        pytest.param([Document("d0", "changed"), *lengthy(9)[1:]], False, id="one changed early"),
    ],
)
def test_a_store_knows_its_parts(part: list[Document], contained: bool, tmp_path: Path) -> None:
    with stored(tmp_path, lengthy(900)) as whole, stored(tmp_path, part) as other:
        assert whole.contains(other) is contained


@pytest.mark.parametrize(("changed", "held"), [(0, True), (1, False)])
def test_a_store_holds_documents_with_their_digests(
    changed: int, held: bool, tmp_path: Path
) -> None:
    documents = lengthy(5)
    with stored(tmp_path, documents) as store:
        pairs = [(one.id, digest_of(encode(one)) + changed) for one in documents[1:3]]
        assert store.holds(pairs) is held
        assert not store.holds([("nope", 1)])
