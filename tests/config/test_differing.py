"""What differs between two configurations, by dotted name."""

from hypothesis import given
from hypothesis import strategies as st

from permille.config.differing import differing

NAMES = st.text("abc", min_size=1, max_size=2)
VALUES = st.recursive(
    st.integers() | st.none() | st.text(max_size=3),
    lambda inner: st.dictionaries(NAMES, inner, min_size=1, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_settings_differ_from_themselves_in_nothing(settings: dict[str, object]) -> None:
    assert differing(settings, settings) == {}


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_settings_differ_from_nothing_in_all(settings: dict[str, object]) -> None:
    assert differing(settings, {}) == settings


def test_only_the_inner_value_that_differs_is_named() -> None:
    found = differing({"a": {"b": {"c": 1, "d": 2}}}, {"a": {"b": {"c": 1, "d": 3}}})
    assert found == {"a.b.d": 2}
