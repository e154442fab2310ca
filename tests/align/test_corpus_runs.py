"""Corpus-wide runs against a search that tries every pair of positions."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from permille.align.corpus_runs import MOST_NAMES, CorpusRun, CorpusSearch, Joined

LEAST = 6
PIECES = st.sampled_from(
    ["abcdefgh", "abc", "xyz", "The end.", " ", "\n", "é", "漢字", "😀", "İ", "\0"]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)
DOCUMENTS = st.lists(st.tuples(st.sampled_from(["e1", "e2", "e3"]), TEXTS), max_size=6)


def search(texts, documents, least=LEAST, *, normalized=False) -> list[list[CorpusRun]]:
    found = CorpusSearch(texts, least, normalized=normalized)
    found.add(documents)
    assert found.num_cut_short == found.num_texts_cut_short == 0
    return found.runs()


def naive(text: str, documents: list[tuple[str, str]], least: int) -> list[CorpusRun]:
    held = {
        (start, end)
        for start in range(len(text))
        for end in range(start + least, len(text) + 1)
        if any(text[start:end] in document for _, document in documents)
    }
    longest = [
        (start, end)
        for start, end in held
        if not any(s <= start and end <= e and (s, e) != (start, end) for s, e in held)
    ]
    return sorted(naive_run(text, *span, documents, least) for span in longest)


def naive_run(text, start, end, documents, least) -> CorpusRun:
    def holding(part: str) -> set[str]:
        return {example for example, document in documents if part in document}

    whole = holding(text[start:end])
    around: list[set[str]] = [set() for _ in range(start, end)]
    for begin in range(end - start - least + 1):
        examples = holding(text[start + begin : start + begin + least])
        for place in around[begin : begin + least]:
            place |= examples
    own = sorted(map(len, around))[least - 1]
    return CorpusRun(start, end, len(whole), own, tuple(sorted(whole)))


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4), DOCUMENTS)
@example(["abcdefghabcdefgh"], [("e1", "abcdefghabcdefghabcdefgh"), ("e2", "cdefghab")])
def test_every_run_is_found_and_its_examples_are_counted(texts, documents):
    assert search(texts, documents) == [naive(text, documents, LEAST) for text in texts]


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4), DOCUMENTS)
def test_every_run_without_case_and_punctuation_is_found(folded_plainly, texts, documents):
    folded_documents = [(name, folded_plainly(document)[0]) for name, document in documents]
    expected = []
    for text in texts:
        folded, positions = folded_plainly(text)
        runs = naive(folded, folded_documents, LEAST)
        expected.append(
            [
                replace(
                    run,
                    start_char=positions[run.start_char],
                    end_char=positions[run.end_char - 1] + 1,
                )
                for run in runs
            ]
        )
    assert search(texts, documents, normalized=True) == expected


def test_a_run_of_51_characters_is_found_and_one_of_50_is_not():
    shared = "".join(chr(0x4E00 + i) for i in range(51))
    assert search([f"a{shared}b"], [("e", f"c{shared}d")], 51) == [[CorpusRun(1, 52, 1, 1, ("e",))]]
    assert search([f"a{shared[:50]}b"], [("e", f"c{shared[:50]}d")], 51) == [[]]


def test_characters_count_and_not_bytes():
    shared = "é" * 40
    assert search([shared], [("e", shared)], 51) == [[]]


def test_two_documents_of_one_example_count_once():
    text = "a phrase that stands in the suffix and in the input of one example"
    documents = [("e1", text), ("e1", f"before {text}"), ("e2", f"{text} after")]
    assert search([text], documents, 51) == [[CorpusRun(0, len(text), 2, 2, ("e1", "e2"))]]


def test_a_chance_letter_beside_stock_text_does_not_make_it_rare():
    stock = "This message is for the person named above and for nobody else."
    documents = [(f"e{i}", f"{chr(0x4E00 + i)} {stock} {chr(0x4E00 + i)}") for i in range(300)]
    documents += [("chance", f"q {stock} Th"), ("other", f"q {stock}")]
    ((run,),) = search([f"Yes. q {stock} The"], documents, 51)
    assert (run.num_examples, run.own_examples, run.examples) == (1, 302, ("chance",))


def test_a_passage_of_its_own_beside_stock_text_is_rare():
    stock = "This message is for the person named above and for nobody else."
    own = "".join(chr(0x4E00 + i) for i in range(51))
    documents = [(f"e{i}", f"{stock} {i}") for i in range(300)]

    def own_examples(text: str) -> int:
        ((run,),) = search([text], [*documents, ("leak", text)], 51)
        return run.own_examples

    assert own_examples(stock + own) == 1
    assert own_examples(stock + own[:50]) == 301


def test_examples_are_counted_and_named_up_to_a_limit(monkeypatch):
    monkeypatch.setattr("permille.align.corpus_runs.MOST_EXAMPLES", 20)
    text = "".join(chr(0x4E00 + i) for i in range(60))
    documents = [(f"e{i:02d}", text) for i in range(25)]
    ((few,),) = search([text], documents[:20], 51)
    ((many,),) = search([text], documents, 51)
    assert (few.num_examples, many.num_examples, many.own_examples) == (20, 20, 20)
    assert len(many.examples) == MOST_NAMES == len(few.examples)
    assert set(many.examples) < {name for name, _ in documents}


def test_nothing_is_found_without_texts_documents_or_characters():
    assert search([], [("e", "text")]) == []
    assert search(["text"], []) == [[]]
    assert search(["", "."], [("e", ""), ("e", ".")], normalized=True) == [[], []]


@pytest.mark.parametrize("waiting_rows", [1, 1_000_000])
def test_documents_may_come_in_any_batches(monkeypatch, waiting_rows):
    text = "".join(chr(0x4E00 + i) for i in range(300))
    documents = [(str(i), text[i * 20 : i * 20 + 60]) for i in range(12)]
    documents += [(f"part {i}", text[i * 20 : i * 20 + 55]) for i in range(12)]
    whole = search([text], documents, 51)
    monkeypatch.setattr("permille.align.corpus_runs._BATCH_CHARS", 100)
    monkeypatch.setattr("permille.align.corpus_runs._MOST_ROWS", 1)
    monkeypatch.setattr("permille.align.corpus_runs._WAITING_ROWS", waiting_rows)
    assert search([text], documents, 51) == whole
    assert len(whole[0]) == 12


def test_endless_repetition_ends_and_is_told():
    found = CorpusSearch(["a" * 20_000], 51)
    found.add([("e", "a" * 1_000_000)])
    assert found.num_cut_short == 1
    assert found.runs() == [[CorpusRun(0, 20_000, 1, 1, ("e",))]]


def test_a_document_that_is_given_up_counts_once_in_whatever_parts_it_is_searched(monkeypatch):
    text, document = "a" * 20_000, "a" * 300_000
    parts = list(CorpusSearch([text], 51)._rows(Joined.of([document], normalized=False)))
    num_rows = sum(map(len, parts))
    monkeypatch.setattr("permille.align.corpus_runs._MOST_ROWS", num_rows)
    found = CorpusSearch([text], 51)
    found.add([("e", document)])
    assert found.num_cut_short == 1


def test_more_runs_than_rows_are_all_found():
    shared = "".join(chr(0x4E00 + i) for i in range(200))
    texts = [f"{chr(0x3400 + k)}{shared}" for k in range(150)]
    documents = [("e", f"{k}{shared[: 60 + k]}") for k in range(120)]
    assert search(texts, documents, 51) == [[CorpusRun(1, 180, 1, 1, ("e",))]] * len(texts)


def test_texts_of_which_not_every_place_is_looked_up_are_counted():
    def num_cut_short(texts: list[str]) -> int:
        return CorpusSearch(texts, 51).num_texts_cut_short

    # a block of 25 characters at every 26th: the last of 64 ends at 63 * 26 + 25
    often, too_often = "a" * 1_688, "a" * 1_689
    assert (len(often), len(too_often)) == (64 * 26 + 24, 64 * 26 + 25)
    assert num_cut_short([often, "b" * 1_688]) == 0
    assert num_cut_short([often, too_often, "b" * 2_000, too_often, "other"]) == 3
    # what is said as often by several texts together is looked up in each
    assert num_cut_short(["a" * 1_000 + f"{k}" for k in range(9)]) == 0
