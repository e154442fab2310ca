"""What the default finds in short generations."""

import gzip
import json

import pytest

from permille.align import AlignConfig, Aligner
from permille.core.errors import DataError
from permille.core.records import Case, Kind

SENTENCES = (
    "The ferry left the northern harbor at dawn with forty crates of oranges aboard.",
    "Its captain had counted them twice and signed the yellow ledger in red ink.",
    "By noon a thick fog had swallowed the lighthouse and every bell along the coast.",
    "Nobody on the pier could say afterwards which of the boats had turned back first.",
)
REWRITTEN = (
    "At dawn the ferry sailed from the northern harbor, forty crates of oranges being aboard.",
    "Its captain counted each of them twice, then signed a yellow ledger with red ink.",
)
STOCK = (
    "Thank you for your patience with us; please do write back if you have any further question"
    " about this."
)
UNRELATED = "Grandmother planted beans behind the shed because the soil there never froze. "


def texts(case: Case, suspicious: str, source: str) -> tuple[str, str]:
    return (
        suspicious[case.suspicious.start_char : case.suspicious.end_char],
        source[case.source.start_char : case.source.end_char],
    )


def test_an_exact_copy_of_one_sentence_is_verbatim(mended):
    found = mended.align(SENTENCES[0], SENTENCES[0])
    assert found.kind == "verbatim"
    assert texts(found.cases[0], SENTENCES[0], SENTENCES[0]) == (SENTENCES[0], SENTENCES[0])


def test_a_text_against_itself_is_one_case_over_all_of_it(mended):
    text = " ".join(SENTENCES)
    found = mended.align(text, text)
    assert [(c.kind, *texts(c, text, text)) for c in found.cases] == [(Kind.VERBATIM, text, text)]


def test_a_rewritten_passage_is_a_paraphrase_with_its_ends_where_it_ends(mended):
    passage = " ".join(REWRITTEN)
    suspicious = f"{UNRELATED}{passage} {UNRELATED}"
    source = f"{UNRELATED[::-1]}. {' '.join(SENTENCES)}"
    found = mended.align(suspicious, source)
    assert found.kind == "paraphrase"
    assert [texts(case, suspicious, source) for case in found.cases] == [
        (passage, " ".join(SENTENCES[:2]))
    ]


def test_a_paraphrase_stays_beside_a_run(mended):
    suspicious = f"{SENTENCES[2]} {UNRELATED * 2}{' '.join(REWRITTEN)}"
    source = f"{' '.join(SENTENCES[:2])} {UNRELATED[::-1] * 2}. {SENTENCES[2]}"
    found = mended.align(suspicious, source)
    assert found.kind == "verbatim"
    assert {str(case.kind) for case in found.cases} == {"verbatim", "paraphrase"}


@pytest.mark.parametrize(
    ("before", "source_before"),
    [
        (
            "one how more no you and more lighthouse lighthouse all as budget from some is down "
            "where also over just crate then",
            "Time all lighthouse then just had not never to not this of. After that in to orange "
            "only not he she when also bell who more no",
        ),
        (
            "no more his other not his time be many here be other for library be back all never "
            "shed before captain more",
            "Ledger as we committee have library in from again about after bell. No then there",
        ),
        (
            "they but harbor had back back library many a how much library harbor the she not "
            "orange over only one a at",
            "Never could with again library harbor ferry it but captain other committee. Was also "
            "lighthouse other lighthouse beans much on some down but only he lighthouse over "
            "ledger to many",
        ),
    ],
    ids=["more of the source", "a run that goes further", "more on both sides"],
)
def test_a_copied_passage_is_no_paraphrase_whatever_stands_before_it(mended, before, source_before):
    found = mended.align(f"{before} {STOCK}", f"{source_before} {STOCK}")
    assert [case.kind for case in found.cases] == [Kind.VERBATIM]


def test_a_paraphrase_may_go_on_over_a_run(mended):
    suspicious = f"{UNRELATED}{' '.join(REWRITTEN)} {SENTENCES[2]} {UNRELATED}"
    source = f"{' '.join(SENTENCES[:3])} {UNRELATED[::-1]}"
    found = mended.align(suspicious, source)
    assert {str(case.kind) for case in found.cases} == {"verbatim", "paraphrase"}


def test_a_phrase_that_repeats_does_not_erase_itself(mended):
    found = mended.align(f"{SENTENCES[0]} {SENTENCES[0]}", SENTENCES[0])
    assert found.kind == "verbatim"


def test_a_window_with_every_fifth_word_replaced_is_found(mended):
    words = " ".join(SENTENCES).split()
    words[2::5] = ["zebra"] * len(words[2::5])
    suspicious = UNRELATED + " ".join(words[:24])
    source = UNRELATED[::-1] + ". " + " ".join(SENTENCES)
    found = mended.align(suspicious, source)
    assert found.kind == "paraphrase"


def test_a_copy_of_as_many_characters_as_a_case_needs_is_a_paraphrase(mended):
    copied = SENTENCES[2][:50]
    suspicious, source = f"Yes {copied} perhaps", f"{UNRELATED[:-2]} {copied} {UNRELATED[::-1]}"
    found = mended.align(suspicious, source)
    assert [(c.kind, *texts(c, suspicious, source)) for c in found.cases] == [
        (Kind.PARAPHRASE, copied, copied)
    ]
    assert mended.align(f"Yes {copied[4:]} perhaps", source).kind == "none"


def test_two_brief_texts_need_the_probability_of_brief_texts():
    suspicious = f"{UNRELATED * 12}{' '.join(REWRITTEN)}"
    source = " ".join(SENTENCES)
    asked = {"min_brief_probability": 0.9999, "min_probability": 0.0}
    assert Aligner(AlignConfig()).align(suspicious, source).kind == "paraphrase"
    assert Aligner(AlignConfig(**asked)).align(suspicious, source).kind == "none"
    assert Aligner(AlignConfig(**asked)).align(suspicious, source * 12).kind == "paraphrase"


def test_in_a_short_text_the_likelier_of_idea_and_paraphrase_stands(shared_data):
    """Every fourth word of a window of a real text is replaced: no summary, but as few words."""
    documents = [row["input"] for row in summaries(shared_data, 40)]
    windows = [" ".join(document.split()[20:90]) for document in documents]
    edited = [
        " ".join("thing" if i % 4 == 1 else word for i, word in enumerate(window.split()))
        for window in windows
    ]
    eager = Aligner(AlignConfig(min_short_summary_probability=0.0))
    kinds = [eager.align(one, whole).kind for one, whole in zip(edited, documents, strict=True)]
    assert Kind.IDEA not in kinds
    assert kinds.count(Kind.PARAPHRASE) >= 30


@pytest.mark.parametrize("mark", ["(((", "@", ", ", "..."])
def test_punctuation_that_only_one_text_has_is_no_part_of_a_run(mended, mark):
    for copied in (SENTENCES[2][:50], SENTENCES[2][:52]):
        suspicious = f"Some words were said here, {mark}{copied}{mark} and then nothing more came."
        source = f"Nobody knew that {copied} by any account of it"
        found = mended.align(suspicious, source)
        runs = [case for case in found.cases if case.kind is Kind.VERBATIM]
        wanted = [(copied, copied)] if len(copied) > 50 else []
        assert [texts(run, suspicious, source) for run in runs] == wanted


def test_unrelated_texts_have_no_case(mended):
    assert mended.align(UNRELATED * 3, " ".join(SENTENCES)).kind == "none"


@pytest.mark.parametrize("text", ["", " ", "a", "...", "\0", "\ud800", "漢字" * 40, "🙂" * 60])
def test_texts_without_words_are_answered(mended, text):
    assert mended.align(text, " ".join(SENTENCES)).kind == "none"
    assert mended.align(" ".join(SENTENCES), text).kind == "none"


def test_a_text_prepared_for_the_published_rules_is_refused(mended, paper):
    prepared = paper.prepare(SENTENCES[0])
    with pytest.raises(DataError, match="prepared under other settings"):
        mended.align(prepared, SENTENCES[0])


def summaries(shared_data, count: int) -> list[dict]:
    path = shared_data / "summarization_cnndm.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line, _ in zip(lines, range(count), strict=False)]


def test_ideas_are_told_by_direction(mended, shared_data):
    """True summaries: where an idea is found, the summary is on the side that is told."""
    rows = summaries(shared_data, 60)
    forward = [mended.align(row["target"], row["input"]) for row in rows]
    backward = [mended.align(row["input"], row["target"]) for row in rows]
    assert {found.summary_of_source for found in forward} == {True, None}
    assert {found.summary_of_source for found in backward} == {False, None}
