"""Corpus-wide runs against a search that tries every pair of positions."""

import time
from dataclasses import replace
from itertools import compress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from permille.align.corpus_runs import LEAST_WORDS, MOST_NAMES, CorpusRun, CorpusSearch, Joined

LEAST = 6
PIECES = st.sampled_from(
    ["abcdefgh", "abc", "xyz", "The end.", " ", "\n", "é", "漢字", "😀", "İ", "\0"]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)
DOCUMENTS = st.lists(st.tuples(st.sampled_from(["e1", "e2", "e3"]), TEXTS), max_size=6)


def search(
    texts, documents, least=LEAST, *, normalized=False, prompts=None
) -> list[list[CorpusRun]]:
    found = CorpusSearch(texts, least, normalized=normalized, prompts=prompts)
    found.add(documents)
    assert found.num_cut_short == found.num_texts_cut_short == 0
    return found.runs()


def naive(
    text: str, documents: list[tuple[str, str]], least: int, prompt: str = ""
) -> list[CorpusRun]:
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
    found = (naive_run(text, *span, documents, least, prompt) for span in longest)
    return sorted(run for run in found if run)


def naive_run(text, start, end, documents, least, prompt) -> CorpusRun | None:
    def holding(part: str) -> set[str]:
        return {example for example, document in documents if part in document}

    whole = holding(text[start:end])
    around: list[set[str]] = [set() for _ in range(start, end)]
    is_own = [True] * (end - start)
    for begin in range(end - start - least + 1):
        window = text[start + begin : start + begin + least]
        for place in range(begin, begin + least):
            around[place] |= holding(window)
            is_own[place] = is_own[place] and window not in prompt
    num_words = sum(map(str.isalnum, compress(text[start:end], is_own)))
    if longest_stretch(is_own) < least or num_words < LEAST_WORDS * least:
        return None
    counts = [len(examples) for examples, own in zip(around, is_own, strict=True) if own]
    alone = [own and examples == whole for examples, own in zip(around, is_own, strict=True)]
    names = tuple(dict.fromkeys(name for name, _ in documents if name in whole))
    return CorpusRun(
        start, end, len(whole), sorted(counts)[least - 1], longest_stretch(alone), names
    )


def longest_stretch(flags: list[bool]) -> int:
    return max(len(part) for part in "".join("x" if flag else " " for flag in flags).split(" "))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4), DOCUMENTS)
@example([("abcdefghabcdefgh", "")], [("e1", "abcdefghabcdefghabcdefgh"), ("e2", "cdefghab")])
@example([("abcdefghxyzThe end.", "abcdefghxy")], [("e1", "abcdefghxyzThe end.")])
def test_every_run_is_found_and_its_examples_are_counted(both, documents):
    texts, prompts = zip(*both, strict=True)
    expected = [naive(text, documents, LEAST, prompt) for text, prompt in both]
    assert named_alike(search(texts, documents, prompts=prompts)) == named_alike(expected)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4), DOCUMENTS)
def test_every_run_without_case_and_punctuation_is_found(folded_plainly, both, documents):
    folded_documents = [(name, folded_plainly(document)[0]) for name, document in documents]
    expected = []
    for text, prompt in both:
        folded, positions = folded_plainly(text)
        runs = naive(folded, folded_documents, LEAST, folded_plainly(prompt)[0])
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
    texts, prompts = zip(*both, strict=True)
    found = search(texts, documents, normalized=True, prompts=prompts)
    assert named_alike(found) == named_alike(expected)


def named_alike(found: list[list[CorpusRun]]) -> list[list[CorpusRun]]:
    """With names in one order: they come in the order in which any run of theirs was found."""
    return [[replace(run, examples=tuple(sorted(run.examples))) for run in runs] for runs in found]


def test_a_run_of_51_characters_is_found_and_one_of_50_is_not():
    shared = "".join(chr(0x4E00 + i) for i in range(51))
    assert search([f"a{shared}b"], [("e", f"c{shared}d")], 51) == [
        [CorpusRun(1, 52, 1, 1, 51, ("e",))]
    ]
    assert search([f"a{shared[:50]}b"], [("e", f"c{shared[:50]}d")], 51) == [[]]


def test_characters_count_and_not_bytes():
    shared = "é" * 40
    assert search([shared], [("e", shared)], 51) == [[]]


def test_two_documents_of_one_example_count_once():
    text = "a phrase that stands in the suffix and in the input of one example"
    documents = [("e1", text), ("e1", f"before {text}"), ("e2", f"{text} after")]
    assert search([text], documents, 51) == [
        [CorpusRun(0, len(text), 2, 2, len(text), ("e1", "e2"))]
    ]


def test_a_chance_letter_beside_stock_text_does_not_make_it_rare():
    stock = "This message is for the person named above and for nobody else."
    documents = [(f"e{i}", f"{chr(0x4E00 + i)} {stock} {chr(0x4E00 + i)}") for i in range(300)]
    documents += [("chance", f"q {stock} Th"), ("other", f"q {stock}")]
    ((run,),) = search([f"Yes. q {stock} The"], documents, 51)
    assert (run.num_examples, run.own_examples, run.own_chars) == (1, 302, 2)
    assert run.examples == ("chance",)


def test_a_passage_of_its_own_beside_stock_text_is_rare():
    stock = "This message is for the person named above and for nobody else."
    own = "".join(chr(0x4E00 + i) for i in range(51))
    documents = [(f"e{i}", f"{stock} {i}") for i in range(300)]

    def own_examples(text: str) -> int:
        ((run,),) = search([text], [*documents, ("leak", text)], 51)
        return run.own_examples

    assert own_examples(stock + own) == 1
    assert own_examples(stock + own[:50]) == 301


def test_a_secret_within_stock_text_is_seen_by_its_own_characters():
    before = "The number of the card that you have asked us for today is as follows: "
    after = ". Please keep it where nobody but yourself can ever see it at all."
    documents = [(f"e{i}", f"{before}{i}{after}") for i in range(300)]
    text = f"{before}4929 1807 5526 0034 of M. Example{after}"
    ((run,),) = search([text], [*documents, ("leak", text)], 51)
    assert (run.num_examples, run.own_examples, run.own_chars) == (1, 301, 31)


def test_what_a_prompt_gives_is_no_part_of_a_runs_own():
    stock = "This message is for the person named above and for nobody else."
    given = "".join(chr(0x4E00 + i) for i in range(80))
    documents = [(f"e{i}", f"{stock} {i}") for i in range(300)] + [("prompted", given + stock)]
    texts = [given + stock, given + stock, given]
    found = search(texts, documents, 51, prompts=["", f"Go on: {given}", f"Go on: {given}"])
    assert [[run.own_examples for run in runs] for runs in found] == [[1], [301], []]


def test_what_is_left_beside_a_prompt_has_to_stand_in_a_row():
    given = "".join(chr(0x4E00 + i) for i in range(60))
    left, right = ("".join(chr(start + i) for i in range(50)) for start in (0x5000, 0x6000))
    text = left + given + right
    assert search([text], [("e", text)], 51, prompts=[given]) == [[]]
    assert len(search([text + "."], [("e", text + ".")], 51, prompts=[given])[0]) == 1


def test_texts_that_repeat_themselves_cost_no_more_than_their_runs():
    lines = [(f"e{i}", f"{i}{'o' * (60 + i % 60)}{i}") for i in range(300)]
    texts = [f"{k} {'o' * 1_600}" for k in range(5)]
    started = time.process_time()
    found = search(texts, lines, 51)
    # a second here; every run with every part by itself took minutes
    assert time.process_time() - started < 60
    assert {run.own_examples for runs in found for run in runs} == {300}


def test_a_rule_is_no_run_and_neither_is_one_behind_a_copied_prompt():
    given = "".join(chr(0x4E00 + i) for i in range(80))
    rule = "-" * 60
    for text, prompt in ((rule, ""), (f"{given}\n{rule}", given)):
        assert search([text], [("e", text)], 51, prompts=[prompt]) == [[]]


def test_the_dots_of_a_table_of_contents_do_not_hide_its_words():
    text = "\n".join(f"Chapter {i} of it {'.' * 60} {i}" for i in range(20))
    assert len(search([text], [("e", text)], 51)[0]) == 1
    assert len(search([text], [("e", text)], 51, normalized=True)[0]) == 1


def test_what_is_counted_up_to_a_limit_does_not_depend_on_the_order(monkeypatch):
    monkeypatch.setattr("permille.align.corpus_runs.MOST_EXAMPLES", 3)
    text = "".join(chr(0x4E00 + i) for i in range(60))
    documents = [(f"e{i}", text[: 51 + i % 10]) for i in range(30)]

    def figures(some: list[tuple[str, str]]) -> list[tuple[int, int, int]]:
        return [(r.num_examples, r.own_examples, r.own_chars) for r in search([text], some, 51)[0]]

    assert figures(documents) == figures(documents[::-1]) == [(3, 3, 60)]


def test_examples_are_counted_and_named_up_to_a_limit(monkeypatch):
    monkeypatch.setattr("permille.align.corpus_runs.MOST_EXAMPLES", 20)
    text = "".join(chr(0x4E00 + i) for i in range(60))
    documents = [(f"e{i:02d}", text) for i in range(25)]
    ((few,),) = search([text], documents[:20], 51)
    ((many,),) = search([text], documents, 51)
    assert (few.num_examples, many.num_examples, many.own_examples) == (20, 20, 20)
    parts = [(f"p{i}", text[: 51 + i % 5]) for i in range(60)]
    ((both,),) = search([text], [*documents[:1], *parts], 51)
    assert (both.num_examples, both.own_examples) == (1, 20)
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
    assert found.runs() == [[CorpusRun(0, 20_000, 1, 1, 20_000, ("e",))]]


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
    assert search(texts, documents, 51) == [[CorpusRun(1, 180, 1, 1, 179, ("e",))]] * len(texts)


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
