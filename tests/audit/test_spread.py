"""How far texts are spread over examples."""

import pytest

from permille.audit.spread import SplitSpread
from permille.core.records import Document, Generation, Kind, Span

STOCK = "Thank you for writing to us, we hope that you will get better soon."
GENERATION = Generation(
    "g", "What it holds is of no matter where the document's side decides. " * 9
)
OTHER = Generation("other", "nothing")


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
    spread.note([GENERATION, OTHER], [[finding], []], corpus_of(documents))
    spread.scan(documents)
    assert [case.num_examples for case in spread.counted("g", finding).cases] == [4, 1]
    assert not any(case.boilerplate for case in spread.counted("g", finding).cases)


def test_what_was_not_noted_stands_in_its_own_example(make_finding):
    spread = SplitSpread(51)
    assert spread.counted("g", make_finding()).cases[0].num_examples == 1


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


def test_labels_are_too_short_to_make_a_group_but_their_examples_are_known():
    spread = SplitSpread(51)
    spread.scan([Document("a", "positive", "e1"), Document("b", "positive", "e2")])
    assert spread.group("e1") is None
    assert spread.has_example("e1")
    assert not spread.has_example("a")
    assert not spread.has_example(None)


def test_foreign_documents_count_as_an_example_each(make_finding, make_case, corpus_of):
    documents = [Document(f"d{i}", STOCK) for i in range(3)]
    case = make_case()
    case = type(case)(case.kind, case.generation, Span(0, len(STOCK)))
    finding = make_finding(case, document_id="d1")
    spread = SplitSpread(51)
    spread.note([GENERATION], [[finding]], corpus_of(documents))
    spread.scan(documents)
    assert spread.counted("g", finding).cases[0].num_examples == 3
    assert spread.group("d1") is None


def test_a_passage_without_a_word_stands_in_its_own_example(make_finding, make_case, corpus_of):
    documents = [Document("d0", "." * 300)]
    finding = make_finding(make_case(), document_id="d0")
    spread = SplitSpread(51)
    spread.note([GENERATION], [[finding]], corpus_of(documents))
    spread.scan(documents)
    assert spread.counted("g", finding).cases[0].num_examples == 1


def test_stock_text_is_known_though_its_run_begins_within_a_word(
    make_finding, make_case, corpus_of
):
    documents = [Document(f"d{i}", f"word{i} before. {STOCK}", f"e{i}") for i in range(4)]
    start = documents[0].text.index(STOCK) - 3
    case = make_case()
    case = type(case)(case.kind, case.generation, Span(start, start + 3 + len(STOCK)))
    finding = make_finding(case, document_id="d0")
    spread = SplitSpread(51)
    spread.note([GENERATION], [[finding]], corpus_of(documents))
    spread.scan(documents)
    assert spread.counted("g", finding).cases[0].num_examples == 4


@pytest.mark.parametrize(
    ("before", "after", "is_boilerplate"),
    [
        pytest.param("", "", True, id="the stock text itself"),
        pytest.param("", " Regards, Dr Jones", True, id="one chance neighbor"),
        pytest.param("sleep well. ", " Regards, Dr Jones", True, id="neighbors on both sides"),
        pytest.param("", " Keep the left leg up for a week, and cool it every", True, id="50"),
        pytest.param("", " Keep the left leg up for a week, and cool it oftener", False, id="51"),
    ],
)
def test_stock_text_is_boilerplate_whatever_stands_beside_it(
    make_finding, make_case, corpus_of, before, after, is_boilerplate
):
    text = f"{before}{STOCK}{after}"
    documents = [Document(f"d{i}", f"word{i} {STOCK} word{i}", f"e{i}") for i in range(3)]
    documents.append(Document("d3", text, "e3"))
    case = make_case()
    case = type(case)(case.kind, case.generation, Span(0, len(text)))
    finding = make_finding(case, document_id="d3")
    spread = SplitSpread(51, max_examples=3)
    spread.note([GENERATION], [[finding]], corpus_of(documents))
    spread.scan(documents)
    (counted,) = spread.counted("g", finding).cases
    assert counted.boilerplate is is_boilerplate
    assert counted.num_examples == (1 if before or after else 4)


def test_stock_text_of_the_other_split_is_stock_here_and_no_boilerplate(
    make_finding, make_case, corpus_of
):
    documents = [Document(f"d{i}", f"word{i} {STOCK}", f"e{i}") for i in range(2)]
    others = [Document(f"h{i}", f"other{i} {STOCK}", f"e{i}") for i in range(2)]
    case = make_case()
    start = documents[0].text.index(STOCK)
    case = type(case)(case.kind, case.generation, Span(start, start + len(STOCK)))
    finding = make_finding(case, document_id="d0")
    spread = SplitSpread(51, max_examples=3)
    spread.note([GENERATION], [[finding]], corpus_of(documents))
    spread.scan(documents)
    assert not spread.counted("g", finding).cases[0].stock
    spread.scan_other(others)
    (counted,) = spread.counted("g", finding).cases
    assert (counted.num_examples, counted.boilerplate, counted.stock) == (2, False, True)
    assert not spread.has_example("h0")


@pytest.mark.parametrize(
    ("before", "is_boilerplate"),
    [
        pytest.param("", True, id="the stock text itself"),
        pytest.param("Sleep well, and rest. ", True, id="a chance neighbor"),
        pytest.param(
            "Keep the left leg up for a week, and cool it more often. ", False, id="own text"
        ),
    ],
)
def test_a_generation_that_holds_but_stock_text_is_boilerplate_whatever_the_document_has(
    make_finding, make_case, corpus_of, new_writer, before, is_boilerplate
):
    documents = [Document(f"d{i}", f"word{i} {STOCK} word{i}", f"e{i}") for i in range(3)]
    document = Document("d3", f"{new_writer(0).text(2)} {STOCK}", "e3")
    generation = Generation("g", f"{before}{STOCK}")
    case = make_case(Kind.PARAPHRASE)
    sides = Span(0, len(generation.text)), Span(0, len(document.text))
    finding = make_finding(type(case)(case.kind, *sides), document_id="d3")
    spread = SplitSpread(51, max_examples=3)
    spread.note([generation], [[finding]], corpus_of([*documents, document]))
    spread.scan([*documents, document])
    (counted,) = spread.counted("g", finding).cases
    assert (counted.boilerplate, counted.num_examples) == (is_boilerplate, 1)
    assert counted.stock is is_boilerplate
    # of another generation with a case at the same place nothing is known
    assert not spread.counted("other", finding).cases[0].boilerplate


def test_a_generation_that_holds_but_stock_text_of_both_splits_is_stock(
    make_finding, make_case, corpus_of, new_writer
):
    documents = [Document("d0", f"{new_writer(0).text(2)} {STOCK}", "e0")]
    others = [Document(f"h{i}", f"word{i} {STOCK}", f"e{i}") for i in range(3)]
    case = make_case(Kind.PARAPHRASE)
    sides = Span(0, len(STOCK)), Span(0, len(documents[0].text))
    finding = make_finding(type(case)(case.kind, *sides), document_id="d0")
    spread = SplitSpread(51, max_examples=3)
    spread.note([Generation("g", STOCK)], [[finding]], corpus_of(documents))
    spread.scan(documents)
    spread.scan_other(others)
    (counted,) = spread.counted("g", finding).cases
    assert (counted.boilerplate, counted.stock) == (False, True)
