"""Documents that are prepared once and kept beside their index."""

import os

import pytest

from permille.align.aligner import Aligner
from permille.align.config import AlignConfig
from permille.align.stored import RECORDS, StoredTexts, stored_path
from permille.audit.config import AuditConfig
from permille.audit.preparing import prepare_corpora
from permille.audit.survey import survey
from permille.audit.views import build_views
from permille.core.records import Document, Generation
from permille.retrieve.config import RetrieveConfig
from permille.retrieve.tantivy import TantivyRetriever


@pytest.fixture
def texts(writer):
    """Fifty documents, and a generation of the first of each ten."""
    documents = [Document(f"d{i}", writer.text(3)) for i in range(50)]
    return [Generation(f"g{i}", documents[10 * i].text) for i in range(5)], documents


def prepared(texts, retriever, top_k=40, told=None):
    generations, documents = texts
    found = survey(generations, documents, seed=0, is_paper=False)
    views = build_views(documents, found, retriever, AuditConfig(), lambda *_: None)
    told = [] if told is None else told
    return prepare_corpora(views, found, AlignConfig(), top_k, 1, lambda *say: told.append(say))


@pytest.fixture
def retriever(tmp_path):
    with TantivyRetriever(RetrieveConfig(cache_dir=str(tmp_path))) as engine:
        yield engine


def test_documents_that_will_be_aligned_are_prepared_and_kept(texts, retriever):
    told = []
    (folder,) = prepared(texts, retriever, told=told)
    stored = StoredTexts(folder, AlignConfig().preparation_fingerprint)
    assert len(stored) == 50
    first = texts[1][0].text
    assert stored.get(first).sentences.spans == Aligner().prepare(first).sentences.spans
    assert told[0] == ("index prepared texts", 0, 50)
    assert told[-1] == ("index prepared texts", 50, 50)


def test_what_is_kept_is_not_prepared_again(texts, retriever):
    prepared(texts, retriever)
    told = []
    assert len(prepared(texts, retriever, told=told)) == 1
    assert told == []


def test_what_was_cut_off_is_said_and_prepared_again(texts, retriever, caplog):
    (folder,) = prepared(texts, retriever)
    fingerprint = AlignConfig().preparation_fingerprint
    records = stored_path(folder, fingerprint) / RECORDS
    size = records.stat().st_size
    os.truncate(records, size // 2)
    prepared(texts, retriever)
    assert caplog.messages == [f"{records.parent}: damaged prepared texts are prepared again"]
    assert records.stat().st_size == size
    assert len(StoredTexts(folder, fingerprint)) == 50


def test_few_generations_do_not_pay_for_all_documents(texts, retriever):
    told = []
    (folder,) = prepared(texts, retriever, top_k=39, told=told)
    assert not folder.exists()
    assert told == []


def test_documents_on_a_server_are_prepared_where_they_are_aligned(texts, audit_retriever):
    assert prepared(texts, audit_retriever()) == []


def test_a_folder_that_cannot_be_written_keeps_nothing(texts, retriever, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("permille.audit.preparing.write_prepared", refuse)
    (folder,) = prepared(texts, retriever)
    assert not folder.exists()


def test_prepared_texts_go_with_their_index(texts, retriever):
    (folder,) = prepared(texts, retriever)
    (kept,) = retriever.kept()
    retriever.delete(kept.fingerprint)
    assert not folder.exists()
