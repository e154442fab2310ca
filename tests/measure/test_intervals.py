"""Score intervals against published worked examples, closed forms and statsmodels."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from permille.measure.intervals import Z95, mover_interval, tango_interval, wilson_interval

shares = st.integers(1, 2000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
pairs = st.tuples(st.integers(0, 200), st.integers(0, 200), st.integers(1, 200)).map(
    lambda cells: (cells[0], cells[1], sum(cells))
)


@given(shares)
def test_wilson_equals_statsmodels_for_whole_counts(drawn):
    count, of = drawn
    assert wilson_interval(count, of) == pytest.approx(
        proportion_confint(count, of, method="wilson"), abs=1e-12
    )


def test_wilson_takes_fractions_of_a_count():
    low, high = wilson_interval(1.5, 20.5)
    for end in (low, high):
        z = abs(1.5 / 20.5 - end) / math.sqrt(end * (1 - end) / 20.5)
        assert z == pytest.approx(Z95, abs=1e-9)


@pytest.mark.parametrize(
    ("table", "published"),
    [
        pytest.param((56, 70, 48, 80), (0.0524, 0.3339), id="a"),
        pytest.param((9, 10, 3, 10), (0.1705, 0.8090), id="b"),
        pytest.param((6, 7, 2, 7), (0.0582, 0.8062), id="c"),
        pytest.param((5, 56, 0, 29), (-0.0381, 0.1926), id="d"),
        pytest.param((0, 10, 0, 20), (-0.1611, 0.2775), id="e"),
        pytest.param((0, 10, 0, 10), (-0.2775, 0.2775), id="f"),
        pytest.param((10, 10, 0, 20), (0.6791, 1.0), id="g"),
        pytest.param((10, 10, 0, 10), (0.6075, 1.0), id="h"),
    ],
)
def test_newcombe_equals_the_eight_examples_of_his_paper(table, published):
    count, of, other_count, other_of = table
    ends = mover_interval(
        count / of,
        wilson_interval(count, of),
        other_count / other_of,
        wilson_interval(other_count, other_of),
    )
    assert ends == pytest.approx(published, abs=6e-5)


@given(shares, shares)
def test_newcombe_equals_statsmodels(first, second):
    ends = mover_interval(
        first[0] / first[1],
        wilson_interval(*first),
        second[0] / second[1],
        wilson_interval(*second),
    )
    theirs = confint_proportions_2indep(*first, *second, method="newcomb", compare="diff")
    assert ends == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize(
    ("gained", "lost", "of", "published"),
    [
        pytest.param(1, 7, 21, (-0.517, -0.026), id="airway hyper-responsiveness, 2009"),
        pytest.param(60, 20, 1000, (0.0231, 0.0584), id="as R's PropCIs"),
        pytest.param(20, 60, 1000, (-0.0584, -0.0231), id="as R's PropCIs, mirrored"),
    ],
)
def test_tango_equals_published_examples(gained, lost, of, published):
    assert tango_interval(gained, lost, of) == pytest.approx(published, abs=6e-4)


@given(st.integers(1, 10_000))
def test_tango_without_a_discordant_pair_is_its_closed_form(of):
    end = Z95**2 / (of + Z95**2)
    assert tango_interval(0, 0, of) == pytest.approx((-end, end), abs=1e-9)


@given(pairs)
def test_tango_mirrors_and_holds_its_estimate(cells):
    gained, lost, of = cells
    low, high = tango_interval(gained, lost, of)
    assert -1 <= low <= (gained - lost) / of <= high <= 1
    assert tango_interval(lost, gained, of) == pytest.approx((-high, -low), abs=1e-9)


@given(pairs)
def test_tangos_ends_are_where_the_score_statistic_is_at_its_limit(cells):
    gained, lost, of = cells
    for end in tango_interval(gained, lost, of):
        if -1 < end < 1:
            assert abs(_score_by_search(gained, lost, of, end)) == pytest.approx(Z95, abs=1e-3)


def _score_by_search(gained: int, lost: int, of: int, difference: float) -> float:
    """The score statistic with the share of `lost` found by maximizing the likelihood itself."""

    def log_likelihood(share_lost: float) -> float:
        cells = (share_lost + difference, share_lost, 1 - 2 * share_lost - difference)
        counts = (gained, lost, of - gained - lost)
        return sum(n * math.log(max(c, 1e-300)) for n, c in zip(counts, cells, strict=True) if n)

    low, high = max(0.0, -difference), (1 - difference) / 2
    for _ in range(200):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if log_likelihood(left) < log_likelihood(right):
            low = left
        else:
            high = right
    variance = of * (2 * low + difference * (1 - difference))
    return (gained - lost - of * difference) / math.sqrt(variance)


@given(shares, shares)
def test_a_joined_interval_mirrors_when_the_sides_are_swapped(first, second):
    own, other = wilson_interval(*first), wilson_interval(*second)
    share, other_share = first[0] / first[1], second[0] / second[1]
    low, high = mover_interval(share, own, other_share, other)
    assert mover_interval(other_share, other, share, own) == pytest.approx((-high, -low))
    assert low <= share - other_share <= high


@given(st.floats(0.05, 1), pairs)
def test_tango_takes_fractions_of_pairs_as_smaller_samples(scale, cells):
    gained, lost, of = cells
    whole = tango_interval(gained, lost, of)
    low, high = tango_interval(gained * scale, lost * scale, of * scale)
    assert -1 <= low <= whole[0] + 1e-9
    assert whole[1] - 1e-9 <= high <= 1


@given(st.floats(0, 1), st.floats(0.5, 1e5))
def test_wilson_of_any_fraction_holds_its_share_and_narrows_with_size(share, of):
    low, high = wilson_interval(share * of, of)
    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1
    wider = wilson_interval(share * of / 2, of / 2)
    assert wider[0] <= low + 1e-12
    assert high - 1e-12 <= wider[1]


@pytest.mark.parametrize("count", [10.000000001, -1e-12])
def test_a_count_just_outside_by_rounding_is_at_the_end(count):
    low, high = wilson_interval(count, 10)
    assert (low, high) == wilson_interval(round(count), 10)
