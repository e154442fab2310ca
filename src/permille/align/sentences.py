"""A sentence splitter of our own: rules and a short list of abbreviations, no file, no network."""

import re
from collections.abc import Iterator

Spans = list[tuple[int, int]]

LONGEST_CHARS = 2_000
"""A sentence that is longer is cut at the last white space before."""

_ABBREVIATIONS_TEXT = """
a.m adj adm al approx apr art assn asst aug ave b.a blvd brig bros ca capt cf cmdr co col corp
cpl ct dec dept dist dr e.g ed eds eg est etc ext feb fig figs fr ft gen gov hon hr i.e ie inc
jan jr jul jun lb lbs lt ltd m.a m.d maj mar messrs mfg mi misc mr mrs ms mt mts nos nov oct
op oz p.m ph.d pp pres prof pvt rd rep rev sec sen sep sept sgt sr st ste supt univ vol vols
vs
"""
_ABBREVIATIONS = frozenset(_ABBREVIATIONS_TEXT.split())
_STARTERS_TEXT = """
a after also an and as at but for he her his how however i if in it its my no on one our she
so some that the their then there these they this those to we what when where who why you
"""
_STARTERS = frozenset(_STARTERS_TEXT.split())
"""Capitalized words that start a sentence even after initials such as "U.S."."""

_NEXT_WORD = re.compile(r"\w+")
_TITLES_TEXT = """
adm brig ca capt cmdr col cpl dr e.g eg fig figs fr gen gov hon i.e ie lt maj messrs mr mrs ms
mt pres prof rep rev sen sgt st supt vs
"""
_TITLES = frozenset(_TITLES_TEXT.split())
"""Abbreviations that no sentence ends with."""

_END = re.compile(
    r"""(?<![.?!])(?P<mark>\.{2,}+(?![?!])|…|[.?!]++|[。！？｡]++)
        (?P<closing>["'”’»)\]}」』]*(?:\s+["')\]}]+(?=\s))?)
        (?:(?P<space>\s+)(?P<next>\S)|(?<=[。！？｡」』])(?=\S))""",
    re.VERBOSE,
)
_WORD_BEFORE = re.compile(r"[^\s\"'“”‘’(\[{]*\Z")
_OPENING = "\"'“‘«([{"
_WORD_LOOKBACK = 40


class RuleSplitter:
    """Splits at full stops, question and exclamation marks, the ideographic ones included."""

    def spans(self, text: str) -> Spans:
        """Return the half-open spans of the text's sentences, none longer than the limit."""
        return [part for span in _sentences(text) for part in _cut_long(text, *span)]


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield sentences without the white space around them."""
    start = len(text) - len(text.lstrip())
    for match in _END.finditer(text):
        following = match.group("next")
        if following is not None and not _ends(text, match, following):
            continue
        end = match.end("closing")
        if start < end:
            yield start, end
        start = end if following is None else match.start("next")
    end = len(text.rstrip())
    if start < end:
        yield start, end


def _ends(text: str, match: re.Match[str], following: str) -> bool:
    """Decide whether a mark before white space ends a sentence."""
    mark = match.group("mark")
    if mark == "…" or (len(mark) > 1 and set(mark) == {"."}):
        return not following.islower()
    if mark != ".":
        return True
    lookback = max(0, match.start() - _WORD_LOOKBACK)
    before = _WORD_BEFORE.search(text, lookback, match.start())
    word = before.group() if before else ""
    bare = word.lower().rsplit("-", 1)[-1]
    if len(bare) == 1 and bare.isalpha():
        return match.group("closing") != ""
    if bare in _TITLES:
        return False
    if "." in bare and bare not in _ABBREVIATIONS and bare.replace(".", "").isalpha():
        word_after = _NEXT_WORD.match(text, match.start("next"))
        return following.isupper() and (
            word_after is not None and word_after.group().lower() in _STARTERS
        )
    if bare in _ABBREVIATIONS:
        return following.isupper() or following in _OPENING
    return not (bare.isdigit() and following.islower())


def _cut_long(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a sentence that is too long at white space, or anywhere where there is none."""
    while end - start > LONGEST_CHARS:
        limit = start + LONGEST_CHARS
        cut = max(text.rfind(" ", start + 1, limit), text.rfind("\n", start + 1, limit))
        cut = cut if cut > start else limit
        yield start, cut
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end
