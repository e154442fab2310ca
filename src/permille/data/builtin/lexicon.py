"""The words and sentences that built-in texts are made of."""

from functools import lru_cache
from importlib.resources import files


@lru_cache
def words() -> dict[str, tuple[str, ...]]:
    """Return the words of each kind."""
    sections = _sections("words.txt")
    return {kind: tuple(" ".join(lines).split()) for kind, lines in sections.items()}


@lru_cache
def phrases() -> dict[str, tuple[str, ...]]:
    """Return the sentences of each use, with slots in braces."""
    return {use: tuple(lines) for use, lines in _sections("phrases.txt").items()}


def past(verb: str) -> str:
    """Return a regular verb's past form.

    >>> [past(verb) for verb in ("bake", "carry", "play")]
    ['baked', 'carried', 'played']
    """
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied"
    return verb + "ed"


def _sections(name: str) -> dict[str, list[str]]:
    """Return the lines under each heading in brackets, without blank lines and comments."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in (files(__package__) / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[]")
            found[heading] = []
        elif line and not line.startswith("#"):
            found[heading].append(line)
    return found
