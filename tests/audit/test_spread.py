"""How far texts are spread over examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.audit.spread import SplitSpread, whole_words
from permille.audit.word_hashes import WORD
from permille.core.records import Document, Span

STOCK = "Thank you for writing to us, we hope that you will get better soon."


def documents_of(writer):
    return [
        Document(f"d{i}", f"{writer.text(3)} {STOCK if i < 4 else ''}", f"e{i}") for i in range(6)
    ]


def test_a_case_has_the_number_of_examples_in_which_its_text_stands(
    new_writer, corpus_of, make_finding, make_case
):
    documents = documents_of(new_writer(0))
    start = documents[0].text.index(STOCK)
    stock = make_case()
    stock = type(stock)(stock.kind, stock.generation, Span(start, start + len(STOCK)))
    own = type(stock)(stock.kind, stock.generation, Span(0, 60))
    finding = make_finding(stock, own, document_id="d0")
    spread = SplitSpread(51)
    spread.note([[finding], []], corpus_of(documents))
    spread.scan(documents)
    assert [case.num_examples for case in spread.counted(finding).cases] == [4, 1]


def test_what_was_not_noted_stands_in_its_own_example(make_finding):
    spread = SplitSpread(51)
    assert spread.counted(make_finding()).cases[0].num_examples == 1


def test_examples_with_the_same_document_are_a_group(new_writer):
    writer = new_writer(1)
    text = writer.text(3)
    spread = SplitSpread(51)
    spread.scan(
        [Document("a", text, "e1"), Document("b", text, "e2"), Document("c", writer.text(3), "e3")]
    )
    assert spread.group("e1") == spread.group("e2") == ("e1", 2)
    assert spread.group("e3") == ("e3", 1)
    assert spread.group("unknown") is None
    assert spread.group(None) is None


def test_labels_are_too_short_to_make_a_group():
    spread = SplitSpread(51)
    spread.scan([Document("a", "positive", "e1"), Document("b", "positive", "e2")])
    assert spread.group("e1") is None


def test_foreign_documents_count_as_an_example_each(make_finding, make_case, corpus_of):
    documents = [Document(f"d{i}", STOCK) for i in range(3)]
    case = make_case()
    case = type(case)(case.kind, case.generation, Span(0, len(STOCK)))
    finding = make_finding(case, document_id="d1")
    spread = SplitSpread(51)
    spread.note([[finding]], corpus_of(documents))
    spread.scan(documents)
    assert spread.counted(finding).cases[0].num_examples == 3
    assert spread.group("d1") is None


def test_a_passage_without_a_word_stands_in_its_own_example(make_finding, make_case, corpus_of):
    documents = [Document("d0", "." * 300)]
    finding = make_finding(make_case(), document_id="d0")
    spread = SplitSpread(51)
    spread.note([[finding]], corpus_of(documents))
    spread.scan(documents)
    assert spread.counted(finding).cases[0].num_examples == 1


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Span(0, 17), "one two three"),
        (Span(1, 17), "two three"),
        (Span(0, 15), "one two"),
        (Span(3, 5), ""),
        (Span(1, 2), ""),
    ],
)
def test_words_that_a_span_cuts_are_no_part_of_its_passage(span, words):
    assert whole_words("one, two. (three) four", span) == words


@given(st.text("a1_ é.,", max_size=20), st.integers(0, 20), st.integers(0, 20))
def test_the_words_inside_a_span_are_those_of_the_whole_text(text, start, size):
    wanted = [
        match.group()
        for match in WORD.finditer(text)
        if start <= match.start() and match.end() <= start + size
    ]
    assert whole_words(text, Span(start, start + size)) == " ".join(wanted)


def test_no_more_than_the_span_is_cut_into_words(monkeypatch):
    read = []

    class Noted:
        def finditer(self, text, *ends):
            read.append(ends)
            return WORD.finditer(text, *ends)

        def match(self, text):
            return WORD.match(text)

    monkeypatch.setattr("permille.audit.spread.WORD", Noted())
    assert whole_words("one two three " * 1000, Span(14, 27)) == "one two three"
    assert read == [(14, 27)]


def test_stock_text_is_known_though_its_run_begins_within_a_word(
    make_finding, make_case, corpus_of
):
    documents = [Document(f"d{i}", f"word{i} before. {STOCK}", f"e{i}") for i in range(4)]
    start = documents[0].text.index(STOCK) - 3
    case = make_case()
    case = type(case)(case.kind, case.generation, Span(start, start + 3 + len(STOCK)))
    finding = make_finding(case, document_id="d0")
    spread = SplitSpread(51)
    spread.note([[finding]], corpus_of(documents))
    spread.scan(documents)
    assert spread.counted(finding).cases[0].num_examples == 4
