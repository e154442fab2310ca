"""What is remembered of prepared texts, against a list that is searched through."""

from hypothesis import given
from hypothesis import strategies as st

from permille.align.recent import RecentTexts


def remembered(texts: list[str], max_chars: int, max_texts: int) -> list[str]:
    """Remember texts one after the other, by the words of the docstring."""
    kept: list[str] = []
    for text in texts:
        kept = [one for one in kept if one != text] + [text]
        while len(kept) > 2 and (len(kept) > max_texts or sum(map(len, kept)) > max_chars):
            kept = kept[1:]
    return kept


@given(
    st.lists(st.sampled_from(["", "a", "bb", "ccc", "dddd", "eeeee"]), max_size=30),
    st.integers(0, 15),
    st.integers(0, 6),
)
def test_those_used_last_are_remembered(texts, max_chars, max_texts):
    recent = RecentTexts(lambda text: f"prepared {text}", max_chars, max_texts)
    assert [recent(text) for text in texts] == [f"prepared {text}" for text in texts]
    assert list(recent) == remembered(texts, max_chars, max_texts)
    assert len(recent) == len(list(recent))
    assert recent.num_chars == sum(map(len, recent))


def test_what_is_remembered_is_not_prepared_again():
    seen = []
    recent = RecentTexts(lambda text: seen.append(text) or text, max_chars=3)
    for text in ("ab", "c", "ab", "d", "c"):
        recent(text)
    assert seen == ["ab", "c", "d", "c"]
