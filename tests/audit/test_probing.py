"""Controls for which samples are searched again."""

import pytest

from permille.align.aligner import Aligner
from permille.audit.building import build_detector
from permille.audit.config import AuditConfig
from permille.audit.controls.detector import Probe
from permille.audit.probing import probe_controls
from permille.core.records import Split
from permille.measure.ratio import wilson_ratios


@pytest.fixture
def probed(copier, corpus_of):
    """The controls of a simulated model."""

    def run(heldout=True, **settings):
        model = copier(seed=0, num_prompts=12)
        train = [d for d in model.documents if d.split is Split.TRAIN]
        probe = Probe(
            build_detector(Aligner(), None, AuditConfig()), corpus_of(train), has_inputs=False
        )
        documents = model.documents if heldout else train
        config = AuditConfig(**settings)
        observed = wilson_ratios({"verbatim": 3}, 12)
        return probe_controls(probe, model.generations, documents, observed, config, Aligner())

    return run


def test_samples_have_the_size_of_the_settings(probed):
    found = probed(num_planted=5, num_threshold_prompts=4)
    assert found.keys() == {"retrieval", "thresholds", "detector"}
    assert found["thresholds"]["of"] == 4
    assert found["detector"]["sensitivity"]["verbatim"]["of"] == 5
    assert found["detector"]["false_alarm"]["of"] == 5
    assert found["retrieval"]["paraphrase_recall"]["of"] == 5


def test_samples_are_drawn_by_the_seed(probed):
    sizes = {"num_planted": 4, "num_threshold_prompts": 4}
    assert probed(seed=1, **sizes) == probed(seed=1, **sizes)


def test_without_held_out_documents_the_thresholds_are_left(probed):
    found = probed(heldout=False, num_threshold_prompts=3)
    assert "missing" in found["detector"]
    assert found["thresholds"]["of"] == 3


def test_samples_of_nothing_say_so(probed):
    found = probed(num_planted=0, num_threshold_prompts=0)
    assert "missing" in found["thresholds"]
    assert "missing" in found["detector"]
