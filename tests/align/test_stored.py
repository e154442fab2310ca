"""Prepared texts on disk."""

import hashlib
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.align.config import PREPARATION_VERSION, AlignConfig
from permille.align.prepare import PreparedText
from permille.align.stored import (
    ENDS,
    KEYS,
    RECORDS,
    StoredTexts,
    open_stored,
    record_of,
    stored_path,
    unpacked,
    write_prepared,
)

SENTENCE = "The quick brown fox, it is said, jumped over two lazy dogs. "


def assert_equal(left: object, right: object) -> None:
    assert type(left) is type(right)
    for field in fields(left):
        one, other = getattr(left, field.name), getattr(right, field.name)
        if isinstance(one, np.ndarray):
            assert one.dtype == other.dtype, field.name
            assert one.tolist() == other.tolist(), field.name
        elif hasattr(one, "__dataclass_fields__"):
            assert_equal(one, other)
        else:
            assert one == other, field.name


def back_from_disk(prepared: PreparedText) -> PreparedText:
    return unpacked(prepared.text, prepared.fingerprint, record_of(prepared)[1])


@given(text=st.text(st.characters(), max_size=400))
def test_any_text_comes_back_as_it_was_prepared(text, mended):
    prepared = mended.prepare(text)
    assert_equal(back_from_disk(prepared), prepared)


@given(text=st.text("ab .\n!é日", max_size=200))
def test_a_text_comes_back_under_the_published_rules_too(text, paper):
    prepared = paper.prepare(text)
    assert_equal(back_from_disk(prepared), prepared)


def test_a_text_of_many_words_and_long_gaps_comes_back(mended):
    text = " ".join(f"w{i:x}" for i in range(70_000)) + "\n" * 300 + "end."
    prepared = mended.prepare(text)
    assert_equal(back_from_disk(prepared), prepared)


def test_what_was_not_stored_is_not_found(tmp_path, mended):
    fingerprint = mended.config.preparation_fingerprint
    write_prepared(tmp_path, fingerprint, map(record_of, map(mended.prepare, ["a b", "c", "a b"])))
    stored = StoredTexts(tmp_path, fingerprint)
    assert len(stored) == 2
    assert_equal(stored.get("a b"), mended.prepare("a b"))
    assert stored.get("a") is None
    assert [path.name for path in tmp_path.iterdir()] == [fingerprint.hex()]


def test_another_way_of_preparing_finds_nothing(tmp_path, mended):
    write_prepared(
        tmp_path, mended.config.preparation_fingerprint, [record_of(mended.prepare("a"))]
    )
    with pytest.raises(FileNotFoundError, match="No such file or directory"):
        StoredTexts(tmp_path, AlignConfig(min_sentlen=7).preparation_fingerprint)


def resized(path, num_bytes):
    """Cut bytes off the end of a file, or with a negative number write some more."""
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - num_bytes] + b"x" * -num_bytes)


@pytest.mark.parametrize("name", [RECORDS, KEYS, ENDS])
@pytest.mark.parametrize("num_bytes", [1, 8, 10**6, -8], ids=["1 less", "8 less", "empty", "more"])
def test_texts_in_a_file_of_another_size_are_not_read_and_stored_again(
    tmp_path, mended, name, num_bytes
):
    texts = [f"{SENTENCE}{i}" for i in range(20)]
    fingerprint = mended.config.preparation_fingerprint
    records = [record_of(mended.prepare(text)) for text in texts]
    write_prepared(tmp_path, fingerprint, records)
    path = stored_path(tmp_path, fingerprint) / name
    resized(path, num_bytes)
    stored = open_stored(tmp_path, fingerprint)
    # NumPy takes no notice of what follows an array
    assert (stored is not None) == (num_bytes < 0 and name != RECORDS)
    if stored is None:
        write_prepared(tmp_path, fingerprint, records)
        stored = open_stored(tmp_path, fingerprint)
    assert all(stored.get(text) is not None for text in texts)
    assert [path.name for path in tmp_path.iterdir()] == [fingerprint.hex()]


def test_files_that_do_not_belong_together_are_not_read(tmp_path, mended):
    fingerprint = mended.config.preparation_fingerprint
    for folder, count in (("one", 20), ("other", 19)):
        records = [record_of(mended.prepare(f"{SENTENCE}{i}")) for i in range(count)]
        write_prepared(tmp_path / folder, fingerprint, records)
    one, other = (stored_path(tmp_path / folder, fingerprint) for folder in ("one", "other"))
    (other / KEYS).replace(one / KEYS)
    with pytest.raises(ValueError, match=r"want 20 keys and \d+ bytes of records, got 19 and \d+"):
        StoredTexts(tmp_path / "one", fingerprint)
    assert open_stored(tmp_path / "one", fingerprint) is None
    assert open_stored(tmp_path / "other", fingerprint) is None


def test_what_cannot_be_prepared_leaves_nothing_behind(tmp_path, mended):
    def records():
        yield record_of(mended.prepare("a"))
        raise KeyboardInterrupt("stopped")

    with pytest.raises(KeyboardInterrupt, match="stopped"):
        write_prepared(tmp_path, b"12345678", records())
    assert list(tmp_path.iterdir()) == []


def test_a_document_of_five_hundred_characters_takes_about_a_kilobyte(mended):
    text = " ".join(f"{SENTENCE}{i}" for i in range(8))[:535]
    assert len(record_of(mended.prepare(text))[1]) < 1_024


@pytest.mark.parametrize(
    ("rules", "digest"), [("mended", "695ee2f7b86daff6"), ("paper", "9ba5ab20e2e1c92a")]
)
def test_what_is_stored_changes_only_with_the_version(request, rules, digest):
    # where this fails raise PREPARATION_VERSION, or texts stored before are read as if they fit
    text = f"{SENTENCE}Zymurgy (the glyptodon's) treaty!\nIt can't last."
    record = record_of(request.getfixturevalue(rules).prepare(text))[1]
    assert (PREPARATION_VERSION, hashlib.sha256(record).hexdigest()[:16]) == (2, digest)
