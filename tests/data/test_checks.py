"""Checks that settings share."""

from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.data.checks import member, template_faults


class Color(StrEnum):
    """Two colors."""

    red = "red"
    blue = "blue"


def test_a_name_becomes_its_member() -> None:
    faults: list[str] = []
    assert member(Color, "blue", "paint", Color.red, faults) is Color.blue
    assert faults == []


def test_an_unknown_name_is_noted_and_the_default_taken() -> None:
    faults: list[str] = []
    assert member(Color, "green", "paint", Color.red, faults) is Color.red
    assert faults == ["paint: want one of red, blue, got green"]


@given(st.text("abc :{}").map(lambda text: text.replace("{", "").replace("}", "")))
def test_any_words_before_the_input_are_an_instruction(words: str) -> None:
    assert template_faults(words + "{input}") == []


@pytest.mark.parametrize("template", ["", "no input", "{input} after", "{{input}}", "{input!r}"])
def test_an_instruction_without_its_input_at_the_end_is_a_fault(template: str) -> None:
    assert len(template_faults(template)) == 1
