"""Every comparison of the published rules at its boundary, against the plain detector.

A threshold is set to the very double that the plain detector compares with it, and to the double
below: what must be exceeded is then only reached, or exceeded by the last bit. Both detectors must
agree on either side, and the two sides must differ, or the pair shows nothing.
"""

import math
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.align import AlignConfig, Aligner, extension, overlap
from permille.align.kernels import match_stems
from permille.align.pair import find_seeds, published_idf, weigh_pair

LEFT = (
    "The harbor master counted yellow boats before the storm. Nobody painted the chapel blue. "
    "A violinist rehearsed the sonata beside a frozen canal. Engineers replaced broken turbines. "
    "The library closed early, heating had failed again. Yellow boats and blue chapels stayed."
)
RIGHT = (
    "Before the autumn storm a master counted boats in the harbor. Skaters gathered at noon. "
    "The chapel was painted blue by nobody. Farmers carried apples over the bridge. Beside the "
    "canal a violinist played. The broken turbine was replaced again by cheap engineers."
)
FILLER = (
    "Grandmother planted beans behind the shed. Horses waited patiently on the other side. "
    "Three students translated an old manuscript. Oranges travel north in wooden crates. "
    "Lanterns burned all night long. Somebody whistled a tune nobody remembered. "
)
"""As many sentences as end a cluster, like nothing else."""


def plain(found) -> tuple[str, list]:
    spans = [
        tuple((span.start_char, span.end_char) for span in (case.suspicious, case.source))
        for case in found.cases
    ]
    return str(found.kind), sorted(spans)


def answers(oracle, limits: dict, names: dict, suspicious: str, source: str) -> tuple[str, list]:
    """Return what both detectors say under some limits; they must say the same."""
    kind, spans = oracle.align(suspicious, source, replace(oracle.Thresholds(), **limits))
    config = replace(AlignConfig.paper(), **{names[name]: value for name, value in limits.items()})
    assert plain(Aligner(config).align(suspicious, source)) == (kind, sorted(spans))
    return kind, sorted(spans)


NAMES = {
    "cosine": "th1",
    "dice": "th2",
    "passage_cosine": "th3",
    "min_case_chars": "min_plaglen",
    "min_run_chars": "verbatim_minlen",
}


def sides_differ(oracle, name: str, value: float, **others: float) -> bool:
    """Compare both detectors at a boundary and a bit below; tell whether that bit decides."""
    found = [
        answers(oracle, {**others, name: least}, NAMES, LEFT, RIGHT)
        for least in (value, math.nextafter(value, 0))
    ]
    return found[0] != found[1]


def recorded(monkeypatch, oracle, measure: str, used_by: str, **limits: float) -> set[float]:
    """Return the values between 0 and 1 that one step of the plain detector compares."""
    values: set[float] = set()
    compute, step = getattr(oracle, measure), getattr(oracle, used_by)

    def noting(*arguments):
        values.add(compute(*arguments))
        return compute(*arguments)

    def watched(*arguments):
        with monkeypatch.context() as patch:
            patch.setattr(oracle, measure, noting)
            return step(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(oracle, used_by, watched)
        oracle.align(LEFT, RIGHT, replace(oracle.Thresholds(), **limits))
    return {value for value in values if 0 < value < 1}


@pytest.mark.parametrize(
    ("name", "measure", "used_by", "all_compared", "others"),
    [
        ("cosine", "cosine", "seeds_of", 0.0, {"dice": 0.0, "passage_cosine": 0.0}),
        ("dice", "dice", "seeds_of", 0.0, {"cosine": 0.0, "passage_cosine": 0.0}),
        # where nothing is alike enough every cluster is cut to the end
        ("passage_cosine", "cosine", "extend", 0.99, {"cosine": 0.1, "dice": 0.1}),
    ],
)
def test_what_only_reaches_a_threshold_does_not_exceed_it(
    monkeypatch, oracle, name, measure, used_by, all_compared, others
):
    limits = {"min_case_chars": 1, **others}
    values = recorded(monkeypatch, oracle, measure, used_by, **limits, **{name: all_compared})
    deciding = [value for value in values if sides_differ(oracle, name, value, **limits)]
    assert len(deciding) >= 3


def blanks(text: str, chars: int) -> str:
    """Lengthen a text by blanks in its first gap, which no step but the lengths sees."""
    first, rest = text.split(" ", 1)
    return first.ljust(len(first) + 1 + chars - len(text)) + rest


@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_a_source_of_exactly_three_times_the_length_is_an_idea(oracle, extra):
    short = "A violinist rehearsed sonatas beside canals. Farmers carried apples over bridges."
    long = (
        "A violinist always rehearsed slow sonatas every morning beside frozen canals. "
        "In the valley farmers carried all their apples slowly over wooden bridges."
    )
    kind, spans = answers(oracle, {}, NAMES, short, blanks(long, 3 * len(short) + extra))
    ((suspicious, source),) = spans
    assert source[1] - source[0] == 3 * (suspicious[1] - suspicious[0]) + extra
    assert kind == ("paraphrase" if extra < 0 else "idea")


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize(("chars", "kind"), [(49, "none"), (50, "paraphrase")])
def test_a_case_of_exactly_fifty_characters_on_a_side_is_long_enough(oracle, side, chars, kind):
    texts = ["Violinists rehearsed slow sonatas daily.", "Daily violinists rehearsed sonatas."]
    texts[side], texts[1 - side] = blanks(texts[side], chars), blanks(texts[1 - side], 60)
    assert answers(oracle, {}, NAMES, texts[0], f"{texts[1]} {FILLER}")[0] == kind


@pytest.mark.parametrize(("chars", "kind"), [(50, "paraphrase"), (51, "verbatim")])
def test_a_run_of_exactly_fifty_characters_is_not_verbatim(oracle, chars, kind):
    run = blanks("violinists rehearsed slow sonatas", chars)
    suspicious, source = f"Whenever {run} daily.", f"Elsewhere {run} nightly."
    assert answers(oracle, {}, NAMES, suspicious, f"{source} {FILLER}")[0] == kind


def weighed(oracle, suspicious: str, source: str):
    """Return the weights of a pair as the package has them and as the plain detector has them."""
    aligner = Aligner(AlignConfig.paper())
    left, right = (aligner.prepare(text).sentences.bags for text in (suspicious, source))
    weighted = weigh_pair(left, right, match_stems(left.stems, right.stems), published_idf)
    vectors = oracle.weigh(oracle.preprocess(suspicious, 3), oracle.preprocess(source, 3))
    return weighted, vectors


@contextmanager
def perfect_above(oracle, value: float):
    """Let both detectors take matches above another value than 0.99 as perfect."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(oracle, "PERFECT", value)
        patch.setattr(overlap, "_PERFECT", value)
        yield


def winners(oracle, boxes, weighted, vectors, perfect: float = 0.99) -> list:
    """Return the cases that stay, which must be those of the plain detector."""
    with perfect_above(oracle, perfect):
        expected = oracle.resolve_overlap(boxes, *vectors)
        assert overlap.resolve_overlap(boxes, weighted) == expected
    return expected


WHOLE = "Yellow boats crossed the harbor before autumn storms."
HALF = "Yellow boats crossed some valley after winter floods."
MOST = "Yellow boats crossed the harbor before winter storms."
OTHER = "Engineers replaced broken turbines with cheaper models."


def test_a_case_that_only_reaches_a_perfect_match_is_not_a_perfect_one(oracle):
    assert (oracle.PERFECT, overlap._PERFECT) == (0.99, 0.99)
    weighted, vectors = weighed(oracle, f"{WHOLE} {OTHER}", f"{MOST} {FILLER} {WHOLE} {HALF}")
    last = len(vectors[1]) - 2
    poorer, better = (0, 0, 0, 0), (0, 0, last, last)
    mine = oracle.quality(poorer, better, *vectors)
    assert 0 < mine < oracle.quality(better, poorer, *vectors)
    # of two perfect cases of one length the first stays, else the better one does
    assert winners(oracle, [poorer, better], weighted, vectors, mine) == [better]
    assert winners(oracle, [poorer, better], weighted, vectors, math.nextafter(mine, 0)) == [poorer]
    # the other case, which is longer, is the one that only reaches it
    longer = (0, 1, 0, 0)
    theirs = oracle.quality(longer, better, *vectors)
    assert 0 < theirs < oracle.quality(better, longer, *vectors)
    assert winners(oracle, [better, longer], weighted, vectors, theirs) == [better]
    assert winners(oracle, [better, longer], weighted, vectors, math.nextafter(theirs, 0)) == [
        longer
    ]


def test_of_two_perfect_cases_of_one_length_the_first_stays(oracle):
    weighted, vectors = weighed(oracle, f"{WHOLE} {OTHER}", f"{WHOLE} {FILLER} {WHOLE} {HALF}")
    last = len(vectors[1]) - 2
    boxes = [(0, 0, 0, 0), (0, 0, last, last)]
    assert oracle.quality(boxes[0], boxes[1], *vectors) > oracle.PERFECT
    assert winners(oracle, boxes, weighted, vectors) == boxes[:1]
    assert winners(oracle, boxes[::-1], weighted, vectors) == boxes[1:]


def test_of_two_perfect_cases_that_are_as_much_longer_the_first_is_taken(oracle):
    passage = f"{WHOLE} {OTHER}"
    weighted, vectors = weighed(oracle, passage, f"{passage} {FILLER} {passage} {HALF}")
    last = len(vectors[1]) - 2
    short, first, second = (0, 0, 0, 0), (0, 1, 0, 1), (0, 1, last - 1, last)
    assert oracle.quality(first, short, *vectors) == oracle.quality(second, short, *vectors) > 0.99
    assert winners(oracle, [short, first, second], weighted, vectors) == [first]
    assert winners(oracle, [short, second, first], weighted, vectors) == [second]


def test_of_cases_that_match_equally_well_the_first_stays(oracle):
    weighted, vectors = weighed(oracle, f"{WHOLE} {OTHER}", f"{HALF} {MOST} {FILLER} {MOST}")
    last = len(vectors[1]) - 1
    half, first, second = ((0, 0, at, at) for at in (0, 1, last))
    assert oracle.quality(first, second, *vectors) == oracle.quality(second, first, *vectors)
    assert oracle.quality(half, first, *vectors) < oracle.quality(first, half, *vectors) < 0.99
    assert winners(oracle, [first, second], weighted, vectors) == [first]
    assert winners(oracle, [second, first], weighted, vectors) == [second]
    # of two that are as much better than a third, the first takes its place
    assert winners(oracle, [half, first, second], weighted, vectors) == [first]
    assert winners(oracle, [half, second, first], weighted, vectors) == [second]


SENTENCES = st.lists(st.sampled_from([WHOLE, HALF, MOST, OTHER]), min_size=3, max_size=7)


@st.composite
def cases_in(draw, num_suspicious: int, num_source: int):
    def ends(count: int) -> tuple[int, int]:
        first = draw(st.integers(0, count - 1))
        return first, draw(st.integers(first, count - 1))

    return [(*ends(num_suspicious), *ends(num_source)) for _ in range(draw(st.integers(2, 5)))]


@settings(max_examples=150)
@given(data=st.data())
def test_cases_of_few_qualities_are_resolved_as_by_the_plain_detector(oracle, data):
    suspicious, source = data.draw(SENTENCES), data.draw(SENTENCES)
    weighted, vectors = weighed(oracle, " ".join(suspicious), " ".join(source))
    boxes = data.draw(cases_in(len(suspicious), len(source)))
    qualities = {
        oracle.quality(box, other, *vectors)
        for box in boxes
        for other in boxes
        if box[0] <= other[1] and other[0] <= box[1]
    }
    for perfect in sorted(qualities):
        winners(oracle, boxes, weighted, vectors, perfect)
        winners(oracle, boxes, weighted, vectors, math.nextafter(perfect, 0))


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
