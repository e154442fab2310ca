"""Overrides as a user types them: read one by one, with words of our own for what is wrong."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import product

from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException

from permille.config.field_types import field_type, type_in_words, unknown_setting

SIGNS_OF_HYDRA = " =,(){}[]:\\'\""
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS_OF_HYDRA = {"null", "true", "false", "nan", "inf"}


@dataclass(frozen=True)
class ReadOverrides:
    """What the overrides of a command line say.

    `values` has for each override that could be read the overrides without sweeps that it stands
    for: one, or one for each value of a sweep.
    """

    values: list[list[str]]
    faults: list[str]

    @property
    def cells(self) -> list[list[str]]:
        """Every combination of the values."""
        return [list(cell) for cell in product(*self.values)]


def read_overrides(
    overrides: Sequence[str], loader: ConfigLoader, *, is_multirun: bool
) -> ReadOverrides:
    """Read each override; a sweep is a fault unless `-m` was given.

    A value that lacks its quotes is a fault, and is read as the text that was meant, so that no
    other rule calls the setting missing.
    """
    parser = OverridesParser.create(config_loader=loader)
    read = ReadOverrides([], [])
    for text in overrides:
        try:
            override = parser.parse_overrides([text])[0]
        except HydraException:
            read.faults.append(_unreadable(text))
            if "=" in text:
                meant = quoted(text)[1:-1]
                with suppress(HydraException):
                    parser.parse_overrides([meant])
                    read.values.append([meant])
            continue
        options = loader.get_group_options(override.key_or_group)
        if override.is_delete() and options:
            read.faults.append(_option_of_none(text, options))
        elif not override.is_sweep_override():
            read.values.append([text])
        elif is_multirun:
            key = override.get_key_element()
            values = [f"{key}={value}" for value in override.sweep_string_iterator()]
            if values:
                read.values.append(values)
            else:
                read.faults.append(_sweep_of_none(text, loader.get_group_options(key)))
        else:
            read.faults.append(_sweep_of_one(text))
    return read


def as_value(text: str) -> str:
    """Return a text as the value of an override that Hydra reads as this very text.

    Quotes are escaped, and so are the backslashes in front of a quote; others stand for themselves.

    >>> as_value("qa"), as_value("my folder")
    ('qa', '"my folder"')
    """
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_HYDRA:
        return text
    escaped = re.sub(
        r'(\\*)("|\Z)', lambda found: found[1] * 2 + found[2].replace('"', '\\"'), text
    )
    return f'"{escaped}"'


def quoted(text: str) -> str:
    """Return an override as shell and Hydra take it: its value, or each of a list, quoted twice."""
    key, _, value = text.partition("=")
    if value.startswith("[") and value.endswith("]"):
        items = ",".join(_in_quotes(item) for item in value[1:-1].split(","))
        return f"'{key}=[{items}]'"
    return f"'{key}={_in_quotes(value)}'"


def _in_quotes(value: str) -> str:
    """Return a value in double quotes."""
    escaped = value.strip("\"'").replace('"', '\\"')
    return f'"{escaped}"'


def _unreadable(text: str) -> str:
    """Say what to do about an override that Hydra cannot read."""
    key, sign, value = text.partition("=")
    if not sign or not key:
        return f"{text}: want GROUP=OPTION or SETTING=VALUE, got no ="
    signs = " ".join(
        dict.fromkeys(c if c != " " else "blanks" for c in value if c in SIGNS_OF_HYDRA)
    )
    return f"{text}: a value with {signs or 'such signs'} has to be quoted twice: {quoted(text)}"


def _sweep_of_one(text: str) -> str:
    """Say what to do about several values in a single run."""
    key, _, value = text.partition("=")
    return (
        f"{text}: want one value, got several; add -m to run each, write '{key}=[{value}]' for a"
        f" list, or {quoted(text)} for one text with a comma"
    )


def _option_of_none(text: str, options: Sequence[str]) -> str:
    """Say that a group cannot be left out; without its YAML it would be empty, not off."""
    group = text.lstrip("~").partition("=")[0]
    choice = ", ".join(sorted(options))
    return f"{text}: want an option of {group}, got none; there are {choice}"


def _sweep_of_none(text: str, options: Sequence[str]) -> str:
    """Say that a sweep has no value, and what options of its group there are."""
    key = text.partition("=")[0]
    choice = f"; of {key} there are {', '.join(sorted(options))}" if options else ""
    return f"{text}: want a value at least, got none{choice}"


def explain(text: str, schema: type, loader: ConfigLoader, error: Exception) -> str:
    """Say what is wrong with an override that could be read but not composed."""
    override: Override = OverridesParser.create(config_loader=loader).parse_overrides([text])[0]
    key = override.key_or_group
    value = text.partition("=")[2]
    if key.startswith("hydra"):
        return f"{text}: {str(error).splitlines()[0]}"
    options = loader.get_group_options(key)
    if options:
        close = get_close_matches(value, options, n=1)
        meant = f"; did you mean {key}={close[0]}?" if close else ""
        return f"{text}: want {key}=one of {', '.join(options)}, got {value}{meant}"
    kind = field_type(schema, key)
    if kind is None:
        return unknown_setting(schema, key)
    reason = str(error.__cause__ or error).splitlines()[0]
    return f"{text}: want {type_in_words(kind)}, got {value} ({reason})"
