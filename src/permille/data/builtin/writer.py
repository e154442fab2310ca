"""Sentences with their slots filled by chance."""

import re
from collections.abc import Mapping
from random import Random

from permille.data.builtin.lexicon import past, phrases, words

_SLOT = re.compile(r"\{(\w+)\}")
_ARTICLE = re.compile(r"\b([Aa]) (?=[aeiou](?!ni[otv]|se))")
_ONSETS = ("b", "br", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "st", "t", "v")
_VOWELS = ("a", "e", "i", "o", "u")
_CODAS = ("l", "n", "r", "s", "m", "x")
_TOWN_ENDS = ("ton", "burg", "ville", "ford", "by", "ham")
_DRUG_ENDS = ("ol", "ine", "ex", "um")


class Writer:
    """Writes the sentences of one example.

    Args:
        random: Where chance comes from.
        facts: Words that stay the same all through the example, by slot.
    """

    def __init__(self, random: Random, facts: Mapping[str, str] | None = None) -> None:
        self.random = random
        self.facts = facts or {}

    def word(self, kind: str) -> str:
        """Return a word of a kind."""
        return self.random.choice(words()[kind])

    def number(self) -> str:
        """Return a number."""
        return str(self.random.randrange(2, 98))

    def person(self) -> str:
        """Return a first and a last name."""
        return f"{self._name()} {self._name()}"

    def town(self) -> str:
        """Return the name of a town."""
        return self._name() + self.random.choice(_TOWN_ENDS)

    def sentences(self, use: str, count: int = 1) -> str:
        """Return different sentences of one use, their slots filled, blanks between them."""
        return " ".join(self.fill(one) for one in self.random.sample(phrases()[use], count))

    def fill(self, phrase: str) -> str:
        """Return a sentence with its slots filled; the first letter is a capital."""
        text = _SLOT.sub(lambda slot: self._slot(slot.group(1)), phrase)
        text = _ARTICLE.sub(r"\1n ", text)
        return text[0].upper() + text[1:]

    def _slot(self, name: str) -> str:
        """Return what fills a slot; a capital in its name asks for a capital."""
        if name in self.facts:
            return self.facts[name]
        filled = self._drawn(name.lower())
        return filled if name.islower() else filled[0].upper() + filled[1:]

    def _drawn(self, kind: str) -> str:
        """Return a newly drawn filling."""
        match kind:
            case "do":
                return self.word("verb")
            case "did":
                return past(self.word("verb"))
            case "number":
                return self.number()
            case "person":
                return self.person()
            case "town":
                return self.town()
            case "drug":
                return self._name() + self.random.choice(_DRUG_ENDS)
            case _:
                return self.word(kind)

    def _name(self) -> str:
        """Return a made-up name of two syllables."""
        random = self.random
        first = random.choice(_ONSETS) + random.choice(_VOWELS)
        return (
            first + random.choice(_ONSETS) + random.choice(_VOWELS) + random.choice(_CODAS)
        ).capitalize()
