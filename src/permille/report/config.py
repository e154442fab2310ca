"""Settings of the report."""

from dataclasses import dataclass
from enum import StrEnum


class ReportName(StrEnum):
    """Whether a page is written beside report.json."""

    html = "html"
    off = "off"


class Texts(StrEnum):
    """How much training text the page shows."""

    full = "full"
    masked = "masked"
    none = "none"


@dataclass
class ReportConfig:
    """The `report` group."""

    name: ReportName = ReportName.html
    """`html` writes report.html; `off` leaves report.json and the other files alone."""
    texts: Texts = Texts.full
    """Training text in the page: `full`, `masked` (personal data hidden), `none`."""
