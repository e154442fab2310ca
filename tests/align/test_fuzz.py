"""The published rules against the plain detector, and properties of both rules, on random texts."""

import string
import time
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from permille.align import AlignConfig, Aligner
from permille.core.errors import DataError
from permille.core.records import Kind

SENTENCES = (
    "The harbor master counted forty yellow boats before the storm.",
    "A violinist rehearsed every morning beside the frozen canal!",
    "Engineers can't replace the broken turbine (a cheap model) with another.",
    'He said: "Nobody remembered who painted the chapel."',
    "Dr. Smith moved to the U.S. in 1984. He stayed.",
    "Yes.",
    "Gonna go, d'ye see, 'tis late...",
    "“Curly quotes,” she said. “And more.”",
    "The library closed early because heating, i.e. warm air, had failed",
    "İstanbul is old; Straße and naïve café are words.",
)
WORDS = st.sampled_from(sorted({word for text in SENTENCES for word in text.split()}))
PIECES = st.one_of(
    st.sampled_from(SENTENCES),
    st.lists(WORDS, min_size=3, max_size=12).map(" ".join),
    st.sampled_from([" ", "\n\n", "\0", "\t", "...", "?!", "''"]),
)
TEXTS = st.lists(PIECES, min_size=1, max_size=9).map(" ".join)
ANYTHING = st.text(max_size=300)

slow_first = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def plain(found) -> tuple[str, list]:
    return str(found.kind), sorted(
        (
            (case.suspicious.start_char, case.suspicious.end_char),
            (case.source.start_char, case.source.end_char),
        )
        for case in found.cases
    )


@slow_first
@given(TEXTS, TEXTS)
def test_random_pairs_give_what_the_plain_detector_gives(oracle, paper, suspicious, source):
    kind, cases = oracle.align(suspicious, source)
    assert plain(paper.align(suspicious, source)) == (kind, sorted(cases))


@slow_first
@given(ANYTHING, ANYTHING)
def test_any_characters_give_what_the_plain_detector_gives(oracle, paper, suspicious, source):
    kind, cases = oracle.align(suspicious, source)
    assert plain(paper.align(suspicious, source)) == (kind, sorted(cases))


@pytest.mark.parametrize("rules", ["paper", "mended"])
@slow_first
@given(data=st.data())
def test_spans_lie_inside_their_texts(request, rules, data):
    aligner = request.getfixturevalue(rules)
    texts = st.one_of(TEXTS, ANYTHING, st.text(st.characters(), max_size=200))
    suspicious, source = data.draw(texts), data.draw(texts)
    for case in aligner.align(suspicious, source).cases:
        assert 0 <= case.suspicious.start_char < case.suspicious.end_char <= len(suspicious)
        assert 0 <= case.source.start_char < case.source.end_char <= len(source)


@slow_first
@given(TEXTS)
def test_a_text_against_itself_is_one_case_over_all_of_it(mended, text):
    text = text.strip(string.whitespace + string.punctuation + "\0“”")
    found = mended.align(text, text)
    letters = sum(character.isalnum() for character in text)
    if letters > AlignConfig().verbatim_minlen:
        assert found.kind == "verbatim"
        (case,) = [case for case in found.cases if case.kind == "verbatim"]
        assert case.suspicious == case.source
        assert len(case.suspicious) == len(text)


@slow_first
@given(TEXTS, TEXTS)
def test_a_pair_has_runs_in_either_order_or_in_none(mended, first, second):
    def has_run(left: str, right: str) -> bool:
        return any(
            case.kind == "verbatim" and min(len(case.suspicious), len(case.source)) > 52
            for case in mended.align(left, right).cases
        )

    if has_run(first, second):
        assert any(case.kind == "verbatim" for case in mended.align(second, first).cases)


@slow_first
@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_cold_and_prepared_results_are_the_same(pairs):
    for config in (AlignConfig.paper(), AlignConfig()):
        aligner = Aligner(config)
        prepared = [(aligner.prepare(left), aligner.prepare(right)) for left, right in pairs]
        cold = [Aligner(config).align(*pair) for pair in pairs[:1]]
        assert list(aligner.align_many(prepared)) == list(Aligner(config).align_many(pairs))
        assert cold == list(aligner.align_many(prepared[:1]))


def answered(aligner: Aligner, suspicious: str, source: str) -> tuple:
    """Return the cases; none where a line says that the texts are too much for one pair."""
    try:
        return aligner.align(suspicious, source).cases
    except DataError as error:
        if "cut one of them into parts" in str(error):
            return ()
        raise


BAD = {
    "empty": "",
    "one character": "a",
    "one word": "word",
    "only punctuation": "?!... --- ''" * 200,
    "no sentence end": "word another " * 50_000,
    "control characters": "\0\x01\x02\x1b[31m bell\x07 " * 2_000,
    "lone surrogates": "text \ud800 more \udfff words here " * 500,
    "right to left": "שלום עולם טוב מאוד היום. مرحبا بالعالم الجميل. " * 300,
    "cjk": "今天天气很好我们去公园散步。" * 500,
    "emoji": "👩‍👩‍👧‍👦 family 😀 smiles. " * 500,
    "crlf": "A line of words here.\r\nAnother line of words.\r\n\r\n" * 300,
    "one character repeated": "a" * 200_000,
    "one sentence repeated": SENTENCES[0] * 2_000,
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("rules", ["paper", "mended"])
def test_bad_input_gives_an_answer_or_a_clear_error_in_bounded_time(request, rules, name):
    aligner = request.getfixturevalue(rules)
    good = " ".join(SENTENCES)
    start = time.process_time()
    for pair in ((BAD[name], good), (good, BAD[name]), (BAD[name], BAD[name])):
        for case in answered(aligner, *pair):
            assert case.suspicious.end_char <= len(pair[0])
            assert case.source.end_char <= len(pair[1])
    assert time.process_time() - start < 60


SYMBOLS = st.text("🙂😂€═\u0301 .a", max_size=130)


@settings(max_examples=300)
@given(SYMBOLS, SYMBOLS, SYMBOLS)
def test_shared_symbols_without_words_are_answered(mended, before, shared, after):
    left, right = before + shared * 2, shared * 2 + after
    for pair in ((left, right), (right, left), (shared, shared)):
        for case in mended.align(*pair).cases:
            assert case.suspicious.end_char <= len(pair[0])
            assert case.source.end_char <= len(pair[1])


@pytest.mark.parametrize("size", [23, 24, 30, 48, 51, 80])
@pytest.mark.parametrize("symbol", ["🙂", "€", "═", "\u0301"])
def test_a_line_of_symbols_in_two_texts_is_answered(mended, symbol, size):
    line = symbol * size
    texts = [line, f"Words stand up {line}", f"{line} others stood there", f"So {line} funny"]
    assert mended.align(line, line).kind in (Kind.VERBATIM, Kind.NONE)
    kinds = {mended.align(*pair).kind for pair in permutations(texts, 2)}
    assert (Kind.VERBATIM in kinds) == (size > 50)


def test_a_published_span_that_drifts_before_its_start_is_empty(paper):
    # lower-casing the dotted capital makes two characters of one
    run = "the quick brown fox jumps over the lazy dog and then runs away from all of them"
    for count in range(60, 120, 10):
        for case in paper.align(f"{run}.", f"{chr(0x130) * count} {run}").cases:
            assert case.source.start_char <= case.source.end_char


def test_a_text_that_was_prepared_in_another_way_is_refused(paper, mended):
    with pytest.raises(DataError, match="prepared under other settings"):
        paper.align(mended.prepare(SENTENCES[0]), SENTENCES[0])
