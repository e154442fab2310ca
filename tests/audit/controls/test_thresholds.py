"""The detector's thresholds moved."""

from dataclasses import asdict, fields

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from permille.align.aligner import Aligner
from permille.align.config import COUNTS, GAPS, SHARES, AlignConfig
from permille.audit.building import build_detector
from permille.audit.config import AuditConfig
from permille.audit.controls.detector import Answer, Probe
from permille.audit.controls.thresholds import (
    FACTORS,
    MOST_SHARE,
    TOGETHER,
    Moved,
    move,
    move_thresholds,
    thresholds,
)
from permille.core.records import Document, Generation, Kind


def planted(writer):
    """Documents, and generations that give back 45 to 100 characters of them."""
    documents = [Document(f"d{i}", writer.text(5)) for i in range(8)]
    generations = [
        Generation(f"g{i}", f"{writer.sentence()} {d.text[: 45 + 8 * i]} {writer.sentence()}")
        for i, d in enumerate(documents)
    ]
    return documents, generations


def probe_of(documents, corpus_of, judge=None, align=None):
    detector = build_detector(Aligner(align or AlignConfig()), judge, AuditConfig())
    return Probe(detector, corpus_of(documents), has_inputs=False)


def answers(*kinds):
    return [Answer(kind) for kind in kinds]


def moved(documents, generations, corpus_of, judge=None):
    """The control over all generations."""
    probe = probe_of(documents, corpus_of, judge)
    found = move_thresholds(probe, Aligner(), generations, lambda *of: None)
    return thresholds(found, [g.id for g in generations])


THRESHOLDS = [field.name for field in fields(AlignConfig) if field.name != "rules"]
RULES = {rules: [name for names in groups for name in names] for rules, groups in TOGETHER.items()}


@st.composite
def configs(draw):
    """Valid settings of the detector."""
    values = {name: draw(st.floats(0, 0.999).map(lambda x: round(x, 4))) for name in SHARES}
    values |= {name: draw(st.integers(1, 300)) for name in COUNTS}
    for side in ("src", "susp"):
        gap = draw(st.integers(0, 30))
        values |= {f"{side}_gap": gap, f"{side}_gap_least": draw(st.integers(0, gap))}
    values["src_gap_summary"] = draw(st.integers(0, 30))
    return AlignConfig(summary_ratio=draw(st.floats(1, 9)), **values)


def test_every_threshold_of_the_detector_is_moved_under_the_rules_that_have_it():
    assert {name for names in RULES.values() for name in names} == set(THRESHOLDS)


def test_a_share_that_is_moved_to_the_end_of_its_range_stays_one():
    moved = move(AlignConfig(summary_ratio=1.125), ["summary_ratio"], 0.8)
    assert moved is not None
    assert repr(moved.summary_ratio) == "1.0"


@given(config=configs(), name=st.sampled_from(THRESHOLDS), factor=st.sampled_from(FACTORS))
@settings(max_examples=300)
def test_a_moved_threshold_is_a_fifth_away_or_one_or_at_the_end_of_its_range(config, name, factor):
    own, moved = getattr(config, name), move(config, [name], factor)
    if moved is None:
        at_an_end = own in (0, 1) or own >= MOST_SHARE or "gap" in name
        assert at_an_end
        return
    new = getattr(moved, name)
    assert asdict(moved) == asdict(config) | {name: new}
    assert (new > own) == (factor > 1)
    assert type(new) is type(own)
    room = max(1, 0.2 * own + 0.5) if name in COUNTS + GAPS else 0.2 * own + 1e-6
    assert abs(new - own) <= room


@given(config=configs(), factor=st.sampled_from(FACTORS))
def test_thresholds_that_belong_together_stay_in_order(config, factor):
    for names in (("src_gap", "susp_gap"), ("src_gap_least", "susp_gap_least")):
        moved = move(config, names, factor) or config
        assert moved.src_gap_least <= moved.src_gap
        assert moved.susp_gap_least <= moved.susp_gap


@pytest.mark.parametrize("rules", list(RULES))
def test_each_row_is_what_a_detector_with_that_threshold_finds(rules, new_writer, corpus_of):
    writer = new_writer(3)
    documents, generations = planted(writer)
    config = AlignConfig(rules=rules)
    probe = probe_of(documents, corpus_of, align=config)
    moved = move_thresholds(probe, Aligner(config), generations, lambda *of: None)
    by_threshold = {(one.threshold, one.value): one.answers for one in moved}

    @given(names=st.sampled_from(TOGETHER[rules]), factor=st.sampled_from(FACTORS))
    @settings(max_examples=10, deadline=None)
    def check(names, factor):
        changed = move(config, names, factor)
        assume(changed is not None)
        own = probe_of(documents, corpus_of, align=changed)
        told = own.answers(generations, own.search(generations))
        assert by_threshold[", ".join(names), getattr(changed, names[0])] == told

    check()
    assert len(by_threshold) == len(moved)


@pytest.fixture
def texts(writer):
    """Documents, and generations that give parts of them back."""
    return planted(writer)


def test_every_threshold_is_moved_both_ways(texts, corpus_of, word_judge):
    documents, generations = texts
    found = moved(documents, generations, corpus_of, word_judge)
    rows = [(row["threshold"], row.get("value")) for row in found["rows"]]
    assert rows[0] == (None, None)
    assert ("th1", 0.2) in rows
    assert ("th1", 0.3) in rows
    assert ("verbatim_minlen", 40) in rows
    assert ("src_gap, susp_gap", 1) in rows
    assert ("src_gap, susp_gap", 3) in rows
    assert ("min_sentlen", 2) in rows
    assert ("min_sentlen", 4) in rows
    assert ("judge.threshold", 0.6) in rows
    assert ("min_short_probability", 0.696) in rows
    # no gap is below 0, and no piece has fewer seeds than one
    assert len(rows) == 1 + 2 * len(TOGETHER["mended"]) - 2 + 2


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
        Moved(None, None, answers(Kind.VERBATIM, Kind.NONE, Kind.IDEA)),
        Moved("th1", 0.24, answers(Kind.VERBATIM, Kind.IDEA, Kind.IDEA)),
    ]
    values = thresholds(found, ["a", "b", None])
    assert values["any"] == [500, 1000]
    assert values["rows"][1]["ratios"]["idea"]["count"] == 1


def test_generations_of_one_example_count_once_in_the_interval():
    found = [Moved(None, None, answers(Kind.IDEA, Kind.IDEA, Kind.NONE, Kind.NONE))]
    apart, together = (
        thresholds(found, units)["rows"][0]["ratios"]["any"] for units in ("abcd", "aabb")
    )
    assert apart["permille"] == together["permille"] == 500
    assert together["method"] == "wilson over groups"
    assert together["ci95"][0] < apart["ci95"][0]


def test_what_is_unknown_counts_in_the_row_of_its_threshold():
    refused = [Answer(Kind.IDEA, num_refused=1), Answer(Kind.NONE, 2, True), *answers(Kind.NONE)]
    found = [Moved(None, None, answers(*[Kind.IDEA] * 3)), Moved("th1", 0.24, refused)]
    counts = [
        (row["refused_pairs"], row["with_refused_pairs"])
        for units in ("abc", ["a", None, "c"])
        for row in thresholds(found, units)["rows"]
    ]
    assert counts == [(0, 0), (3, 1), (0, 0), (1, 0)]


def test_nothing_measurable_has_no_range():
    assert "measurable" in thresholds([], [])["missing"]
    assert "measurable" in thresholds([Moved(None, None, answers(Kind.IDEA))], [None])["missing"]
