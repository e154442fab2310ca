"""Texts as short as generations, cut out of a PAN corpus, for `fit_align.py`."""

from random import Random

from pan_corpus import PanCorpus, PanPair
from permille.core.records import Span

SHORT_CHARS = (250, 500)
PLANTED_CHARS = (80, 400)
PLANTED_SHARE = 0.5
HOST_WORDS = 20


def short_text(
    corpus: PanCorpus, listed: PanPair, rng: Random
) -> tuple[str, list[tuple[Span, Span]]]:
    """Return a short text of a pair and its cases in it."""
    text, source = corpus.texts[listed.suspicious_name], corpus.texts[listed.source_name]
    cases = corpus.cases(listed)
    size = rng.randint(*SHORT_CHARS)
    if not cases and rng.random() < PLANTED_SHARE:
        return planted_text(text, source, rng)
    start = rng.randrange(max(1, len(text) - size))
    if cases:
        case = rng.choice(cases).suspicious
        start = max(0, rng.randint(case.start_char - size // 2, case.end_char - size // 4))
    cut = Span(start, min(len(text), start + size))
    inside = [
        (
            Span(
                max(0, case.suspicious.start_char - start),
                min(len(cut), case.suspicious.end_char - start),
            ),
            case.source,
        )
        for case in cases
        if case.suspicious.overlap_chars(cut)
    ]
    return text[cut.start_char : cut.end_char], inside


def parts_of(text: str, rng: Random) -> tuple[str, str] | None:
    """Cut a text in two and return a short piece of one part, and the other; None if too short."""
    cut = rng.randint(len(text) // 3, 2 * len(text) // 3)
    other, part = rng.sample([text[:cut], text[cut:]], 2)
    size = rng.randint(*SHORT_CHARS)
    if len(part) < size:
        return None
    start = rng.randrange(len(part) - size + 1)
    return part[start : start + size], other


def planted_text(host: str, source: str, rng: Random) -> tuple[str, list[tuple[Span, Span]]]:
    """Put a passage of the source, 10 to 40 % of its words replaced, into a piece of the host."""
    words = host.split()
    size = rng.randint(*PLANTED_CHARS)
    start = rng.randrange(max(1, len(source) - size))
    passage = source[start : start + size].split()
    for at in rng.sample(range(len(passage)), round(len(passage) * rng.uniform(0.1, 0.4))):
        passage[at] = rng.choice(words)
    around = rng.randrange(max(1, len(words) - HOST_WORDS))
    pieces = words[around : around + HOST_WORDS]
    cut = rng.randint(0, len(pieces))
    before, after = " ".join(pieces[:cut]), " ".join(pieces[cut:])
    middle = " ".join(passage)
    at = len(before) + 1
    case = Span(at, at + len(middle)), Span(start, min(len(source), start + size))
    return f"{before} {middle} {after}", [case]
