"""An audit in which one generation repeats itself too much to be aligned with a document."""

import logging

import pytest
from joblib import parallel_config

from permille import audit_texts
from permille.align import pair
from permille.align.aligner import Aligner
from permille.align.config import AlignConfig
from permille.audit.aligning import REFUSED, ManyAligner, align_pairs
from permille.audit.building import build_detector
from permille.audit.config import AuditConfig
from permille.audit.controls.detector import Probe, detector_control, try_detector
from permille.audit.controls.thresholds import move_thresholds, thresholds
from permille.audit.findings import Found, Refused, found_of
from permille.core.errors import RepetitionError
from permille.core.records import Document, Generation, Kind, Part, Split
from permille.measure.ratio import wilson_ratios

LINE = "Nobody knows the way home."
NAMES = {"paper": AlignConfig.paper(), "standard": AlignConfig()}
SETTINGS = {
    "paper": {"align": "paper"},
    # samples are searched again some thirty times
    "standard": {"audit.num_planted": 0, "audit.num_threshold_prompts": 0},
}


@pytest.fixture(params=NAMES)
def name(request, shared):
    """The published counting and the default one, each with its own rules."""
    return request.param


@pytest.fixture
def low_bound(monkeypatch):
    """Refuse a pair from 501 pairs of like sentences on."""
    monkeypatch.setattr(pair, "MOST_PAIRS", 500)


def refrain_texts(writer, num_lines, num_generations=100, times=30):
    """Generations of which every tenth is a copy, and the fifth repeats the line of document r."""
    refrain = " ".join(f"{writer.sentence()} {LINE}" for _ in range(times))
    documents = [Document("r", refrain, part=Part.SUFFIX)]
    documents += [Document(f"d{i}", writer.text(4), part=Part.SUFFIX) for i in range(20)]
    generations = [
        Generation(f"g{i}", documents[1 + i % 20].text[:120] if i % 10 == 0 else writer.text(2))
        for i in range(num_generations)
    ]
    generations[5] = Generation("g5", " ".join([LINE] * num_lines))
    return generations, documents


def test_a_pair_is_refused_and_the_others_are_aligned(writer, name, low_bound):
    generations, documents = refrain_texts(writer, 100, 11)
    aligner = Aligner(NAMES[name])
    with pytest.raises(RepetitionError, match="cut one of them into parts"):
        aligner.align(documents[0].text, generations[5].text)
    pairs = [(documents[at].text, g.text) for g in generations for at in (0, 1)]
    found = ManyAligner(aligner)(pairs)
    assert [at for at, one in enumerate(found) if one.refused] == [10]
    assert found[10] == REFUSED
    assert [one.kind for one in found[:2]] == [Kind.NONE, Kind.VERBATIM]
    assert found[:10] == align_pairs(aligner, aligner.prepare, pairs[:10])
    assert ManyAligner(aligner).with_thresholds(NAMES[name])(pairs) == found


@pytest.mark.parametrize("num_workers", [1, 2])
@pytest.mark.parametrize("chunk_size", [7, 1024])
def test_an_audit_counts_a_refused_pair_and_all_else_as_ever(
    audit, writer, name, low_bound, caplog, num_workers, chunk_size
):
    generations, documents = refrain_texts(writer, 100)
    settings = {"name": name, "align": NAMES[name], "chunk_size": chunk_size}
    without = audit(generations[:5] + generations[6:], documents, **settings)
    caplog.clear()
    with parallel_config(backend="threading"):
        found = audit(generations, documents, num_workers=num_workers, **settings)
    counts = found.values["generations"]
    assert (counts["total"], counts["refused_pairs"], counts["with_refused_pairs"]) == (100, 1, 1)
    assert found.counts == without.counts
    assert found.counts["verbatim"] == 10
    assert found.lines == without.lines
    assert without.values["generations"]["refused_pairs"] == 0
    (warned,) = [r.message for r in caplog.records if r.levelno == logging.WARNING]
    assert warned.startswith("1 pair of texts was not aligned")
    assert "generation g5 with document r;" in warned


def test_a_generation_with_a_case_elsewhere_is_not_unknown(audit, writer, name, low_bound):
    generations, documents = refrain_texts(writer, 100)
    both = Generation("g5", f"{documents[3].text} {generations[5].text}")
    generations[5] = both
    counts = audit(generations, documents, name=name, align=NAMES[name]).values["generations"]
    assert (counts["refused_pairs"], counts["with_refused_pairs"]) == (1, 0)


def test_an_interrupted_audit_goes_on_with_what_was_refused(
    audit, writer, name, low_bound, monkeypatch, caplog
):
    generations, documents = refrain_texts(writer, 100)
    settings = {"name": name, "align": NAMES[name], "chunk_size": 10}

    def stop(stage, done, total):
        if stage.startswith("count"):
            raise KeyboardInterrupt("stopped")

    with pytest.raises(KeyboardInterrupt, match="stopped"):
        audit(generations, documents, progress=stop, **settings)
    # what is taken up is not aligned again: the bound that refused it no longer does
    monkeypatch.setattr(pair, "MOST_PAIRS", 10**6)
    caplog.clear()
    counts = audit(generations, documents, **settings).values["generations"]
    assert (counts["refused_pairs"], counts["with_refused_pairs"]) == (1, 1)
    assert "generation g5 with document r;" in caplog.text


def test_what_is_stored_of_a_refused_pair_is_read_again(make_finding):
    found = Found((make_finding(),), (Refused("r", {"main": 0, "cross": 3}),))
    assert found_of(found.values()) == found
    assert (found.num_refused("main"), found.num_refused("cut")) == (1, 0)
    for broken in ({}, {"findings": []}, {"findings": [], "refused": ["r"]}):
        with pytest.raises(ValueError, match=r"no stored refusal|nothing that was found"):
            found_of(broken)


def test_controls_count_refused_pairs_as_the_audit_does(writer, low_bound, corpus_of):
    generations, documents = refrain_texts(writer, 100, 11)
    generations[4] = Generation("g4", f"{documents[3].text} {generations[5].text}")
    heldout = [Document(f"h{i}", writer.text(4), split=Split.HELDOUT) for i in range(3)]
    aligner = Aligner()
    detector = build_detector(aligner, None, AuditConfig())
    probe = Probe(detector, corpus_of(documents), has_inputs=False)

    moved = move_thresholds(probe, aligner, generations, lambda *_: None)
    rows = thresholds(moved, [g.id for g in generations])["rows"]
    assert {(row["refused_pairs"], row["with_refused_pairs"]) for row in rows} == {(2, 1)}

    of_lines = Document("r", " ".join([LINE] * 60))
    probe = Probe(detector, corpus_of([of_lines, *documents[1:]]), has_inputs=False)
    planted = {Kind.VERBATIM: documents[1:], Kind.IDEA: [of_lines]}
    trial = try_detector(probe, planted, heldout, 0)
    found = detector_control(trial, wilson_ratios({}, 3))
    assert (found["refused_pairs"], found["with_refused_pairs"]) == (1, 1)
    assert found["sensitivity"]["idea"]["count"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("num_workers", [1, 2])
def test_a_line_fifty_thousand_times_does_not_stop_an_audit(
    writer, name, num_workers, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    generations, documents = refrain_texts(writer, 50_000)
    report = audit_texts(
        [{"id": g.id, "text": g.text} for g in generations],
        [{"id": d.id, "text": d.text} for d in documents],
        **{"audit": name, "audit.num_workers": num_workers, **SETTINGS[name]},
    )
    assert report.generations["refused_pairs"] == report.generations["with_refused_pairs"] == 1
    assert report.ratios["verbatim"]["count"] == 10
