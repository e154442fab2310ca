"""Passages that condense a text: which texts are looked at, and what is measured of the best."""

import math
import random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from permille.align import summaries
from permille.align.evidence import ABSENT, BESIDE, PRESENT, RARE
from permille.align.refine import SOURCE, SUSPICIOUS
from permille.align.summaries import (
    SUMMARY_BREAKS_SHAPE,
    SUMMARY_MEASURES,
    SUMMARY_TABLE_SHAPE,
    SummaryEvidence,
    condensing,
    find_summary,
)

from .made_pairs import worded

NAMES = [f"w{at}x" for at in range(12)]
"""Words that are as rare as can be."""
FEWEST_WORDS, MOST_WORDS = 10, 260


def text_of(num_words: int, names: list[str] = NAMES) -> str:
    """Return so many words, of which the first are rare ones, each once."""
    return " ".join([*names, *["the"] * num_words][:num_words])


@pytest.mark.parametrize(
    ("own", "other", "is_looked_at"),
    [
        (text_of(10), text_of(60), True),
        (text_of(9), text_of(60), False),
        (text_of(10), text_of(59), False),
        (text_of(10), text_of(2_500), True),
        (text_of(10), text_of(2_501), False),
        (text_of(20, NAMES[:6]), text_of(60), True),
        (text_of(20, NAMES[:5]), text_of(60), False),
        (text_of(20, ["w99x", *NAMES[:5]]), text_of(60), False),
    ],
    ids=[
        *("as few words", "too few words", "too short a text", "as long a text"),
        *("too long a text", "as few rare words", "too few", "one that the other has not"),
    ],
)
def test_texts_are_looked_at_that_are_large_enough_and_share_rare_words(own, other, is_looked_at):
    assert (condensing(worded(own, other), SUSPICIOUS) is not None) is is_looked_at
    assert (condensing(worded(other, own), SOURCE) is not None) is is_looked_at


@pytest.mark.parametrize(
    ("num_words", "size"), [(60, 0), (400, 0), (401, 1), (800, 1), (801, 2), (1500, 2), (1501, 3)]
)
def test_the_table_of_weights_goes_by_the_size_of_the_other_text(num_words, size):
    assert condensing(worded(text_of(20), text_of(num_words)), SUSPICIOUS).size == size


def test_a_word_counts_as_present_however_often_it_comes():
    own = "w0x no w0x yes w0x w1x w2x w3x w4x w5x"
    other = f"w0x {'the ' * 60} w3x the the the the w1x w2x the the the the w4x the the the the w5x"
    found = condensing(worded(own, other), SUSPICIOUS)
    assert found.side == SUSPICIOUS
    assert found.codes.tolist() == [
        *(PRESENT, ABSENT, PRESENT, ABSENT, PRESENT),
        *(BESIDE, BESIDE, PRESENT, PRESENT, PRESENT),
    ]


def uneven_evidence(seed: int, scale: int) -> SummaryEvidence:
    """Return weights of which hardly two stretches have the same sum; rare matches count most."""
    rng = np.random.default_rng(seed)
    table = rng.normal(-0.5, 0.3, SUMMARY_TABLE_SHAPE)
    table[:, RARE:, PRESENT:] += 2
    return SummaryEvidence(scale * table, rng.normal(0, 0.3, SUMMARY_BREAKS_SHAPE))


def drawn_texts(rng: random.Random) -> list[list[str]]:
    """Draw a text and a longer one, which share some of their rare words."""
    texts = []
    for num_words in (rng.randint(12, 40), rng.randint(60, 110)):
        names = rng.sample([*NAMES, "w12x", "w13x", "w14x"], 10)
        common = ["the", "of", "and", "doctor", "winter."]
        texts.append(
            [rng.choice(names if rng.random() < 0.4 else common) for _ in range(num_words)]
        )
    return texts


def best_of_all(weights: list[float], opening: list[float], closing: list[float]):
    """Try every stretch; None where two are as good, of which any may be taken."""
    values = {
        (start, end): sum(weights[start:end]) + opening[start] + closing[end]
        for start in range(len(weights))
        for end in range(start + FEWEST_WORDS, min(len(weights), start + MOST_WORDS) + 1)
    }
    most = max(values.values())
    best = [stretch for stretch, value in values.items() if value > most - 1e-9]
    return best[0] if len(best) == 1 else None


def quantile(ascending: list[int], share: float) -> float:
    """Interpolate between the two nearest of the values."""
    place = share * (len(ascending) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ascending) - 1)
    return ascending[below] + (place - below) * (ascending[above] - ascending[below])


def plain_measures(own, other, weights, stretches, has_long_run, levels, stems):
    """Measure the first of two stretches; `stems` are those of the words of both texts."""
    (start, end), (second_start, second_end) = stretches
    size = end - start
    rare = [at for at in range(start, end) if levels[at] >= RARE]
    matching = [at for at in rare if stems[0][at] in stems[1]]
    shared = {stems[0][at] for at in matching}
    places = [at for at, stem in enumerate(stems[1]) if stem in shared]
    part = int(1.5 * size) + 1
    fullest = max(
        (len(shared & set(stems[1][first : first + part])) for first in range(len(other))),
        default=0,
    )
    away = [-9.0 if start - 5 <= at < end + 5 else weights[at] for at in range(len(own))]
    total = sum(weights[start:end])
    values = {
        "fullest_part_share": fullest / max(1, len(shared)),
        "fullest_part_stems": fullest,
        "second_evidence": math.log1p(max(0, sum(away[second_start:second_end]))),
        "part_of_text": min(1, part / len(other)),
        "evidence": math.log1p(max(0, total)),
        "evidence_per_word": total / size,
        "rare_share": (len(matching) + 1) / (len(rare) + 2),
        "spread": (quantile(places, 0.9) - quantile(places, 0.1)) / len(other) if places else 0,
        "evidence_elsewhere": (sum(weights) - total) / max(1, len(own) - size),
        "text_words": math.log(len(other)),
        "times_longer": math.log(len(own) / size),
        "long_run": float(has_long_run),
    }
    return places, values


@settings(max_examples=100)
@given(
    st.integers(0, 2**32),
    st.sampled_from([1, 30]),
    st.sampled_from([SUSPICIOUS, SOURCE]),
    st.booleans(),
)
def test_measures_of_the_best_stretch_are_what_their_names_say(seed, scale, side, has_long_run):
    own, other = drawn_texts(random.Random(seed))
    texts = [" ".join(own), " ".join(other)]
    pair = worded(*texts) if side == SUSPICIOUS else worded(*texts[::-1])
    coded, evidence = condensing(pair, side), uneven_evidence(seed, scale)
    assume(coded is not None)
    wording = pair.texts[side]
    levels = wording.level.tolist()
    cells = zip(levels, coded.codes.tolist(), strict=True)
    weights = [float(evidence.table[coded.size, level, code]) for level, code in cells]
    gaps = [[float(row[kind]) for kind in wording.breaks] for row in evidence.breaks]
    best = best_of_all(weights, *gaps)
    assume(best is not None)
    away = [-9.0 if best[0] - 5 <= at < best[1] + 5 else w for at, w in enumerate(weights)]
    second = best_of_all(away, *gaps)
    assume(second is not None)
    stems = [one.stems[one.index].tolist() for one in (wording, pair.texts[1 - side])]
    places, expected = plain_measures(
        own, other, weights, (best, second), has_long_run, levels, stems
    )
    found = find_summary(pair, coded, has_long_run, evidence)
    if len(places) < 3:
        assert found is None
        return
    block, values = found
    ends = (places[0], places[-1] + 1)
    assert block == ((*best, *ends) if side == SUSPICIOUS else (*ends, *best))
    assert dict(zip(SUMMARY_MEASURES, values.tolist(), strict=True)) == pytest.approx(expected)


@pytest.mark.parametrize(("num_inside", "is_found"), [(3, True), (2, False)])
def test_a_stretch_whose_rare_words_come_at_fewer_than_three_places_is_none(num_inside, is_found):
    # the last words weigh most; other rare words stand too far before them
    own = [*NAMES[num_inside:6], *["of"] * 20, *NAMES[:num_inside], *["the"] * 12]
    pair = worded(" ".join(own), text_of(70))
    evidence = SummaryEvidence(np.ones(SUMMARY_TABLE_SHAPE), np.zeros(SUMMARY_BREAKS_SHAPE))
    evidence.table[..., ABSENT] = -5
    found = find_summary(pair, condensing(pair, SUSPICIOUS), False, evidence)
    assert (found is not None) is is_found
    if found:
        assert found[0] == (len(own) - 12 - num_inside, len(own), 0, num_inside)


@given(
    st.lists(st.integers(0, 2_000), min_size=1, max_size=40),
    st.sampled_from([0.1, 0.9]) | st.floats(0, 1),
)
def test_quantiles_are_those_of_numpy_to_the_last_bit(places, share):
    ascending = np.array(sorted(places), np.int32)
    assert summaries._quantile(ascending, share) == np.quantile(ascending, share)
