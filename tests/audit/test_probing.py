"""Samples that are searched again."""

from collections import Counter
from dataclasses import replace

import pytest

from permille.align.aligner import Aligner
from permille.audit.building import build_detector
from permille.audit.config import AuditConfig
from permille.audit.controls.detector import Probe
from permille.audit.probing import probe_samples
from permille.core.records import Kind, Split
from permille.measure.ratio import wilson_ratios

OBSERVED = wilson_ratios({"verbatim": 3}, 12)


@pytest.fixture
def search(copier, corpus_of):
    """Searches samples of a simulated model's texts again."""

    def run(heldout=True, tasks=("made",), times=1, **settings):
        model = copier(seed=0, num_prompts=12)
        generations, documents = (
            [replace(text, id=f"{task} {text.id}", task=task) for text in texts for task in tasks]
            for texts in (model.generations, model.documents)
        )
        generations = [replace(g, text=" ".join([g.text] * times)) for g in generations]
        train = [d for d in documents if d.split is Split.TRAIN]
        config = AuditConfig(**settings)
        probe = Probe(build_detector(Aligner(), None, config), corpus_of(train), has_inputs=False)
        own = documents if heldout else train
        told = []
        found = probe_samples(
            probe, generations, own, config, Aligner(), lambda *of: told.append(of)
        )
        return found, told

    return run


def test_samples_have_the_size_of_the_settings(search, caplog):
    controls = search(num_planted=5, num_threshold_prompts=4)[0].controls(OBSERVED)
    assert controls.keys() == {"retrieval", "thresholds", "detector"}
    assert controls["thresholds"]["of"] == 4
    assert controls["detector"]["sensitivity"]["verbatim"]["of"] == 5
    assert controls["detector"]["false_alarm"]["of"] == 5
    assert controls["retrieval"]["paraphrase_recall"]["of"] == 5
    assert not caplog.messages


def test_each_task_has_samples_of_its_own_texts(search):
    found, _ = search(tasks=("one", "two"), num_planted=5, num_threshold_prompts=4)
    assert Counter(task for task, _ in found.chosen) == {"one": 4, "two": 4}
    assert found.trials.keys() == {"one", "two"}
    both = found.controls(OBSERVED)
    assert both["thresholds"]["of"] == 8
    assert both["detector"]["false_alarm"]["of"] == 10
    for task in ("one", "two"):
        own = found.controls_of(task, OBSERVED)
        assert own["thresholds"]["of"] == 4
        assert own["detector"]["false_alarm"]["of"] == 5
    assert "missing" in found.controls_of("three", OBSERVED)["detector"]


def test_samples_are_drawn_by_the_seed(search):
    sizes = {"num_planted": 4, "num_threshold_prompts": 4}
    assert search(seed=1, **sizes)[0] == search(seed=1, **sizes)[0]


def test_without_held_out_documents_the_thresholds_are_left(search):
    controls = search(heldout=False, num_threshold_prompts=3)[0].controls(OBSERVED)
    assert "missing" in controls["detector"]
    assert "missing" in controls["retrieval"]["paraphrase_recall"]
    assert controls["thresholds"]["of"] == 3


def test_long_generations_take_the_places_of_several(search, caplog):
    found, _ = search(times=80, num_planted=0, num_threshold_prompts=4)
    num_chosen = len(found.chosen)
    assert num_chosen in (2, 3)
    assert found.controls(OBSERVED)["thresholds"]["of"] == num_chosen
    assert caplog.messages == [
        f"audit.num_threshold_prompts=4: {num_chosen} of 4 generations are aligned with each "
        "threshold moved, since they have more than 10,000 characters on average; raise it for "
        "more, null takes all"
    ]


def test_samples_of_nothing_say_so(search):
    found, _ = search(num_planted=0, num_threshold_prompts=0)
    assert not found.trials
    assert not found.moved
    assert "missing" in found.controls(OBSERVED)["thresholds"]
    assert "missing" in found.controls(OBSERVED)["detector"]


def test_documents_are_planted_only_as_what_they_are_long_enough_for(search):
    found, _ = search(num_planted=30, num_threshold_prompts=0)
    (trial,) = found.trials.values()
    # five sentences of at most fourteen words: long enough for a run, hardly for a digest
    assert len(trial.found[Kind.VERBATIM]) == 12
    assert len(trial.found[Kind.IDEA]) < 12


def test_progress_goes_to_the_end_of_both(search):
    _, told = search(num_planted=3, num_threshold_prompts=2)
    assert told[:2] == [("planted copies", 0, 1), ("planted copies", 1, 1)]
    assert told[2] == ("thresholds", 0, 29)
    assert told[-1] == ("thresholds", 29, 29)
