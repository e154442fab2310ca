"""Passages of known origin put into real texts, for `planted.py`."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from permille.core.records import Document, Kind

EXACT_CHARS = (50, 60, 80, 100, 150, 200, 300, 400)
EDITED_CHARS = (100, 150, 200, 300, 400)
EDITED_PERCENT = (10, 20, 30, 40)
SHUFFLED_CHARS = (150, 300, 600)
EXTRACT_SENTENCES = (3, 5)
LONG_CHARS = 1_500
"""A document of which an extract is taken is at least so long."""
RUN_CHARS = 51
"""The shortest run that is verbatim."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_WORD_START = re.compile(r"(?<!\S)\S")


@dataclass(frozen=True)
class Plant:
    """A text that gives back a passage of one document.

    Attributes:
        name: How it gives it back.
        chars: Length of the passage; 0 where the row has no fixed size.
        text: The generation-to-be.
        start_char: Where the passage begins in it.
        end_char: Where it ends.
        document_id: Whose passage it is.
        expected: Verbatim where it still holds a run over 50 characters, else what was planted.
    """

    name: str
    chars: int
    text: str
    start_char: int
    end_char: int
    document_id: str
    expected: Kind


Change = Callable[[str, Random], str | None]
"""Takes a passage from a text and may change it; None where the text does not allow it."""


def make_plants(
    documents: Sequence[Document], hosts: Sequence[str], count: int, rng: Random
) -> Iterator[Plant]:
    """Plant `count` passages of every kind and size.

    Args:
        documents: What is given back, each at most once for a kind and size.
        hosts: Texts that have nothing to do with them, and lend words for replacement.
        count: Plants of a kind and size; fewer where too few documents are long enough.
        rng: Says which passage of which document goes where.
    """
    words = [word for host in hosts for word in host.split() if word.isalpha()]
    for name, chars, change in changes(words):
        made = 0
        for document in rng.sample(documents, len(documents)):
            passage = change(document.text, rng)
            if passage is not None and made < count:
                made += 1
                yield plant(name, chars, passage, document, rng.choice(hosts), rng)


def changes(words: Sequence[str]) -> Iterator[tuple[str, int, Change]]:
    """Yield every way of giving a text back, its name, and the size of its passages."""
    for chars in EXACT_CHARS:
        yield "exact", chars, lambda text, rng, c=chars: window(text, c, rng)
    for percent in EDITED_PERCENT:
        for chars in EDITED_CHARS:
            yield (
                f"replaced_{percent}_percent",
                chars,
                lambda text, rng, c=chars, p=percent: replaced(window(text, c, rng), p, words, rng),
            )
    for chars in SHUFFLED_CHARS:
        yield "shuffled", chars, lambda text, rng, c=chars: shuffled(text, c, rng)
    yield "extract", 0, extract


def plant(name: str, chars: int, passage: str, document: Document, host: str, rng: Random) -> Plant:
    """Put a passage between two words of a host; an extract stands by itself."""
    if name == "extract":
        before = after = ""
    else:
        starts = [match.start() for match in _WORD_START.finditer(host)]
        at = rng.choice([*starts, len(host)])
        before, after = host[:at], " " * (at < len(host)) + host[at:]
        before += " " * (at == len(host))
    start = len(before)
    text = before + passage + after
    # beside the passage the host may by chance go on as the document does
    expected = Kind.VERBATIM if holds_run(text, document.text) else Kind.PARAPHRASE
    return Plant(name, chars, text, start, start + len(passage), document.id, expected)


def holds_run(passage: str, text: str) -> bool:
    """Tell whether the two share a run over 50 characters, white space at its ends not counted."""
    runs = (passage[i : i + RUN_CHARS] for i in range(len(passage) - RUN_CHARS + 1))
    return any(run == run.strip() and run in text for run in runs)


def window(text: str, chars: int, rng: Random) -> str | None:
    """Return exactly so many characters from the start of a word, ending in no white space."""
    starts = [match.start() for match in _WORD_START.finditer(text[: len(text) - chars + 1])]
    for start in rng.sample(starts, min(len(starts), 20)) if len(text) >= chars else []:
        if not text[start + chars - 1].isspace():
            return text[start : start + chars]
    return None


def replaced(passage: str | None, percent: int, words: Sequence[str], rng: Random) -> str | None:
    """Replace a share of the words, chosen at random, by others."""
    if passage is None:
        return None
    changed = passage.split()
    for at in rng.sample(range(len(changed)), round(len(changed) * percent / 100)):
        changed[at] = rng.choice(words)
    return " ".join(changed)


def shuffled(text: str, chars: int, rng: Random) -> str | None:
    """Take neighboring sentences of so many characters or a little more, in another order."""
    sentences = _SENTENCE_END.split(text)
    first = rng.randrange(len(sentences))
    last = first
    while last < len(sentences) and len(" ".join(sentences[first:last])) < chars:
        last += 1
    taken = sentences[first:last]
    if not chars <= len(" ".join(taken)) <= 2 * chars or len(taken) < 2:
        return None
    order = list(taken)
    while order == taken:
        if len(set(taken)) == 1:
            return None
        rng.shuffle(order)
    return " ".join(order)


def extract(text: str, rng: Random) -> str | None:
    """Take 3 to 5 sentences of a long text, in order, that are at least three times shorter."""
    sentences = [sentence for sentence in _SENTENCE_END.split(text) if len(sentence) >= 30]
    wanted = rng.randint(*EXTRACT_SENTENCES)
    if len(text) < LONG_CHARS or len(sentences) < 3 * wanted:
        return None
    chosen = sorted(rng.sample(range(len(sentences)), wanted))
    passage = " ".join(sentences[i] for i in chosen)
    return passage if 3 * len(passage) <= len(text) else None


def beginning(text: str, chars: int) -> str:
    """Return the first characters of a text, whole words only."""
    return text if len(text) <= chars else text[:chars].rsplit(None, 1)[0]


def sharing_run(texts: Sequence[str], documents: Iterable[str]) -> set[int]:
    """Return which texts share a run over 50 characters with any document."""
    holders: dict[str, set[int]] = defaultdict(set)
    for index, text in enumerate(texts):
        for start in range(len(text) - RUN_CHARS + 1):
            holders[text[start : start + RUN_CHARS]].add(index)
    found: set[int] = set()
    for document in documents:
        for start in range(len(document) - RUN_CHARS + 1):
            found |= holders.get(document[start : start + RUN_CHARS], set())
    return found
