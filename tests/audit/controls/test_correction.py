"""Ratios of simulated models, corrected for a detector that takes kinds for each other."""

import numpy as np
import pytest

from permille.audit.controls.correction import confusion, corrected_ratios
from permille.audit.controls.detector import ANY_AND_KINDS, Trial
from permille.core.records import Kind
from permille.measure.confusion import METHOD
from permille.measure.prevalence import corrected_ratio
from permille.measure.ratio import Ratios, grouped_ratio, wilson_ratios

V, P, D, N = Kind.VERBATIM, Kind.PARAPHRASE, Kind.IDEA, Kind.NONE
KINDS = (V, P, D, N)
# by the kind planted, the shares found as verbatim, paraphrase, idea, none
DIALOGUE = {
    V: (0.98, 0.01, 0, 0.01),
    P: (0, 0.95, 0, 0.05),
    D: (0, 0.83, 0.01, 0.16),
    N: (0, 0, 0, 1),
}
SUMMARIES = {
    V: (0.98, 0, 0, 0.02),
    P: (0, 0.9, 0.02, 0.08),
    D: (0, 0.34, 0.5, 0.16),
    N: (0, 0, 0, 1),
}


def trial_of(rates, num_planted=60, rng=None):
    found = {}
    for planted, shares in rates.items():
        counts = (
            np.round(np.multiply(shares, num_planted)).astype(int)
            if rng is None
            else rng.multinomial(num_planted, shares)
        )
        found[planted] = [
            kind for kind, count in zip(KINDS, counts, strict=True) for _ in range(count)
        ]
    return Trial(found, [])


def correct(trial, observed):
    return corrected_ratios(
        observed,
        trial.found,
        {kind: trial.sensitivity(kind) for kind in ANY_AND_KINDS},
        {kind: trial.false_alarm(kind) for kind in ANY_AND_KINDS},
    )


def observed_of(rates, truth, size, rng):
    true = [*truth, 1 - sum(truth)]
    shares = sum(np.multiply(share, rates[kind]) for share, kind in zip(true, KINDS, strict=True))
    counts = rng.multinomial(size, shares)
    return wilson_ratios(dict(zip(map(str, KINDS), counts.tolist(), strict=True)), size)


@pytest.mark.parametrize(
    ("rates", "truth", "names"),
    [
        pytest.param(DIALOGUE, (0, 0, 0.3), ["any", "verbatim"], id="dialogue, ideas"),
        pytest.param(DIALOGUE, (0.5, 0, 0), ANY_AND_KINDS, id="dialogue, verbatim"),
        pytest.param(SUMMARIES, (0, 0, 0.3), ANY_AND_KINDS, id="summaries, ideas"),
        pytest.param(SUMMARIES, (0.5, 0, 0), ANY_AND_KINDS, id="summaries, verbatim"),
        pytest.param(SUMMARIES, (0.1, 0.1, 0.1), ANY_AND_KINDS, id="summaries, all"),
    ],
)
def test_what_a_model_copies_is_held_by_the_corrected_intervals(rates, truth, names):
    expected = dict(zip(ANY_AND_KINDS, (sum(truth), *truth), strict=True))
    held = dict.fromkeys(names, 0)
    for seed in range(60):
        rng = np.random.default_rng(seed)
        found = correct(trial_of(rates, 60, rng), observed_of(rates, truth, 1000, rng))
        for name in names:
            ratio = getattr(found, name)
            low, high = ratio.ci95 or (0, 1000)
            held[name] += low - 1e-6 <= 1000 * expected[name] <= high + 1e-6
    assert min(held.values()) >= 52, held


def test_digests_that_are_found_as_paraphrases_are_not_called_paraphrases():
    observed = wilson_ratios({"paraphrase": 249, "idea": 3}, 1000)
    found = correct(trial_of(DIALOGUE), observed)
    assert found.paraphrase.reason == "paraphrase and idea are not surely told apart: see confusion"
    assert found.any.ci95[0] < 1000 * 0.25 / 0.95
    assert found.any.ci95[1] > 300
    assert found.verbatim.permille == 0


def test_where_nothing_of_two_such_kinds_was_found_there_is_little_of_either():
    found = correct(trial_of(DIALOGUE), wilson_ratios({"verbatim": 500}, 1000))
    assert found.paraphrase.permille == pytest.approx(0, abs=2)
    assert found.paraphrase.ci95[1] < 40


def test_a_model_that_copies_word_for_word_is_not_given_other_kinds_misses():
    observed = wilson_ratios({"verbatim": 490}, 1000)
    found = correct(trial_of(SUMMARIES), observed)
    assert found.any.permille == pytest.approx(500, abs=10)
    assert found.any.method == METHOD


def test_a_kind_that_no_other_is_taken_for_is_corrected_by_its_own_rates():
    trial = trial_of(SUMMARIES)
    observed = wilson_ratios({"verbatim": 300, "paraphrase": 40, "idea": 10}, 1000)
    rates = trial.sensitivity("verbatim"), trial.false_alarm("verbatim")
    assert correct(trial, observed).verbatim == corrected_ratio(observed.verbatim, *rates)


def test_a_kind_that_is_never_seen_does_not_unsettle_one_that_it_is_never_taken_for():
    rates = {V: (1, 0, 0, 0), P: (0, 0.9, 0, 0.1), D: (0, 0.4, 0, 0.6), N: (0, 0, 0, 1)}
    trial = trial_of(rates, num_planted=20)
    observed = wilson_ratios({"verbatim": 25, "paraphrase": 8}, 44)
    found = correct(trial, observed)
    own = trial.sensitivity("verbatim"), trial.false_alarm("verbatim")
    assert found.verbatim == corrected_ratio(observed.verbatim, *own)
    assert found.paraphrase.reason == "paraphrase and idea are not surely told apart: see confusion"


def test_where_only_one_kind_can_be_planted_any_is_the_formulas_too():
    trial = trial_of(SUMMARIES)
    trial = Trial({**trial.found, P: [], D: []}, [])
    observed = wilson_ratios({"verbatim": 300}, 1000)
    found = correct(trial, observed)
    rates = trial.sensitivity("any"), trial.false_alarm("any")
    assert found.any == corrected_ratio(observed.any, *rates)
    assert found.idea.reason == "no document is long enough to plant it"
    with_idea = correct(trial, wilson_ratios({"verbatim": 300, "idea": 1}, 1000)).any
    assert with_idea.reason == "idea was found, but planted fewer than 10 times"


def test_a_kind_that_was_planted_once_does_not_unsettle_the_others():
    trial = trial_of(SUMMARIES)
    found = {**trial.found, D: [P]}
    observed = wilson_ratios({"verbatim": 300, "paraphrase": 50}, 1000)
    rates = trial.sensitivity("verbatim"), trial.false_alarm("verbatim")
    corrected = correct(Trial(found, []), observed)
    assert corrected.verbatim == corrected_ratio(observed.verbatim, *rates)
    assert corrected.paraphrase.permille == pytest.approx(50 / 0.9, abs=1)
    assert corrected.any.permille == pytest.approx(1000 * (0.3 / 0.98 + 0.05 / 0.9), abs=8)
    assert corrected.idea.reason == "the detector is no better than chance: Se + Sp <= 1"
    mistaken = {**found, P: [D] * 10 + [P] * 50, D: [D] * 3}
    why = "other kinds are found as idea, which was planted fewer than 10 times"
    assert correct(Trial(mistaken, []), observed).idea.reason == why


def test_few_plants_of_all_kinds_leave_any_open_where_something_was_found():
    trial = trial_of(SUMMARIES, 4)
    some = correct(trial, wilson_ratios({"verbatim": 30}, 100)).any
    assert some.reason == "verbatim was found, but planted fewer than 10 times"
    assert correct(trial, wilson_ratios({}, 100)).any.permille == 0


def test_a_kind_that_is_hardly_ever_seen_leaves_any_open():
    rates = {**SUMMARIES, D: (0, 0, 0.02, 0.98), N: (0, 0, 0.02, 0.98)}
    found = correct(trial_of(rates), wilson_ratios({"verbatim": 100, "idea": 20}, 1000))
    assert "planted idea is hardly found more often than texts without" in found.any.reason


@pytest.mark.parametrize("empty", [(V, P, D), (N,)])
def test_without_plants_or_texts_without_one_nothing_is_corrected(empty):
    trial = trial_of(SUMMARIES)
    trial = Trial({**trial.found, **{kind: [] for kind in empty}}, [])
    found = correct(trial, wilson_ratios({"verbatim": 3}, 10))
    assert all(one["permille"] is None for one in found.to_dict().values())


def test_nothing_measurable_is_said_and_not_corrected():
    found = correct(trial_of(SUMMARIES), wilson_ratios({}, 0, reason_if_empty="nothing to measure"))
    assert found.any.reason == found.idea.reason == "nothing to measure"


def test_generations_of_one_example_widen_the_interval():
    def width(groups):
        kinds = np.arange(400) % 4
        ratios = [
            grouped_ratio(kinds > 0, groups),
            *(grouped_ratio(kinds == i, groups) for i in (1, 2, 3)),
        ]
        low, high = correct(trial_of(SUMMARIES, 600), Ratios(*ratios)).any.ci95
        return high - low

    assert width(np.arange(400) % 40) > 1.5 * width(np.arange(400))


def test_the_confusion_has_a_count_for_each_pair_of_kinds():
    found = confusion(trial_of(DIALOGUE, 100).found)
    assert found["idea"] == {"verbatim": 0, "paraphrase": 83, "idea": 1, "none": 16}
    assert found.keys() == {"verbatim", "paraphrase", "idea", "none"}
