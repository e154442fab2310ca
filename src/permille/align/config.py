"""Every threshold of the detector, and the three settings of them that have a name."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from types import UnionType

from permille.core.errors import SettingsError

RULES = ("mended", "published")
PREPARATION_FIELDS = ("rules", "min_sentlen")
"""Settings that change what preparing a text gives; the others act only on pairs."""


@dataclass
class AlignConfig:
    """Settings of the detector; the defaults are the mended rules for short generations.

    The names of the thresholds are those of the published detector (Sanchez-Perez, Gelbukh and
    Sidorov, CLEF 2015), "susp" being the suspicious text and "src" the source.

    Raises:
        SettingsError: If a value is of another type, or lies outside its range; the message lists
            all that are.
    """

    rules: str = "mended"
    """``mended``, or ``published`` for the published code to the letter, faults included."""
    th1: float = 0.25
    """A sentence pair is a seed only when its tf-idf cosine is greater."""
    th2: float = 0.2
    """... and its Dice coefficient is greater."""
    th3: float = 0.3
    """A case survives only when its two passages' cosine is greater."""
    src_gap: int = 2
    """Largest gap inside a cluster, in source sentences."""
    susp_gap: int = 2
    """Largest gap inside a cluster, in suspicious sentences."""
    src_gap_least: int = 0
    """Smallest source gap tried when a case fails `th3`."""
    susp_gap_least: int = 0
    """Smallest suspicious gap tried when a case fails `th3`."""
    src_size: int = 1
    """Fewest seeds in a piece that is cut on the source side."""
    susp_size: int = 1
    """Fewest seeds in a piece that is cut on the suspicious side."""
    min_sentlen: int = 3
    """A sentence with fewer words joins the next one."""
    min_plaglen: int = 50
    """Fewest characters on either side of a case."""
    verbatim_minlen: int = 50
    """A common run of words must be longer, in characters."""
    src_gap_summary: int = 24
    """Largest gap of the published rules' summary pass, on both sides."""
    summary_ratio: float = 3.0
    """How many times longer than the other the condensed side of an idea must at least be."""
    min_probability: float = 0.75
    """Mended rules: a case of like sentences survives only when its probability is greater."""
    min_brief_probability: float = 0.3
    """The same where neither text has more than 500 words: chance has fewer places to meet in."""
    min_short_probability: float = 0.58
    """The same in texts of at most 120 words, whose retrieved documents are on their subject."""
    min_summary_probability: float = 0.3
    """Mended rules: a passage is an idea only when its probability is greater."""
    min_short_summary_probability: float = 0.08
    """The same of texts of at most 120 words."""

    def __post_init__(self) -> None:
        # what is no number cannot be put in order
        faults = self._range_faults() or self._order_faults()
        if faults:
            raise SettingsError("align: " + "; ".join(faults))

    def _range_faults(self) -> list[str]:
        """Say which single values are of another type, or lie outside their range."""
        faults = []
        if self.rules not in RULES:
            faults.append(f"rules wants one of {', '.join(RULES)}, got {self.rules!r}")
        for name in SHARES:
            value = getattr(self, name)
            if not (_is_of(value, int | float) and 0 <= value < 1):
                faults.append(f"{name} wants a number, 0 <= value < 1, got {value!r}")
        least = {name: 0 for name in GAPS} | {name: 1 for name in COUNTS}
        for name, bound in least.items():
            value = getattr(self, name)
            if not (_is_of(value, int) and value >= bound):
                faults.append(f"{name} wants a whole number, {bound} or more, got {value!r}")
        if not (_is_of(self.summary_ratio, int | float) and self.summary_ratio >= 1):
            faults.append(f"summary_ratio wants a number, 1 or more, got {self.summary_ratio!r}")
        return faults

    def _order_faults(self) -> list[str]:
        """Say which largest gaps are smaller than the smallest."""
        return [
            f"{side}_gap wants at least {side}_gap_least={getattr(self, f'{side}_gap_least')}, "
            f"got {getattr(self, f'{side}_gap')}"
            for side in ("src", "susp")
            if getattr(self, f"{side}_gap") < getattr(self, f"{side}_gap_least")
        ]

    @classmethod
    def paper(cls) -> "AlignConfig":
        """Return the published rules at the memorization paper's 50 and 50 characters."""
        return cls(rules="published", th1=0.3, th2=0.33, th3=0.34, src_gap=4, susp_gap=4)

    @classmethod
    def pan(cls) -> "AlignConfig":
        """Return the published rules as they were run on the PAN corpora."""
        return replace(cls.paper(), min_plaglen=150, verbatim_minlen=256)

    @property
    def measurable_chars(self) -> int:
        """The fewest characters of a text in which a run could be found."""
        return self.verbatim_minlen + 1

    @property
    def preparation_fingerprint(self) -> bytes:
        """Eight bytes that change when a stored preparation is no longer valid."""
        values = {name: asdict(self)[name] for name in PREPARATION_FIELDS}
        key = json.dumps([PREPARATION_VERSION, values], sort_keys=True)
        return hashlib.blake2b(key.encode(), digest_size=8).digest()


def _is_of(value: object, kind: type | UnionType) -> bool:
    """Tell whether a value is a number of a kind; Python takes True and False for 1 and 0."""
    return isinstance(value, kind) and not isinstance(value, bool)


PREPARATION_VERSION = 2
"""Raised by hand whenever the preparation of a text changes under the same settings."""

GAPS = (
    "src_gap",
    "susp_gap",
    "src_gap_least",
    "susp_gap_least",
    "src_gap_summary",
)
"""Thresholds that are whole numbers from 0 on."""
SHARES = (
    *("th1", "th2", "th3"),
    *("min_probability", "min_brief_probability", "min_short_probability"),
    *("min_summary_probability", "min_short_summary_probability"),
)
"""Thresholds in [0, 1)."""
COUNTS = ("src_size", "susp_size", "min_sentlen", "min_plaglen", "verbatim_minlen")
"""Thresholds that are whole numbers from 1 on."""
