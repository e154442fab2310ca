"""Every fault of the published detector, with the mended outcome beside it (see DEVIATIONS.md).

The published caller hands the document over as the suspicious text and the generation as the
source; the mended rules take the generation as the suspicious text.
"""

import gzip
import json
from dataclasses import replace
from itertools import islice

import pytest

from permille.align import AlignConfig, Aligner
from permille.audit.judging import Confirmation

HARBOR = "The harbor master counted forty yellow boats before the autumn storm arrived."
VIOLIN = (
    "A violinist rehearsed a slow sonata every morning beside the frozen canal,"
    " where skaters gathered at noon with lanterns and warm chestnuts in paper bags."
)
VIOLIN_REWORDED = (
    "A violinist practiced the slow sonata each morning beside that frozen canal,"
    " where skaters met at noon with lanterns and roasted chestnuts in paper bags."
)
TURBINE = "Engineers replaced the broken turbine with a cheaper model."
CHAPEL = "Nobody remembered who had painted the northern chapel blue."
LIBRARY = "The library closed early because the heating had failed again."
STUDENTS = "Three students translated the poem from an old Danish manuscript."
DIGEST = (
    "A violinist rehearsed beside a canal in the morning. Farmers carried apples over a bridge."
)
LONG = (
    "A violinist always rehearsed music every single morning beside the old canal that was"
    " completely frozen over. The conductor listened quietly from his tall window above it all,"
    " every day. In the valley the farmers carried all of their apples slowly across the very"
    " narrow wooden bridge. Their horses waited patiently there on the other side until noon."
)


@pytest.fixture
def published(paper):
    """What the published caller finds: its kind, and the spans in generation and document."""

    def find(generation: str, document: str):
        found = paper.align(document, generation)
        spans = [
            (
                (case.source.start_char, case.source.end_char),
                (case.suspicious.start_char, case.suspicious.end_char),
            )
            for case in found.cases
        ]
        return str(found.kind), sorted(spans)

    return find


def kinds(found) -> set[str]:
    return {str(case.kind) for case in found.cases}


def test_a_document_that_summarizes_the_generation_is_all_that_the_swapped_call_can_call_idea(
    published, mended, shared_data
):
    assert published(LONG, DIGEST)[0] == "idea"
    assert published(DIGEST, LONG)[0] == "paraphrase"
    path = shared_data / "summarization_cnndm.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, 20)]
    condensing = {mended.align(row["target"], row["input"]).summary_of_source for row in rows}
    condensed = {mended.align(row["input"], row["target"]).summary_of_source for row in rows}
    assert condensing == {True, None}
    assert condensed == {False, None}


def test_an_exact_copy_of_one_sentence_is_lost_and_in_the_default_found(published, mended):
    assert published(HARBOR, HARBOR) == ("none", [])
    found = mended.align(HARBOR, HARBOR)
    assert found.kind == "verbatim"
    assert [len(case.suspicious) for case in found.cases] == [len(HARBOR)]


def test_the_summary_pass_has_one_gap_for_both_sides_and_the_default_has_no_such_pass(references):
    rows = references["stress"][:150]

    def found(config: AlignConfig) -> list:
        pairs = ((row["document"], row["generation"]) for row in rows)
        return list(Aligner(config).align_many(pairs))

    paper, mended = AlignConfig.paper(), AlignConfig()
    assert found(paper) != found(replace(paper, src_gap_summary=4))
    assert found(mended) == found(replace(mended, src_gap_summary=4))


def test_a_phrase_that_the_document_repeats_erases_itself_and_in_the_default_does_not(
    published, mended
):
    generation = f"{VIOLIN} {HARBOR} {TURBINE}"
    document = f"{HARBOR} {HARBOR}"
    assert published(generation, document)[0] == "paraphrase"
    assert mended.align(generation, document).kind == "verbatim"


def test_an_annexed_sentence_ends_early_and_in_the_default_where_the_text_does(published, mended):
    short = "Indeed, yes.          "
    generation = f"{short}{VIOLIN}"
    document = f"{LIBRARY} {STUDENTS} {short}{VIOLIN_REWORDED}"
    ((_, (_, document_end)),) = published(generation, document)[1]
    assert document_end == len(document) - 10
    (case,) = mended.align(generation, document).cases
    assert case.source.end_char == len(document)
    assert case.suspicious.end_char == len(generation)


def test_a_short_last_sentence_stays_outside_and_in_the_default_joins_the_one_before(paper, mended):
    text = f"{HARBOR} {VIOLIN} So it was."
    assert paper.prepare(text).sentences.spans[-1] != mended.prepare(text).sentences.spans[-1]
    assert mended.prepare(text).sentences.spans[-1] == (len(HARBOR) + 1, len(text))


def test_one_long_run_drops_the_other_cases_and_in_the_default_they_stay(published, mended):
    generation = f"{HARBOR} {LIBRARY} {STUDENTS} {VIOLIN_REWORDED}"
    document = f"{HARBOR} {TURBINE} {CHAPEL} {VIOLIN}"
    kind, spans = published(generation, document)
    assert (kind, len(spans)) == ("verbatim", 1)
    found = mended.align(generation, document)
    assert found.kind == "verbatim"
    assert kinds(found) == {"verbatim", "paraphrase"}


def test_equal_sentences_are_no_paraphrases_and_in_the_default_they_are():
    class Always:
        def probabilities(self, pairs):
            return [1.0 for _ in pairs]

    def confirms(equal_counts: bool) -> list[bool]:
        confirmation = Confirmation(
            Always(), lambda text: [text], 0.5, 10, equal_counts=equal_counts
        )
        return list(confirmation.confirm([(HARBOR, HARBOR)]))

    assert confirms(equal_counts=False) == [False]
    assert confirms(equal_counts=True) == [True]


def test_a_nul_character_becomes_a_blank_in_both(published, mended):
    generation = f"{HARBOR} {VIOLIN}".replace(" ", "\0", 3)
    document = f"{HARBOR} {VIOLIN} {TURBINE}"
    assert published(generation, document)[0] == "verbatim"
    assert mended.align(generation, document).kind == "verbatim"


def test_thresholds_must_be_exceeded_and_not_only_reached(oracle, paper):
    limits = oracle.Thresholds()
    left = {"a": 1.0, "b": 1.0, "c": 1.0}
    # 2 * 1 / (3 + 3) lies just above th2, and 2 * 33 / 200 is exactly it
    assert oracle.dice(left, {"a": 1.0, "x": 1.0, "y": 1.0}) > limits.dice
    stems = [f"stem{chr(97 + i // 26)}{chr(97 + i % 26)}q" for i in range(167)]
    first, second = " ".join(stems[:100]), " ".join(stems[67:])
    text = f"{first.capitalize()}. {VIOLIN} {TURBINE}"
    other = f"{second.capitalize()}. {CHAPEL} {LIBRARY}"
    kind, cases = oracle.align(text, other)
    assert (kind, cases) == ("none", [])
    assert paper.align(text, other).kind == "none"
    lower = Aligner(replace(AlignConfig.paper(), th2=0.3299, th1=0.0, th3=0.0))
    assert lower.align(text, other).kind != "none"


def test_sentences_are_annexed_by_words_with_repeats(oracle, paper):
    text = f"Boats, boats, boats. {VIOLIN}"
    assert len(oracle.preprocess(text, 3).bags) == 2
    assert len(paper.prepare(text).sentences.bags) == 2
