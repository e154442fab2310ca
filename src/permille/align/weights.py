"""What the mended rules have learned: numbers, with where they are from."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from permille.align.arrays import Floats
from permille.align.candidates import MEASURES
from permille.align.logistic import Logistic
from permille.align.refine import BREAKS_SHAPE, TABLE_SHAPE, Evidence
from permille.align.summaries import (
    SUMMARY_BREAKS_SHAPE,
    SUMMARY_MEASURES,
    SUMMARY_TABLE_SHAPE,
    SummaryEvidence,
)

FILE = "weights.json"


@dataclass(frozen=True)
class Filters:
    """Tell cases and summaries from what only looks like them."""

    cases: Logistic
    summaries: Logistic

    def to_dict(self) -> dict[str, dict[str, float]]:
        """Return the weights by the names of the measures."""
        return {
            "cases": _named(self.cases, MEASURES),
            "summaries": _named(self.summaries, SUMMARY_MEASURES),
        }

    @classmethod
    def from_dict(cls, stored: dict[str, dict[str, float]]) -> "Filters":
        """Build from what `to_dict` gave.

        Raises:
            KeyError: If a measure has no weight.
        """
        return cls(
            _logistic(stored["cases"], MEASURES), _logistic(stored["summaries"], SUMMARY_MEASURES)
        )


@dataclass(frozen=True)
class Learned:
    """Evidence of words inside cases and summaries; filters for long texts and for short ones."""

    evidence: Evidence
    summary_evidence: SummaryEvidence
    long: Filters
    short: Filters

    def filters(self, is_short: bool) -> Filters:
        """Return the filters for a text."""
        return self.short if is_short else self.long

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers, rounded to what matters, as JSON has them."""
        return {
            "word_evidence": _listed(self.evidence.table),
            "gap_evidence": _listed(self.evidence.breaks),
            "summary_word_evidence": _listed(self.summary_evidence.table),
            "summary_gap_evidence": _listed(self.summary_evidence.breaks),
            "filters_of_long_texts": self.long.to_dict(),
            "filters_of_short_texts": self.short.to_dict(),
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "Learned":
        """Build from what `to_dict` gave.

        Raises:
            KeyError: If a measure has no weight.
            ValueError: If a table has not the shape that it should have.
        """
        return cls(
            Evidence(
                np.array(stored["word_evidence"], np.float64).reshape(TABLE_SHAPE),
                np.array(stored["gap_evidence"], np.float64).reshape(BREAKS_SHAPE),
            ),
            SummaryEvidence(
                np.array(stored["summary_word_evidence"], np.float64).reshape(SUMMARY_TABLE_SHAPE),
                np.array(stored["summary_gap_evidence"], np.float64).reshape(SUMMARY_BREAKS_SHAPE),
            ),
            Filters.from_dict(stored["filters_of_long_texts"]),
            Filters.from_dict(stored["filters_of_short_texts"]),
        )


@cache
def load_weights() -> Learned:
    """Read the weights that come with the package."""
    return Learned.from_dict(json.loads(files("permille.align").joinpath(FILE).read_text("utf-8")))


def _with_squares(names: tuple[str, ...]) -> tuple[str, ...]:
    return (*names, *(f"{name}_squared" for name in names))


def _listed(values: Floats) -> list[float]:
    return [round(value, 3) for value in values.ravel().tolist()]


def _named(model: Logistic, names: tuple[str, ...]) -> dict[str, float]:
    weights = zip(_with_squares(names), np.round(model.weights, 5).tolist(), strict=True)
    return {"intercept": round(model.intercept, 5), **dict(weights)}


def _logistic(stored: dict[str, float], names: tuple[str, ...]) -> Logistic:
    weights = np.array([stored[name] for name in _with_squares(names)], np.float64)
    return Logistic(weights, stored["intercept"])
