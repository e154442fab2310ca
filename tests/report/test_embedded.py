"""What a page carries in itself."""

from hypothesis import given
from hypothesis import strategies as st

from permille.report.embedded import Inline, own_file, packed, policy, unpacked

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(values)
def test_a_packed_value_comes_back_and_holds_no_markup(value: object) -> None:
    text = packed(value)
    assert unpacked(text) == value
    assert "<" not in text


def test_half_of_a_surrogate_pair_can_be_packed() -> None:
    assert unpacked(packed("\ud83d")) == "\ud83d"


def test_the_policy_names_each_program_by_its_hash() -> None:
    # the hash of an empty text, known from the definition of SHA-256
    empty = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    found = policy([], [Inline("")])
    assert f"script-src {empty}" in found
    assert "style-src 'none'" in found


def test_own_programs_cannot_end_their_element() -> None:
    for name in ("page.js", "case_text.js", "aligned.js", "cases.js", "attention.js"):
        assert "</script" not in own_file(name).text.lower()
