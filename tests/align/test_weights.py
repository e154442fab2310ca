"""What was learned is stored as numbers, with where it is from."""

import json
from importlib.resources import files

import numpy as np
import pytest

from permille.align.weights import FILE, Learned, load_weights


def stored() -> dict:
    return json.loads(files("permille.align").joinpath(FILE).read_text("utf-8"))


def test_weights_are_read_as_they_were_written():
    learned = load_weights()
    again = Learned.from_dict(json.loads(json.dumps(learned.to_dict())))
    assert np.array_equal(again.evidence.table, learned.evidence.table)
    assert np.array_equal(again.long.cases.weights, learned.long.cases.weights)
    assert again.short.summaries.intercept == learned.short.summaries.intercept


def test_weights_say_where_they_are_from_and_how_good_they_are():
    values = stored()
    assert "PAN" in values["origin"]
    assert values["command"].startswith("python benchmarks/fit_align.py")
    assert values["cross_fitted"]["all"]["plagdet"] >= 0.94


def test_a_measure_without_weight_is_not_passed_over():
    values = stored()
    del values["filters_of_short_texts"]["cases"]["length_ratio"]
    with pytest.raises(KeyError, match="length_ratio"):
        Learned.from_dict(values)


def test_a_word_beside_one_that_matches_speaks_for_a_case_and_a_missing_one_against():
    table = load_weights().evidence.table
    assert (table[..., 3] > 1).all()
    assert (table[..., 0] < 0).all()
