"""A text folded to what matters for copying: lower-case letters, digits and single blanks."""

import sys
import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Positions = NDArray[np.int64]

BLANK = np.uint32(32)
"""What stands for white space and punctuation."""
_UNKNOWN = np.uint32(0xFFFFFFFF)
_DROPPED = ("P", "Z", "C")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded characters and where each stands in the text as given; both of shape (F,)."""

    codes: Codes
    positions: Positions


def code_points(text: str) -> Codes:
    """Return the text's code points, lone surrogates included, shape (len(text),)."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def fold(text: str) -> Folded:
    """Lower the case, and turn each stretch of white space and punctuation into one blank.

    Character for character, so that offsets hold; a blank stands at neither end.
    """
    codes, table = code_points(text), _table()
    folded, positions = _single_blanks(codes, table)
    if (folded == _UNKNOWN).any():
        for code in np.unique(codes[table[codes] == _UNKNOWN]).tolist():
            table[code] = _fold_code(code)
        folded, positions = _single_blanks(codes, table)
    return Folded(folded, positions)


@njit(cache=True, nogil=True)
def _single_blanks(codes: Codes, table: Codes) -> tuple[Codes, Positions]:
    """Look codes (F,) up, and keep one blank of several between others; with places, (G,), (G,)."""
    kept = np.empty(len(codes), np.uint32)
    places = np.empty(len(codes), np.int64)
    count = 0
    gap = -1
    for at in range(len(codes)):
        code = table[codes[at]]
        if code == BLANK:
            gap = at if gap < 0 else gap
            continue
        if gap >= 0 and count:
            kept[count] = BLANK
            places[count] = gap
            count += 1
        gap = -1
        kept[count] = code
        places[count] = at
        count += 1
    return kept[:count].copy(), places[:count].copy()


@cache
def _table() -> Codes:
    """Return what each code point folds to, filled in as they occur, shape (1,114,112,)."""
    return np.full(sys.maxunicode + 1, _UNKNOWN, dtype=np.uint32)


def _fold_code(code: int) -> int:
    """Fold one code point; marks, letters, digits and symbols beyond ASCII are kept."""
    character = chr(code)
    if not character.isalnum():
        is_ascii_symbol = code < 128
        if is_ascii_symbol or unicodedata.category(character)[0] in _DROPPED:
            return int(BLANK)
    lowered = character.lower()
    return ord(lowered) if len(lowered) == 1 else code
