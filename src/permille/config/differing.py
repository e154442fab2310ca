"""In what two configurations differ."""

from collections.abc import Mapping


def differing(settings: Mapping[str, object], defaults: Mapping[str, object]) -> dict[str, object]:
    """Return the values that differ from the defaults, by dotted name.

    >>> differing({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}})
    {'a.c': 2}
    """
    found: dict[str, object] = {}
    for name, value in settings.items():
        default = defaults.get(name)
        if isinstance(value, Mapping) and isinstance(default, Mapping):
            found |= {f"{name}.{key}": v for key, v in differing(value, default).items()}
        elif name not in defaults or value != default:
            found[name] = value
    return found
