"""Seeds become cases where the plain detector and the definition of a cluster say so."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.align import AlignConfig, extension
from permille.align.matching import match_stems
from permille.align.pair import Weighted, find_seeds, mended_idf, published_idf
from permille.align.prepare import Bags

from .made_pairs import SENTENCES, weigh_pair, weighed


@given(
    st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), min_size=1, max_size=12),
    st.integers(0, 5),
    st.integers(0, 5),
)
def test_seeds_are_cut_where_the_plain_detector_cuts_them(oracle, seeds, gap, source_gap):
    expected = oracle.cluster(seeds, gap, source_gap)
    assert extension.cluster(seeds, (gap, source_gap), (1, 1)) == expected


@settings(max_examples=60)
@given(suspicious=SENTENCES, source=SENTENCES, gap=st.integers(0, 2), data=st.data())
def test_clusters_are_tried_again_as_by_the_plain_detector(oracle, suspicious, source, gap, data):
    config = replace(AlignConfig.paper(), th1=0.1, th2=0.1)
    weighted, (left, right) = weighed(oracle, " ".join(suspicious), " ".join(source))
    limits = replace(oracle.Thresholds(), cosine=0.1, dice=0.1)
    seeds = oracle.seeds_of(left, right, limits)
    found = find_seeds(weighted.suspicious, weighted.source, config, published_idf)
    assert (found[1] if found else []) == seeds
    boxes = oracle.extend(seeds, left, right, (gap, gap), replace(limits, passage_cosine=0.0))
    values = [
        oracle.cosine(oracle.passage(left, *b[:2]), oracle.passage(right, *b[2:])) for b in boxes
    ]
    least = data.draw(st.sampled_from([value for value in values if 0 < value < 1] or [0.34]))
    for th3 in (least, math.nextafter(least, 0)):
        expected = oracle.extend(
            seeds, left, right, (gap, gap), replace(limits, passage_cosine=th3)
        )
        if seeds:
            got = extension.extend(seeds, weighted, (gap, gap), replace(config, th3=th3))
            assert got == expected


SEEDS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=14, unique=True
)
SIZES = st.tuples(st.integers(1, 3), st.integers(1, 3))


def parted(piece: set, side: int, gap: int) -> list[set]:
    """Part seeds on one side: two that are at most gap + 1 apart stay together."""
    parts: list[set] = []
    for seed in piece:
        near = [p for p in parts if any(abs(seed[side] - one[side]) <= gap + 1 for one in p)]
        parts = [p for p in parts if p not in near] + [{seed}.union(*near)]
    return parts


def never_parted(seeds: list, gaps: tuple[int, int]) -> list[list]:
    """Part pieces on both sides over and over until none is parted."""
    pieces, before = [set(seeds)], 0
    while len(pieces) != before:
        before = len(pieces)
        for side in (0, 1):
            pieces = [part for piece in pieces for part in parted(piece, side, gaps[side])]
    return sorted(map(sorted, pieces))


def plain_clusters(
    seeds: set, gaps: tuple[int, int], sizes: tuple[int, int], side: int = 0, is_first: bool = True
) -> list[set]:
    """Part pieces as the published code does, without those that are too small on a side."""
    parts = [part for part in parted(seeds, side, gaps[side]) if len(part) >= sizes[side]]
    if len(parts) <= 1 and not is_first:
        return parts
    return [done for part in parts for done in plain_clusters(part, gaps, sizes, 1 - side, False)]


def plain_extend(seeds: list, weighted: Weighted, gaps: tuple[int, int], config: AlignConfig):
    found = []
    for piece in plain_clusters(set(seeds), gaps, (config.susp_size, config.src_size)):
        rows, columns = zip(*piece, strict=True)
        box = min(rows), max(rows), min(columns), max(columns)
        if weighted.cosine(box) > config.th3:
            found.append(box)
        elif gaps[0] > config.susp_gap_least and gaps[1] > config.src_gap_least:
            found += plain_extend(piece, weighted, (gaps[0] - 1, gaps[1] - 1), config)
    return sorted(found)


GAPS = st.tuples(st.integers(0, 3), st.integers(0, 3))


@given(SEEDS, GAPS)
def test_clusters_are_the_pieces_that_no_gap_parts_on_either_side(seeds, gaps):
    found = extension.cluster(seeds, gaps, (1, 1))
    assert sorted(map(sorted, found)) == never_parted(seeds, gaps)


@given(SEEDS, GAPS, SIZES)
def test_clusters_leave_out_what_is_too_small_on_a_side(seeds, gaps, sizes):
    found = extension.cluster(seeds, gaps, sizes)
    assert sorted(map(sorted, found)) == sorted(
        map(sorted, plain_clusters(set(seeds), gaps, sizes))
    )


def test_a_piece_that_one_side_parts_is_looked_at_again_on_the_other():
    # only with (1, 9) between them are 0 and 2 near enough on the suspicious side
    seeds = [(0, 0), (1, 9), (2, 1)]
    assert extension.cluster(seeds, (0, 0), (1, 1)) == [[(0, 0)], [(2, 1)], [(1, 9)]]
    assert extension.cluster(seeds, (1, 0), (1, 1)) == [[(0, 0), (2, 1)], [(1, 9)]]
    # as published, a piece counts as whole where all of its other parts are too small
    assert extension.cluster(seeds, (0, 0), (1, 2)) == [[(0, 0), (2, 1)]]
    assert extension.cluster(seeds, (0, 0), (4, 1)) == []


def test_the_bounds_are_the_outermost_sentences_of_both_sides():
    assert extension.bounds([(3, 9)]) == (3, 3, 9, 9)
    assert extension.bounds([(3, 9), (5, 2), (4, 7)]) == (3, 5, 2, 9)


BAGS = st.lists(
    st.dictionaries(st.integers(0, 6), st.integers(1, 2), min_size=1, max_size=3),
    min_size=13,
    max_size=13,
).map(Bags.of)
LEAST_GAPS = st.tuples(st.integers(0, 2), st.integers(0, 2))


@settings(max_examples=60)
@given(SEEDS, BAGS, BAGS, LEAST_GAPS, SIZES, st.data())
def test_clusters_that_are_not_alike_are_parted_by_smaller_gaps_down_to_the_least(
    seeds, suspicious, source, least, sizes, data
):
    matched = match_stems(suspicious.stems, source.stems)
    weighted = weigh_pair(suspicious, source, matched, mended_idf)
    cosines = {weighted.cosine((i, i, j, j)) for i, j in seeds}
    config = AlignConfig(
        susp_gap=3,
        src_gap=2,
        susp_gap_least=least[0],
        src_gap_least=least[1],
        susp_size=sizes[0],
        src_size=sizes[1],
        # what one of the seeds only reaches: the passages around it are often less alike
        th3=data.draw(st.sampled_from(sorted(c for c in cosines if c < 1) or [0.5])),
    )
    found = extension.extend(seeds, weighted, (3, 2), config)
    assert sorted(found) == plain_extend(seeds, weighted, (3, 2), config)


@pytest.mark.parametrize(
    ("susp_gap_least", "src_gap_least", "boxes"),
    [(0, 0, [(0, 0, 0, 0), (2, 2, 2, 2)]), (1, 0, []), (0, 1, [])],
)
def test_neither_gap_goes_below_its_least(susp_gap_least, src_gap_least, boxes):
    # two equal sentences on either side of one that is long and like nothing
    left, right = Bags.of([{1: 1}, {8: 50}, {2: 1}]), Bags.of([{1: 1}, {9: 50}, {2: 1}])
    weighted = weigh_pair(left, right, match_stems(left.stems, right.stems), mended_idf)
    config = AlignConfig(susp_gap_least=susp_gap_least, src_gap_least=src_gap_least, th3=0.9)
    assert extension.extend([(0, 0), (2, 2)], weighted, (1, 1), config) == boxes


@pytest.mark.parametrize(
    ("susp_size", "src_size", "boxes"), [(1, 2, [(0, 2, 0, 1)]), (2, 1, [])], ids=["src", "susp"]
)
def test_each_side_has_its_own_fewest_seeds(susp_size, src_size, boxes):
    bags = Bags.of([{1: 1}] * 10)
    weighted = weigh_pair(bags, bags, match_stems(bags.stems, bags.stems), mended_idf)
    config = AlignConfig(susp_size=susp_size, src_size=src_size)
    assert extension.extend([(0, 0), (1, 9), (2, 1)], weighted, (0, 0), config) == boxes
