"""Documents and sets of documents have names that follow from what is in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.core.errors import DataError
from permille.core.records import Document, Part, Split
from permille.retrieve import fingerprint as module
from permille.retrieve.fingerprint import Fingerprint, decode, digest_of, encode, key_of

TEXT = st.text(st.characters(codec="utf-8"))
OPTIONAL = st.none() | TEXT
DOCUMENT = st.builds(
    Document,
    TEXT,
    TEXT,
    OPTIONAL,
    st.none() | st.sampled_from(Part),
    st.sampled_from(Split),
    OPTIONAL,
)


def fingerprint_of(documents: list[Document]) -> str:
    whole = Fingerprint()
    for document in documents:
        whole.add(encode(document))
    return whole.hex()


@given(DOCUMENT)
def test_a_document_comes_back_as_it_was(document: Document) -> None:
    assert decode(encode(document)) == document


@given(st.lists(DOCUMENT, max_size=5).flatmap(lambda d: st.tuples(st.just(d), st.permutations(d))))
def test_the_order_does_not_matter(both: tuple[list[Document], list[Document]]) -> None:
    assert fingerprint_of(both[0]) == fingerprint_of(both[1])


@pytest.mark.parametrize(
    "other",
    [
        Document("2", "text", "e", Part.TARGET, Split.TRAIN, "qa"),
        Document("1", "Text", "e", Part.TARGET, Split.TRAIN, "qa"),
        Document("1", "text", None, Part.TARGET, Split.TRAIN, "qa"),
        Document("1", "text", "e", Part.SUFFIX, Split.TRAIN, "qa"),
        Document("1", "text", "e", Part.TARGET, Split.HELDOUT, "qa"),
        Document("1", "text", "e", Part.TARGET, Split.TRAIN, None),
    ],
    ids=["id", "text", "example", "part", "split", "task"],
)
def test_every_field_matters(other: Document) -> None:
    one = Document("1", "text", "e", Part.TARGET, Split.TRAIN, "qa")
    assert fingerprint_of([one]) != fingerprint_of([other])


def test_the_analyzer_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint_of([Document("1", "text")])
    monkeypatch.setattr(module, "ANALYZER", f"{module.ANALYZER}-changed")
    assert fingerprint_of([Document("1", "text")]) != before


def test_a_document_twice_is_another_set() -> None:
    one = Document("1", "text")
    assert len({fingerprint_of([one] * times) for times in range(4)}) == 4


@given(TEXT)
def test_keys_and_digests_fit_a_signed_number(text: str) -> None:
    assert 0 <= key_of(text) < 2**63
    assert 0 <= digest_of(text.encode()) < 2**47


def test_half_a_surrogate_pair_is_named() -> None:
    with pytest.raises(DataError, match=r"document id 'd7': want Unicode text, got half a surr"):
        encode(Document("d7", "broken \ud800 text"))
