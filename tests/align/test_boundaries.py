"""Every comparison of the published rules at its boundary, against the plain detector.

A threshold is set to the very double that the plain detector compares with it, and to the double
below: what must be exceeded is then only reached, or exceeded by the last bit. Both detectors must
agree on either side, and the two sides must differ, or the pair shows nothing.
"""

import math
from dataclasses import replace

import pytest

from permille.align import AlignConfig, Aligner

from .made_pairs import FILLER

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
