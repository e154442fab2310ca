"""What the dataclasses say about settings."""

from dataclasses import dataclass, field
from enum import StrEnum

import pytest

from permille.config.field_types import (
    field_type,
    setting_names,
    type_in_words,
    unknown_setting,
)


class Color(StrEnum):
    red = "red"
    blue = "blue"


@dataclass
class Inner:
    width: int = 0
    color: Color = Color.red


@dataclass
class Extra:
    depth: int = 0


@dataclass
class Root:
    inner: Inner = field(default_factory=Inner)
    parts: dict[str, Inner] = field(default_factory=dict)
    extra: Extra | None = None
    seed: int = 0


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        pytest.param("seed", int, id="a root setting"),
        pytest.param("inner.color", Color, id="a setting of a group"),
        pytest.param("parts.left.width", int, id="a setting of a value of a mapping"),
        pytest.param("extra.depth", int, id="a setting of a group that may be null"),
        pytest.param("inner.height", None, id="no setting of a group"),
        pytest.param("seed.width", None, id="below a setting that is no group"),
        pytest.param("", None, id="no name"),
    ],
)
def test_the_type_of_a_setting_is_found_by_its_dotted_name(key: str, kind: object) -> None:
    assert field_type(Root, key) == kind


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        pytest.param(int, "a whole number", id="int"),
        pytest.param(float | None, "a number or null", id="optional"),
        pytest.param(bool, "true or false", id="bool"),
        pytest.param(list[str], "a list [a,b]", id="list"),
        pytest.param(dict[str, int], "a mapping {a: b}", id="dict"),
        pytest.param(Color, "one of red, blue", id="enum"),
    ],
)
def test_a_type_is_said_in_words(kind: object, words: str) -> None:
    assert type_in_words(kind) == words


def test_the_names_of_all_settings_are_listed_with_their_groups() -> None:
    assert list(setting_names(Root)) == [
        "inner",
        "inner.width",
        "inner.color",
        "parts",
        "extra",
        "extra.depth",
        "seed",
    ]


def test_a_mistyped_setting_gets_the_name_that_was_meant() -> None:
    assert unknown_setting(Root, "inner.widht") == (
        "inner.widht: no such setting; did you mean inner.width?"
    )


def test_a_setting_named_without_its_group_gets_its_full_name() -> None:
    assert "did you mean inner.color?" in unknown_setting(Root, "color")


def test_a_strange_setting_of_a_group_gets_the_list_of_those_that_there_are() -> None:
    assert unknown_setting(Root, "inner.brightness") == (
        "inner.brightness: no such setting; inner has width, color"
    )


def test_a_strange_setting_of_no_group_gets_a_way_to_find_them() -> None:
    assert unknown_setting(Root, "qqq").endswith("see --help for those that there are")
