"""How rare a word is in English: from a small table of the common stems' hashes.

The table holds the stems that more than one of 245 background documents has, as 32 bits of their
hash; a stem that is not in it is as rare as can be. It is numbers only, no words.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from permille.align.arrays import Bytes, Longs

Hashes = NDArray[np.uint32]

CUTS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.5)
"""Where ln(documents / df) passes from one level to the next."""

LEVELS = len(CUTS) + 1

FILE = "rarity.json"


def short_hash(stems: Longs) -> Hashes:
    """Return 32 bits of stems' identities, shape (U,)."""
    return stems.view(np.uint64).astype(np.uint32)


@dataclass(frozen=True, slots=True)
class Rarity:
    """Hashes of common stems, ascending, and the level of each; both of shape (K,)."""

    hashes: Hashes
    levels: Bytes

    def of(self, stems: Longs) -> Bytes:
        """Return the level of stems, from 0 for the commonest to `LEVELS` - 1, shape (U,)."""
        wanted = short_hash(stems)
        at = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        known = self.hashes[at] == wanted
        return np.where(known, self.levels[at], LEVELS - 1).astype(np.int8)


@cache
def load_rarity() -> Rarity:
    """Read the table that comes with the package."""
    stored = json.loads(files("permille.align").joinpath(FILE).read_text("utf-8"))
    hashes = [np.cumsum(np.array(steps, np.uint32), dtype=np.uint32) for steps in stored["steps"]]
    levels = np.repeat(np.arange(len(hashes)), [len(each) for each in hashes]).astype(np.int8)
    joined = np.concatenate(hashes)
    order = np.argsort(joined)
    return Rarity(joined[order], levels[order])
