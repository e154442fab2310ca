"""What the dataclasses of the settings say about a setting: whether it is there, and its type."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from enum import Enum
from types import NoneType, UnionType
from typing import Union, get_args, get_origin, get_type_hints

TYPE_WORDS: dict[object, str] = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "a text",
    list: "a list [a,b]",
    dict: "a mapping {a: b}",
    NoneType: "null",
}


def field_type(schema: object, key: str) -> object | None:
    """Return the type of the setting at a dotted key, None where there is no such setting.

    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Root:
    ...     seed: int = 0
    >>> field_type(Root, "seed"), field_type(Root, "sed")
    (<class 'int'>, None)
    """
    for name in key.split("."):
        schema = inner_type(schema, name)
    return schema


def inner_type(schema: object, name: str) -> object | None:
    """Return the type of what a dataclass or mapping holds under a name; None where nothing."""
    schema = without_null(schema)
    if isinstance(schema, type) and is_dataclass(schema):
        return get_type_hints(schema).get(name)
    return get_args(schema)[1] if get_origin(schema) is dict else None


def without_null(kind: object) -> object:
    """Return T of a type `T | None`, and any other type as it is."""
    options = [one for one in get_args(kind) if one is not NoneType]
    return options[0] if isinstance(kind, UnionType) and len(options) == 1 else kind


def type_in_words(kind: object) -> str:
    """Return what a user may write for a type.

    >>> type_in_words(int | None)
    'a whole number or null'
    """
    if isinstance(kind, UnionType) or get_origin(kind) is Union:
        return " or ".join(type_in_words(option) for option in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "one of " + ", ".join(member.name for member in kind)
    return TYPE_WORDS.get(get_origin(kind) or kind, str(kind))


def setting_names(schema: type, prefix: str = "") -> Iterator[str]:
    """Yield the dotted names of all settings and groups of settings below a dataclass."""
    hints = get_type_hints(schema)
    for field in fields(schema):
        yield prefix + field.name
        kind = without_null(hints[field.name])
        if isinstance(kind, type) and is_dataclass(kind):
            yield from setting_names(kind, f"{prefix}{field.name}.")


def unknown_setting(schema: type, key: str) -> str:
    """Say that a setting does not exist, with the names that it could have been meant for."""
    names = list(setting_names(schema))
    last = key.rpartition(".")[2]
    close = get_close_matches(key, names, n=3, cutoff=0.7)
    close += [name for name in names if name.rpartition(".")[2] == last and name not in close]
    if close:
        return f"{key}: no such setting; did you mean {' or '.join(close[:3])}?"
    group = key.rpartition(".")[0]
    inside = [name for name in names if name.rpartition(".")[0] == group and group]
    there = f"{group} has {', '.join(n.rpartition('.')[2] for n in inside)}" if inside else ""
    return f"{key}: no such setting; {there or 'see --help for those that there are'}"
