"""Numbers that a benchmark takes."""

import argparse
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def positive(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module("arguments").positive


def test_a_number_is_taken(positive):
    assert positive("12") == 12


@pytest.mark.parametrize("text", ["0", "-3", "1.5", "", "many"])
def test_what_is_no_number_of_things_is_refused(positive, text):
    with pytest.raises(argparse.ArgumentTypeError, match="want a whole number of at least 1, got"):
        positive(text)
