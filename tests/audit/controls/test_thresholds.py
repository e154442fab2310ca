"""The detector's thresholds moved."""

import pytest

from permille.align.aligner import Aligner
from permille.audit.building import build_detector
from permille.audit.config import AuditConfig
from permille.audit.controls.detector import Probe
from permille.audit.controls.thresholds import TOGETHER, Moved, move_thresholds, thresholds
from permille.core.records import Document, Generation, Kind


def probe_of(documents, corpus_of, judge=None):
    detector = build_detector(Aligner(), judge, AuditConfig())
    return Probe(detector, corpus_of(documents), has_inputs=False)


def moved(documents, generations, corpus_of, judge=None):
    """The control over all generations."""
    probe = probe_of(documents, corpus_of, judge)
    found = move_thresholds(probe, Aligner(), generations, lambda *of: None)
    return thresholds(found, [g.id for g in generations])


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
    found = moved(documents, generations, corpus_of, word_judge)
    rows = [(row["threshold"], row.get("value")) for row in found["rows"]]
    assert rows[0] == (None, None)
    assert ("th1", 0.2) in rows
    assert ("th1", 0.3) in rows
    assert ("verbatim_minlen", 40) in rows
    assert ("src_gap, susp_gap", 2) in rows
    assert ("min_sentlen", 2) in rows
    assert ("min_sentlen", 4) in rows
    assert ("judge.threshold", 0.6) in rows
    assert len(rows) == 1 + 2 * len(TOGETHER) + 2


def test_the_range_is_that_of_the_rows(texts, corpus_of):
    documents, generations = texts
    found = moved(documents, generations, corpus_of)
    figures = [row["ratios"]["any"]["permille"] for row in found["rows"]]
    assert found["any"] == [min(figures), max(figures)]
    assert found["of"] == len(generations)
    assert all(row["ratios"]["any"]["of"] == len(generations) for row in found["rows"])


def test_a_shorter_run_finds_more_and_a_longer_one_less(texts, corpus_of):
    documents, generations = texts
    found = moved(documents, generations, corpus_of)
    counts = {
        row.get("value"): row["ratios"]["verbatim"]["count"]
        for row in found["rows"]
        if row["threshold"] in (None, "verbatim_minlen")
    }
    assert counts[40] >= counts[None] >= counts[60]
    assert counts[40] > counts[60]


def test_documents_are_searched_for_once(texts, corpus_of):
    documents, generations = texts
    probe = probe_of(documents, corpus_of)
    move_thresholds(probe, Aligner(), generations, lambda *of: None)
    assert probe.corpus.searched == [generation.text for generation in generations]


def test_only_the_generations_that_are_meant_count():
    found = [
        Moved(None, None, [Kind.VERBATIM, Kind.NONE, Kind.IDEA]),
        Moved("th1", 0.24, [Kind.VERBATIM, Kind.IDEA, Kind.IDEA]),
    ]
    values = thresholds(found, ["a", "b", None])
    assert values["any"] == [500, 1000]
    assert values["rows"][1]["ratios"]["idea"]["count"] == 1


def test_generations_of_one_example_count_once_in_the_interval():
    found = [Moved(None, None, [Kind.IDEA, Kind.IDEA, Kind.NONE, Kind.NONE])]
    apart, together = (
        thresholds(found, units)["rows"][0]["ratios"]["any"] for units in ("abcd", "aabb")
    )
    assert apart["permille"] == together["permille"] == 500
    assert together["method"] == "wilson over groups"
    assert together["ci95"][0] < apart["ci95"][0]


def test_nothing_measurable_has_no_range():
    assert "measurable" in thresholds([], [])["missing"]
    assert "measurable" in thresholds([Moved(None, None, [Kind.IDEA])], [None])["missing"]
