"""Sentences in English and in a made-up German, word by word by fixed rules.

The German is German in its grammar only: nouns have capitals and genders, adjectives endings, the
participle stands at the end. Each of its words follows from the English one alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from permille.data.builtin.lexicon import past
from permille.data.builtin.writer import Writer

_ONSETS = ("b", "br", "d", "f", "fl", "g", "gr", "h", "k", "kl", "m", "n", "r", "sch", "st", "w")
_VOWELS = ("a", "e", "i", "o", "u", "au", "ei", "ü")
_CODAS = ("b", "ch", "d", "ck", "l", "m", "n", "r", "rn", "ss", "st", "t", "tz", "f", "g", "lm")
_NOUN_ENDS = ("e", "er", "ung", "el")
_PREPOSITIONS = {
    "above": "über",
    "before": "vor",
    "behind": "hinter",
    "beside": "neben",
    "from": "von",
    "in": "in",
    "near": "bei",
    "under": "unter",
}
_ARTICLES = (("der", "den", "dem"), ("die", "die", "der"), ("das", "das", "dem"))
_SUBJECT, _OBJECT, _PLACE = range(3)


@dataclass(frozen=True, slots=True)
class Clause:
    """A subject that did something to an object, somewhere, somehow; nouns with an adjective."""

    subject: tuple[str, str]
    verb: str
    object: tuple[str, str]
    preposition: str
    place: tuple[str, str]
    adverb: str

    @classmethod
    def draw(cls, writer: Writer) -> "Clause":
        """Draw the words."""

        def noun_phrase() -> tuple[str, str]:
            return writer.word("adjective"), writer.word("noun")

        return cls(
            subject=noun_phrase(),
            verb=writer.word("verb"),
            object=noun_phrase(),
            preposition=writer.random.choice(list(_PREPOSITIONS)),
            place=noun_phrase(),
            adverb=writer.word("adverb"),
        )


def english(clauses: Sequence[Clause]) -> str:
    """Return the clauses as one English sentence."""
    said = [
        f"the {' '.join(one.subject)} {one.adverb} {past(one.verb)} the {' '.join(one.object)}"
        f" {one.preposition} the {' '.join(one.place)}"
        for one in clauses
    ]
    text = ", and ".join(said)
    return f"{text[0].upper()}{text[1:]}."


def german(clauses: Sequence[Clause]) -> str:
    """Return the clauses as one sentence of the made-up German."""
    said = [
        f"{_noun_phrase(one.subject, _SUBJECT)} hat {_noun_phrase(one.object, _OBJECT)}"
        f" {_PREPOSITIONS[one.preposition]} {_noun_phrase(one.place, _PLACE)} {foreign(one.adverb)}"
        f" ge{foreign(one.verb)}t"
        for one in clauses
    ]
    text = ", und ".join(said)
    return f"{text[0].upper()}{text[1:]}."


def foreign(word: str) -> str:
    """Return the stem that a word has in the made-up German: a syllable or two."""
    digest = blake2b(word.encode(), digest_size=8).digest()
    stem = _syllable(digest[:3])
    return stem if len(word) < 5 else stem + _syllable(digest[3:6])


def _syllable(digest: bytes) -> str:
    """Return the syllable that three bytes choose."""
    parts = zip((_ONSETS, _VOWELS, _CODAS), digest, strict=True)
    return "".join(sounds[byte % len(sounds)] for sounds, byte in parts)


def _noun_phrase(words: tuple[str, str], case: int) -> str:
    """Return article, adjective and noun in one of three cases."""
    adjective, noun = words
    gender = blake2b(noun.encode(), digest_size=1).digest()[0]
    article = _ARTICLES[gender % len(_ARTICLES)][case]
    ending = "e" if case == _SUBJECT or article in ("die", "das") else "en"
    end = _NOUN_ENDS[gender // len(_ARTICLES) % len(_NOUN_ENDS)]
    return f"{article} {foreign(adjective)}{ending} {foreign(noun).capitalize()}{end}"
