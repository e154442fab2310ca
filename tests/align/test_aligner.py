"""What the detector remembers between pairs."""

from itertools import count

import pytest

from permille.align import Aligner, aligner
from permille.core.errors import DataError

TEXTS = [f"Text {at} tells of {at} yellow boats in the harbor." for at in range(8)]


def prepared_anew(monkeypatch, pairs) -> list[str]:
    """Align pairs and list the texts that were prepared for it, in order."""
    ours, seen = Aligner(), []
    prepare = ours._preparer.prepare
    monkeypatch.setattr(ours._preparer, "prepare", lambda text: seen.append(text) or prepare(text))
    list(ours.align_many(pairs))
    assert len(ours._recent) <= aligner._RECENT_TEXTS
    assert sum(map(len, ours._recent)) == ours._recent.num_chars
    assert ours._recent.num_chars <= aligner._RECENT_CHARS or len(ours._recent) == 2
    return seen


def test_a_text_that_comes_again_is_not_prepared_again(monkeypatch):
    pairs = [(TEXTS[0], text) for text in TEXTS] + [(TEXTS[1], TEXTS[0])]
    assert prepared_anew(monkeypatch, pairs) == TEXTS


@pytest.mark.parametrize(
    ("limit", "value"), [("_RECENT_TEXTS", 3), ("_RECENT_CHARS", 3 * len(TEXTS[0]))]
)
def test_only_the_texts_of_the_last_pairs_are_remembered(monkeypatch, limit, value):
    monkeypatch.setattr(aligner, limit, value)
    pairs = [(TEXTS[0], text) for text in TEXTS[1:]] + [(TEXTS[0], TEXTS[1]), ("x" * 999, TEXTS[0])]
    anew = prepared_anew(monkeypatch, pairs)
    assert anew[: len(TEXTS)] == TEXTS
    assert anew[len(TEXTS) : len(TEXTS) + 2] == [TEXTS[1], "x" * 999]


@pytest.mark.parametrize("is_first", [True, False])
def test_a_text_over_the_limit_is_prepared_once_for_pairs_in_a_row(monkeypatch, is_first):
    monkeypatch.setattr(aligner, "_RECENT_CHARS", 500)
    ours, seen = Aligner(), []
    prepare = ours._preparer.prepare
    monkeypatch.setattr(ours._preparer, "prepare", lambda text: seen.append(text) or prepare(text))
    long = "Nobody knows why. " * 100
    list(ours.align_many((long, text) if is_first else (text, long) for text in TEXTS))
    assert sorted(seen) == sorted([long, *TEXTS])
    assert set(ours._recent) == {long, TEXTS[-1]}
    assert ours._recent.num_chars == len(long) + len(TEXTS[-1])


def test_pairs_are_aligned_as_they_are_asked_for(mended):
    endless = ((TEXTS[at % 2], TEXTS[0]) for at in count())
    found = mended.align_many(endless)
    assert next(found) == mended.align(TEXTS[0], TEXTS[0])
    assert next(found) == mended.align(TEXTS[1], TEXTS[0])


@pytest.mark.parametrize("got", [None, b"bytes", ["a", "list"], 7], ids=lambda got: repr(got))
def test_what_is_no_text_is_named_with_its_side_and_type(mended, got):
    kind = type(got).__name__
    wanted = f"want a text or one that the detector prepared, got {kind}"
    with pytest.raises(DataError, match=f"^suspicious: {wanted}$"):
        mended.align(got, "a text")
    with pytest.raises(DataError, match=f"^source: {wanted}$"):
        mended.align(mended.prepare("a text"), got)
    with pytest.raises(DataError, match=f"^source: {wanted}$"):
        list(mended.align_many([("a text", got)]))
    with pytest.raises(DataError, match=f"^want a text to prepare, got {kind}$"):
        mended.prepare(got)
