"""The detector on planted copies."""

import pytest

from permille.align.aligner import Aligner
from permille.audit.building import build_detector
from permille.audit.config import AuditConfig
from permille.audit.controls.detector import (
    Answer,
    Probe,
    Trial,
    detector_control,
    retrieval_control,
    try_detector,
)
from permille.core.records import KINDS_BY_STRENGTH, Document, Generation, Kind, Split
from permille.measure.prevalence import corrected_ratio
from permille.measure.ratio import wilson_ratio, wilson_ratios


@pytest.fixture
def texts(writer):
    """Training documents and held-out ones."""
    documents = [Document(f"d{i}", writer.text(24)) for i in range(12)]
    train = dict.fromkeys(KINDS_BY_STRENGTH, documents)
    heldout = [Document(f"h{i}", writer.text(4), split=Split.HELDOUT) for i in range(12)]
    return train, heldout


@pytest.fixture
def probe(texts, corpus_of):
    """The default detector on the training documents."""
    return Probe(
        build_detector(Aligner(), None, AuditConfig()), corpus_of(texts[0][Kind.IDEA]), False
    )


TRIAL = Trial(
    {
        Kind.VERBATIM: [Kind.VERBATIM] * 8 + [Kind.PARAPHRASE, Kind.NONE],
        Kind.PARAPHRASE: [Kind.PARAPHRASE] * 5 + [Kind.IDEA] + [Kind.NONE] * 4,
        Kind.IDEA: [],
        Kind.NONE: [Kind.PARAPHRASE] + [Kind.NONE] * 19,
    },
    [True, True, False],
    num_refused=3,
    num_unknown=2,
)


def test_a_plant_is_found_as_its_kind_or_as_any():
    assert (TRIAL.sensitivity("verbatim").count, TRIAL.sensitivity("verbatim").of) == (8, 10)
    assert (TRIAL.sensitivity("any").count, TRIAL.sensitivity("any").of) == (15, 20)
    assert TRIAL.sensitivity("idea").reason == "no document is long enough to plant it"


def test_a_false_alarm_is_a_case_where_nothing_was_planted():
    assert (TRIAL.false_alarm("any").count, TRIAL.false_alarm("any").of) == (1, 20)
    assert TRIAL.false_alarm("verbatim").count == 0


def test_pooled_trials_count_together():
    both = Trial.pooled([TRIAL, TRIAL])
    assert both.sensitivity("verbatim") == wilson_ratio(16, 20)
    assert both.false_alarm("any") == wilson_ratio(2, 40)
    assert both.paraphrase_recall == wilson_ratio(4, 6)
    assert (both.num_refused, both.num_unknown) == (6, 4)
    assert Trial.pooled([TRIAL]) == TRIAL


def test_ratios_are_corrected_by_their_own_sensitivity():
    observed = wilson_ratios({"verbatim": 30, "paraphrase": 5}, 100)
    found = detector_control(TRIAL, observed)
    expected = corrected_ratio(
        observed.verbatim, TRIAL.sensitivity("verbatim"), TRIAL.false_alarm("verbatim")
    )
    assert found["corrected"]["verbatim"] == expected.to_dict()
    assert found["corrected"]["verbatim"]["permille"] == 375
    assert found["corrected"]["idea"]["permille"] is None
    assert found["false_alarm"]["count"] == 1
    counts = {kind: ratio["count"] for kind, ratio in found["false_alarm_by_kind"].items()}
    assert counts == {"any": 1, "verbatim": 0, "paraphrase": 1, "idea": 0}
    assert (found["refused_pairs"], found["with_refused_pairs"]) == (3, 2)
    assert found["sensitivity"].keys() == {"any", "verbatim", "paraphrase", "idea"}


def test_without_a_trial_both_controls_say_why():
    assert "held-out document" in detector_control(None, wilson_ratios({}, 3))["missing"]
    assert "held-out document" in retrieval_control(None)["paraphrase_recall"]["missing"]


def test_verbatim_plants_are_found_and_hosts_alone_are_not(probe, texts):
    trial = try_detector(probe, *texts, 0)
    assert trial.sensitivity("verbatim").permille > 700
    assert trial.false_alarm("any").count == 0
    assert trial.false_alarm("any").of == 12
    assert trial.paraphrase_recall.permille > 900
    assert retrieval_control(trial)["paraphrase_recall"]["of"] == 12


def test_trying_again_gives_the_same(probe, texts):
    assert try_detector(probe, *texts, 3) == try_detector(probe, *texts, 3)


def test_kinds_are_found_through_the_top_documents(probe, texts):
    text = texts[0][Kind.IDEA][4].text
    generations = [Generation("a", text[:300]), Generation("b", "Nothing of the kind.")]
    answers = probe.answers(generations, probe.search(generations))
    assert answers == [Answer(Kind.VERBATIM), Answer(Kind.NONE)]
