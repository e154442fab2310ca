"""Checks that the settings of this package share."""

from enum import StrEnum
from string import Formatter
from typing import TypeVar

Member = TypeVar("Member", bound=StrEnum)


def member(
    kind: type[Member], value: str, setting: str, default: Member, faults: list[str]
) -> Member:
    """Return a value as a member of its enumeration, or note the fault and return the default."""
    if value in list(kind):
        return kind(value)
    faults.append(f"{setting}: want one of {', '.join(kind)}, got {value}")
    return default


def template_faults(template: str) -> list[str]:
    """Return what is wrong with an instruction: want one `{input}`, at its end."""
    wanted = "task.template: want one {input}, at the very end, got"
    try:
        fields = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    except ValueError as error:
        return [f"{wanted} {template!r} ({error})"]
    unknown = set(fields) - {"input", "source_language", "target_language"}
    if unknown:
        return [f"task.template: want no placeholder {{{min(unknown)}}}, got {template!r}"]
    if fields.count("input") != 1 or not template.endswith("{input}"):
        return [f"{wanted} {template!r}"]
    return []
