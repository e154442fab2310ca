"""Thresholds of the detector that cannot be, and those that can."""

import re

import pytest

from permille.align import AlignConfig
from permille.core.errors import SettingsError


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"min_plaglen": "x"}, "min_plaglen wants a whole number, 1 or more, got 'x'"),
        ({"verbatim_minlen": 1.5}, "verbatim_minlen wants a whole number, 1 or more, got 1.5"),
        ({"verbatim_minlen": True}, "verbatim_minlen wants a whole number, 1 or more, got True"),
        ({"min_sentlen": 0}, "min_sentlen wants a whole number, 1 or more, got 0"),
        ({"src_gap": None}, "src_gap wants a whole number, 0 or more, got None"),
        ({"th1": "0.3"}, "th1 wants a number, 0 <= value < 1, got '0.3'"),
        ({"th2": float("nan")}, "th2 wants a number, 0 <= value < 1, got nan"),
        ({"th3": False}, "th3 wants a number, 0 <= value < 1, got False"),
        ({"summary_ratio": "3"}, "summary_ratio wants a number, 1 or more, got '3'"),
        ({"summary_ratio": 0.5}, "summary_ratio wants a number, 1 or more, got 0.5"),
        ({"rules": 3}, "rules wants one of mended, published, got 3"),
        ({"src_gap": 1, "src_gap_least": 2}, "src_gap wants at least src_gap_least=2, got 1"),
    ],
    ids=str,
)
def test_a_threshold_that_cannot_be_is_named(given, said):
    with pytest.raises(SettingsError, match=f"^align: {re.escape(said)}$"):
        AlignConfig(**given)


def test_every_fault_is_named_at_once():
    with pytest.raises(SettingsError, match=r"th1 wants .*; min_plaglen wants "):
        AlignConfig(th1=2, min_plaglen="x")


def test_a_whole_number_is_a_share_too():
    assert AlignConfig(th1=0, summary_ratio=4).summary_ratio == 4
