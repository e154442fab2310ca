"""Texts with copying planted in them, to see what the detector finds of it.

Rewriting is by rule: neighboring words change places and some words go, so that no long run of
equal words is left. That is a paraphrase that any machine can make, and an easy one for a detector
that compares bags of stems; what it finds of a person's paraphrases can only be less.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from permille.core.records import Document, Kind

SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
VERBATIM_CHARS = (80, 200)
PARAPHRASE_CHARS = (120, 300)
IDEA_TIMES = 4
"""How many times longer than its digest the digested text is."""
LEAST_CHARS = {
    Kind.VERBATIM: VERBATIM_CHARS[0],
    Kind.PARAPHRASE: PARAPHRASE_CHARS[0],
    Kind.IDEA: IDEA_TIMES * PARAPHRASE_CHARS[0],
}
"""A shorter document cannot be given back in that way."""
HOST_CHARS = 200


@dataclass(frozen=True, slots=True)
class Plant:
    """A text that gives back a document in a known way.

    Attributes:
        kind: The way; none where nothing was planted.
        text: The text.
        document_id: What it gives back; None where nothing was planted.
    """

    kind: Kind
    text: str
    document_id: str | None = None


def plant_all(
    kind: Kind, documents: Sequence[Document], hosts: Sequence[Document], rng: Random
) -> list[Plant]:
    """Plant each document that is long enough in another text.

    Args:
        kind: The kind of copying.
        documents: What is given back.
        hosts: Texts that have nothing to do with them, used in turn.
        rng: Says which passage, and where it goes.
    """
    plants = []
    for i, document in enumerate(documents):
        passage = passage_of_kind(kind, document.text, rng)
        if passage is not None:
            text = inserted(passage, beginning(hosts[i % len(hosts)].text), rng)
            plants.append(Plant(kind, text, document.id))
    return plants


def passage_of_kind(kind: Kind, text: str, rng: Random) -> str | None:
    """Return a passage that gives a text back in one way, None where the text is too short."""
    match kind:
        case Kind.VERBATIM:
            return excerpt(text, VERBATIM_CHARS, rng)
        case Kind.PARAPHRASE:
            passage = excerpt(text, PARAPHRASE_CHARS, rng)
            return None if passage is None else rewritten(passage, rng)
        case Kind.IDEA:
            return digest(text, rng)
        case Kind.NONE:
            return None


def excerpt(text: str, num_chars: tuple[int, int], rng: Random) -> str | None:
    """Return a run of whole words with a length in characters between two bounds."""
    words = text.split()
    wanted = rng.randint(*num_chars)
    starts = list(range(len(words)))
    rng.shuffle(starts)
    for start in starts[:20]:
        end, length = start, -1
        while end < len(words) and length + 1 + len(words[end]) <= wanted:
            length += 1 + len(words[end])
            end += 1
        if num_chars[0] <= length:
            return " ".join(words[start:end])
    return None


def rewritten(text: str, rng: Random) -> str:
    """Return a text with neighbors changed about every fourth word, and every tenth left out."""
    words = text.split()
    at = rng.randint(1, 2)
    while at + 1 < len(words):
        words[at], words[at + 1] = words[at + 1], words[at]
        at += rng.randint(3, 4)
    kept = [word for i, word in enumerate(words) if i % 10 != 9]
    return " ".join(kept)


def digest(text: str, rng: Random) -> str | None:
    """Return some sentences of a text, rewritten, a quarter of its length or less."""
    sentences = SENTENCE_END.split(text)
    room = len(text) // IDEA_TIMES
    chosen: list[int] = []
    for i in rng.sample(range(len(sentences)), len(sentences)):
        used = sum(len(sentences[k]) + 1 for k in chosen)
        if used + len(sentences[i]) <= room:
            chosen.append(i)
    passage = " ".join(rewritten(sentences[i], rng) for i in sorted(chosen))
    return passage if len(chosen) > 1 and len(passage) >= PARAPHRASE_CHARS[0] else None


def beginning(text: str) -> str:
    """Return the first characters of a text, whole words only."""
    if len(text) <= HOST_CHARS:
        return text
    return text[:HOST_CHARS].rsplit(None, 1)[0]


def inserted(passage: str, host: str, rng: Random) -> str:
    """Return a host with a passage between two of its sentences."""
    sentences = SENTENCE_END.split(host)
    at = rng.randint(0, len(sentences))
    return " ".join([*sentences[:at], passage, *sentences[at:]])
