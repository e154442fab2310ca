"""The texts of cases, in packed chunks that a page unpacks when they are looked at.

A text is a list of pieces (start in UTF-16 units, text). Where a page would grow too large, texts
are cut to what surrounds the runs, and at last left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from permille.report.case_rows import CaseRow, Span, utf16_units
from permille.report.embedded import packed

CHUNK_CASES = 100
CONTEXT_CHARS = 300
MAX_RUN_CHARS = 5000
"""Of a longer run only both ends are kept where a text is cut."""

MAX_WHOLE_CHARS = 7_000_000
"""Packed size up to which texts are whole."""
MAX_PACKED_CHARS = 11_000_000
"""Packed size of all texts; a page stays under 15 MB."""

Text = dict[str, object]


@dataclass(frozen=True, slots=True)
class CaseTexts:
    """Packed chunks of `CHUNK_CASES` cases each, and how many cases are cut or without text."""

    chunks: list[str]
    num_cut: int
    num_without: int


def pack_texts(
    rows: Sequence[CaseRow],
    max_whole_chars: int = MAX_WHOLE_CHARS,
    max_packed_chars: int = MAX_PACKED_CHARS,
) -> CaseTexts:
    """Pack the texts of cases, in the order of the cases, within a size.

    Args:
        rows: The cases.
        max_whole_chars: Packed size, in characters, from which on texts are cut.
        max_packed_chars: Packed size from which on texts are left out.
    """
    chunks: list[str] = []
    size = num_cut = num_without = 0
    for first in range(0, len(rows), CHUNK_CASES):
        some = rows[first : first + CHUNK_CASES]
        chunk = packed([[whole(text) for text in row.texts] for row in some])
        if size + len(chunk) > max_whole_chars:
            chunk = packed([_cut_row(row) for row in some])
            num_cut += len(some)
        if size + len(chunk) > max_packed_chars:
            chunk = packed([[left_out(text) for text in row.texts] for row in some])
            num_cut, num_without = num_cut - len(some), num_without + len(some)
        size += len(chunk)
        chunks.append(chunk)
    return CaseTexts(chunks, num_cut, num_without)


def whole(text: str) -> Text:
    """Return a text in one piece."""
    return {"pieces": [(0, text)], "units": utf16_units(text)}


def left_out(text: str) -> Text:
    """Return a text without any piece."""
    return {"pieces": [], "units": utf16_units(text)}


def cut(text: str, spans: Sequence[Span]) -> Text:
    """Return the pieces of a text around spans; its beginning where there are none."""
    pieces = [
        (utf16_units(text[:start]), text[start:end]) for start, end in windows(len(text), spans)
    ]
    return {"pieces": pieces, "units": utf16_units(text)}


def windows(length: int, spans: Sequence[Span]) -> list[Span]:
    """Return the disjoint ranges, ascending, within `CONTEXT_CHARS` of the ends of spans.

    >>> windows(2000, [(900, 950), (940, 1000)])
    [(600, 1300)]
    """
    wanted: list[Span] = []
    for start, end in spans or [(0, 0)]:
        if end - start > MAX_RUN_CHARS:
            half = MAX_RUN_CHARS // 2
            wanted += [(start - CONTEXT_CHARS, start + half), (end - half, end + CONTEXT_CHARS)]
        else:
            wanted.append((start - CONTEXT_CHARS, end + CONTEXT_CHARS))
    found: list[Span] = []
    for start, end in sorted((max(0, a), min(length, b)) for a, b in wanted):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _cut_row(row: CaseRow) -> list[Text]:
    """Return the three texts of a case, cut around its runs."""
    return [cut(text, spans) for text, spans in zip(row.texts, row.near, strict=True)]
