"""Precision and recall of strata whose truth is known."""

import pytest

from permille.audit.annotation.pairs import Pair
from permille.audit.annotation.strata import (
    Stratum,
    corrected_by_labels,
    precision,
    recall,
    strata_of,
)
from permille.core.records import Kind
from permille.measure.ratio import grouped_ratio, wilson_ratio

V, P, N = Kind.VERBATIM, Kind.PARAPHRASE, Kind.NONE


def stratum(program, num_pairs, *labels, name=None):
    return Stratum(name or str(program), program, num_pairs, labels)


def test_without_weights_precision_is_wilsons_ratio():
    found = precision([stratum(V, 40, *[V] * 30, *[N] * 10)], "verbatim")
    assert found.ci95 == pytest.approx(wilson_ratio(30, 40).ci95, abs=3)
    assert (found.count, found.of, found.permille) == (30, 40, 750)


def test_missed_pairs_count_as_often_as_they_come():
    # 1 of 10 labeled of 1,000: a hundred were missed, beside a hundred that were found
    found = recall([stratum(V, 100, *[V] * 10), stratum(N, 1000, V, *[N] * 9)], "verbatim")
    assert found.permille == pytest.approx(500)
    assert (found.count, found.of) == (10, 11)
    low, high = found.ci95
    assert low < 200
    assert high > 800


def test_where_no_missed_pair_was_seen_recall_is_no_surer_than_the_labels_that_looked_for_one():
    few, many = (
        recall([stratum(V, 100, *[V] * 50), stratum(N, 2500, *[N] * n)], "verbatim").ci95[0]
        for n in (30, 2500)
    )
    # up to 3 of 130 could be overlooked by chance: 58 pairs beside 100
    between = recall([stratum(V, 100, *[V] * 50), stratum(N, 2500, *[N] * 130)], "verbatim").ci95
    assert between[0] == pytest.approx(1000 * 100 / 158, abs=60)
    assert few < between[0] < many
    assert between[1] == 1000


def test_another_kind_is_no_hit_but_is_a_hit_of_any_kind():
    strata = [stratum(V, 10, P, V), stratum(P, 10, P, P), stratum(N, 10, N, N)]
    assert precision(strata, "verbatim").permille == 500
    assert precision(strata, "any").permille == 1000
    assert recall(strata, "paraphrase").permille == pytest.approx(1000 * 2 / 3)


def test_what_was_not_labeled_is_not_guessed():
    strata = [stratum(V, 10, V), stratum(P, 10), stratum(N, 10, N)]
    assert precision(strata, "verbatim").permille == 1000
    assert precision(strata, "paraphrase").reason == "no labeled pair is of paraphrase"
    assert precision(strata, "idea").reason == "the program names it in no pair"
    assert recall(strata, "verbatim").reason == "no labeled pair is of paraphrase"
    none = [stratum(V, 10, N), stratum(N, 10, N)]
    assert recall(none, "verbatim").reason == "no person names it in any labeled pair"


def test_half_the_precision_halves_the_ratio_and_half_the_recall_doubles_it():
    ratio = wilson_ratio(100, 1000)
    imprecise = [stratum(V, 1000, *[V, N] * 250), stratum(N, 1000, *[N] * 1000)]
    halved = corrected_by_labels(ratio, imprecise, "verbatim")
    assert halved.permille == pytest.approx(50)
    assert halved.ci95[0] < 50 < halved.ci95[1] < 75
    missing = [stratum(V, 1000, *[V] * 500), stratum(N, 2000, *[V, N] * 500)]
    doubled = corrected_by_labels(ratio, missing, "verbatim")
    assert doubled.permille == pytest.approx(200)
    both = precision(missing, "verbatim").permille / recall(missing, "verbatim").permille
    assert doubled.permille == pytest.approx(ratio.permille * both)


def test_more_missed_than_there_can_be_leaves_an_interval_below_a_thousand():
    half_found = [stratum(V, 1000, *[V] * 500), stratum(N, 2000, *[V, N] * 500)]
    found = corrected_by_labels(wilson_ratio(950, 1000), half_found, "verbatim")
    assert found.permille == found.ci95[1] == 1000
    assert 850 < found.ci95[0] < 995


def test_a_ratio_of_an_effective_size_is_less_sure():
    strata = [stratum(V, 1000, *[V] * 500), stratum(N, 1000, *[N] * 500)]
    values = [True] * 20 + [False] * 80
    few, many = (
        corrected_by_labels(grouped_ratio(values, groups), strata, "verbatim").ci95
        for groups in ([i // 10 for i in range(100)], range(100))
    )
    assert few[0] < many[0] < many[1] < few[1]


def test_nothing_is_corrected_without_a_ratio_or_claims():
    strata = [stratum(V, 10, V), stratum(N, 10, N)]
    empty = wilson_ratio(0, 0, reason_if_empty="nothing was measurable")
    assert corrected_by_labels(empty, strata, "verbatim").reason == "nothing was measurable"
    claims = corrected_by_labels(wilson_ratio(0, 9), strata, "idea").reason
    assert claims == "the program names it in no pair"


def test_strata_hold_all_pairs_and_the_labels_that_there_are():
    pairs = [Pair(f"g{i}", "d", V, "verbatim", 1.0) for i in range(3)]
    (found,) = strata_of(pairs, {pairs[1].id: P, "of another run": V})
    assert found == Stratum("verbatim", V, 3, (P,))
