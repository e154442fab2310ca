"""Seeds between two texts."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.align import AlignConfig, pair
from permille.align.pair import find_seeds, published_idf
from permille.core.errors import DataError

from .made_pairs import REPETITIVE


@settings(max_examples=60, deadline=None)
@given(REPETITIVE, REPETITIVE, st.integers(1, 60))
def test_like_sentences_looked_for_a_few_at_a_time_are_the_same(paper, left, right, most):
    config = AlignConfig.paper()
    bags = paper.prepare(left).sentences.bags, paper.prepare(right).sentences.bags
    stems = [
        [set(side.stems[side.entry_stems[a:b]].tolist()) for a, b in pairwise(side.offsets)]
        for side in bags
    ]
    like = sum(
        2 * len(one & other) / (len(one) + len(other)) > config.th2
        for one in stems[0]
        for other in stems[1]
    )
    found = find_seeds(*bags, config, published_idf)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pair, "MOST_PAIRS", most)
        if like <= most:
            again = find_seeds(*bags, config, published_idf)
            assert (again and again[1]) == (found and found[1])
        else:
            with pytest.raises(DataError, match=f"at most {most}; cut one of them into parts"):
                find_seeds(*bags, config, published_idf)
