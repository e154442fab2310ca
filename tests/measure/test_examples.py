"""The examples in the docstrings of the measures and judges hold."""

import doctest
import importlib

import pytest

MODULES = ["permille.measure.ratio", "permille.judge.features"]


@pytest.mark.parametrize("module", MODULES)
def test_every_example_in_a_docstring_comes_out(module):
    failed, tried = doctest.testmod(importlib.import_module(module))
    assert failed == 0
    assert tried > 0
