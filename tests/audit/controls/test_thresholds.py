"""The detector's thresholds moved."""

import pytest

from permille.align.aligner import Aligner
from permille.audit.building import build_detector
from permille.audit.config import AuditConfig
from permille.audit.controls.detector import Probe
from permille.audit.controls.thresholds import TOGETHER, thresholds
from permille.core.records import Document, Generation


def probe_of(documents, corpus_of, judge=None):
    detector = build_detector(Aligner(), judge, AuditConfig())
    return Probe(detector, corpus_of(documents), has_inputs=False)


@pytest.fixture
def texts(writer):
    """Documents, and generations that give back 45 to 100 characters of them."""
    documents = [Document(f"d{i}", writer.text(5)) for i in range(8)]
    generations = [
        Generation(f"g{i}", f"{writer.sentence()} {d.text[: 45 + 8 * i]} {writer.sentence()}")
        for i, d in enumerate(documents)
    ]
    return documents, generations


def test_every_threshold_is_moved_both_ways(texts, corpus_of, word_judge):
    documents, generations = texts
    found = thresholds(probe_of(documents, corpus_of, word_judge), Aligner(), generations)
    moved = [(row["threshold"], row.get("value")) for row in found["rows"]]
    assert moved[0] == (None, None)
    assert ("th1", 0.24) in moved
    assert ("th1", 0.36) in moved
    assert ("verbatim_minlen", 40) in moved
    assert ("src_gap, susp_gap", 5) in moved
    assert ("judge.threshold", 0.6) in moved
    assert len(moved) == 1 + 2 * len(TOGETHER) + 2


def test_the_range_is_that_of_the_rows(texts, corpus_of):
    documents, generations = texts
    found = thresholds(probe_of(documents, corpus_of), Aligner(), generations)
    figures = [row["ratios"]["any"]["permille"] for row in found["rows"]]
    assert found["any"] == [min(figures), max(figures)]
    assert found["of"] == len(generations)
    assert all(row["ratios"]["any"]["of"] == len(generations) for row in found["rows"])


def test_a_shorter_run_finds_more_and_a_longer_one_less(texts, corpus_of):
    documents, generations = texts
    found = thresholds(probe_of(documents, corpus_of), Aligner(), generations)
    counts = {
        row.get("value"): row["ratios"]["verbatim"]["count"]
        for row in found["rows"]
        if row["threshold"] in (None, "verbatim_minlen")
    }
    assert counts[40] >= counts[None] >= counts[60]
    assert counts[40] > counts[60]


def test_nothing_measurable_has_no_range(texts, corpus_of):
    found = thresholds(probe_of(texts[0], corpus_of), Aligner(), [])
    assert found == {"missing": "no generation is measurable"}
