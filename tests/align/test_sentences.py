"""The splitter of rules: worked examples, and how often it agrees with Punkt on real texts."""

import gzip
import json
from itertools import islice

import pytest

from permille.align.punkt import load_punkt
from permille.align.sentences import LONGEST_CHARS, RuleSplitter

SLICES = {
    "summarization": ("document", 0.93),
    "dialogue": ("output", 0.98),
    "qa": ("context", 0.97),
    "sentiment": ("text", 0.97),
    "translation_wmt22": ("en", 0.97),
}


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in RuleSplitter().spans(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        (" \n ", []),
        ("One. Two? Three! Four", ["One.", "Two?", "Three!", "Four"]),
        ("Dr. Smith came. He sat.", ["Dr. Smith came.", "He sat."]),
        ('He said "No." She left.', ['He said "No."', "She left."]),
        ("It costs 3.50 a day. Yes.", ["It costs 3.50 a day.", "Yes."]),
        ("今天很好。明天呢？", ["今天很好。", "明天呢？"]),
    ],
    ids=["empty", "blank", "marks", "title", "quote", "number", "ideographic"],
)
def test_sentences_end_where_a_reader_would_say(text, sentences):
    assert split(text) == sentences


def test_a_sentence_without_an_end_is_cut():
    parts = split("word " * 10_000)
    assert max(map(len, parts)) <= LONGEST_CHARS
    assert sum(part.count("word") for part in parts) == 10_000


@pytest.mark.parametrize("name", SLICES)
def test_most_boundaries_on_real_texts_are_those_of_punkt(shared_data, name):
    column, least = SLICES[name]
    with gzip.open(shared_data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)[column] for line in islice(lines, 400)]
    both = union = 0
    for text in texts:
        ours = {end for _, end in RuleSplitter().spans(text)}
        punkt = {end for _, end in load_punkt().spans(text)}
        both += len(ours & punkt)
        union += len(ours | punkt)
    assert both / union >= least, f"{both} of {union}"
