"""Seeds become cases where the plain detector and the definition of a cluster say so."""

import math
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from permille.align import AlignConfig, extension
from permille.align.pair import find_seeds, published_idf

from .made_pairs import SENTENCES, weighed


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
