"""Corpus-wide runs against a search that tries every pair of positions."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from permille.align.corpus_runs import CorpusRun, CorpusSearch, Joined

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
    return sorted(
        CorpusRun(start, end, len({e for e, document in documents if text[start:end] in document}))
        for start, end in longest
    )


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
                CorpusRun(
                    positions[run.start_char], positions[run.end_char - 1] + 1, run.num_examples
                )
                for run in runs
            ]
        )
    assert search(texts, documents, normalized=True) == expected


def test_a_run_of_51_characters_is_found_and_one_of_50_is_not():
    shared = "".join(chr(0x4E00 + i) for i in range(51))
    assert search([f"a{shared}b"], [("e", f"c{shared}d")], 51) == [[CorpusRun(1, 52, 1)]]
    assert search([f"a{shared[:50]}b"], [("e", f"c{shared[:50]}d")], 51) == [[]]


def test_characters_count_and_not_bytes():
    shared = "é" * 40
    assert search([shared], [("e", shared)], 51) == [[]]


def test_two_documents_of_one_example_count_once():
    text = "a phrase that stands in the suffix and in the input of one example"
    documents = [("e1", text), ("e1", f"before {text}"), ("e2", f"{text} after")]
    assert search([text], documents, 51) == [[CorpusRun(0, len(text), 2)]]


def test_nothing_is_found_without_texts_documents_or_characters():
    assert search([], [("e", "text")]) == []
    assert search(["text"], []) == [[]]
    assert search(["", "."], [("e", ""), ("e", ".")], normalized=True) == [[], []]


def test_documents_may_come_in_any_batches(monkeypatch):
    text = "".join(chr(0x4E00 + i) for i in range(300))
    documents = [(str(i), text[i * 20 : i * 20 + 60]) for i in range(12)]
    whole = search([text], documents, 51)
    monkeypatch.setattr("permille.align.corpus_runs._BATCH_CHARS", 100)
    monkeypatch.setattr("permille.align.corpus_runs._MOST_ROWS", 1)
    assert search([text], documents, 51) == whole
    assert len(whole[0]) == 12


def test_endless_repetition_ends_and_is_told():
    found = CorpusSearch(["a" * 20_000], 51)
    found.add([("e", "a" * 1_000_000)])
    assert found.num_cut_short == 1
    assert found.runs() == [[CorpusRun(0, 20_000, 1)]]


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
    assert search(texts, documents, 51) == [[CorpusRun(1, 180, 1)]] * len(texts)


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
