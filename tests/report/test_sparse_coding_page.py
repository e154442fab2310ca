"""The comparison that the simulation leaves."""

import csv
import json
import re
from pathlib import Path

import pytest

from permille.measure.sparse_coding import Estimate, Figures, SparseCodingRow
from permille.measure.sparse_coding_config import SparseCodingConfig
from permille.report.sparse_coding_page import (
    DEPARTURES,
    correlations,
    statements_of,
    write_sparse_coding,
)


def row(needed: int, dispersion: float, memorized: float) -> SparseCodingRow:
    def estimate(mean: float) -> Estimate:
        return Estimate(mean, (mean - 0.1, mean + 0.1))

    shown = (estimate(dispersion), estimate(memorized), estimate(0.0), estimate(0.5))
    before = Figures(estimate(0.88), estimate(0.01), estimate(-0.05))
    change = Figures(estimate(dispersion - 0.88), estimate(memorized - 0.01), estimate(0.55))
    return SparseCodingRow(needed, needed / 8, *shown, untrained=before, change=change)


ROWS = [row(1, 0.7, 0.1), row(2, 0.4, 0.2), row(4, 0.5, 0.3), row(8, 0.8, 0.4)]


def test_every_form_is_there_with_the_same_figures(tmp_path: Path) -> None:
    target = write_sparse_coding(tmp_path, ROWS, SparseCodingConfig(num_features=8))
    assert {path.name for path in tmp_path.iterdir()} == {
        f"comparison.{form}" for form in ("json", "md", "csv", "html", "svg")
    }
    found = json.loads(target.read_text())
    assert found["failed"] == []
    assert found["simulation"]["num_features"] == 8
    assert [one["memorization"]["mean"] for one in found["rows"]] == [0.1, 0.2, 0.3, 0.4]
    with (tmp_path / "comparison.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [float(line["memorization"]) for line in lines] == [0.1, 0.2, 0.3, 0.4]
    assert float(lines[0]["dispersion_ci95_low"]) == pytest.approx(0.6)
    assert (
        float(lines[0]["untrained_dispersion"])
        == found["rows"][0]["untrained"]["dispersion"]["mean"]
    )
    assert float(lines[0]["change_dispersion_ci95_high"]) == pytest.approx(-0.08)
    for form in ("md", "html"):
        assert all(
            line in (tmp_path / f"comparison.{form}").read_text() for line in ("0.70 [0.60",)
        )


def test_the_page_needs_no_network_and_no_program(tmp_path: Path) -> None:
    write_sparse_coding(tmp_path, ROWS, SparseCodingConfig())
    page = (tmp_path / "comparison.html").read_text()
    assert "<script" not in page
    assert "unsafe-inline" not in page
    assert not re.search(r"(src|href)\s*=\s*[\"']?(https?:)?//", page)


def test_correlations_are_over_k_with_the_least_p_that_so_few_values_allow() -> None:
    found = correlations(ROWS)
    assert found["memorization_vs_needed"].spearman == pytest.approx(1)
    assert found["memorization_vs_needed"].p == pytest.approx(2 / 24)
    assert found["dispersion_vs_memorization"].spearman == pytest.approx(0.4)
    assert found["generalization_vs_needed"].spearman is None


def test_it_says_what_is_shown_and_where_theory_is_left() -> None:
    said = statements_of(ROWS)
    assert said[0].startswith("dispersion against k: Spearman 0.40 over 4 values")
    assert "no correlation (one of the two figures is the same everywhere)" in said[2]
    assert (
        "a dispersion of 0.70; reading only the needed features, each alike, would give" in said[4]
    )
    assert said[5] == (
        "Training changes the dispersion at k = 1 from 0.88 by -0.18 [-0.28, -0.08], "
        "at k = 8 from 0.88 by -0.08 [-0.18, 0.02], no change shown."
    )
    assert sum(line.startswith("Departure: ") for line in said) == len(DEPARTURES)


def test_how_the_sign_is_coded_is_named_as_a_departure() -> None:
    assert any("multiplied into the code" in line for line in DEPARTURES)
