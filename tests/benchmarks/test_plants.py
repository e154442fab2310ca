"""What `planted.py` plants is what it says it is."""

import sys
from pathlib import Path
from random import Random

import pytest

from permille.core.records import Document, Kind

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
import plants

WORDS = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "flint",
    "grove",
    "heron",
    "inlet",
    "jetty",
    "kayak",
    "lemon",
]


def sentences(count: int, seed: int) -> str:
    rng = Random(seed)
    made = (" ".join(rng.choices(WORDS, k=9)).capitalize() + "." for _ in range(count))
    return " ".join(made)


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return [Document(str(i), sentences(40, seed=i)) for i in range(6)]


@pytest.fixture(scope="module")
def made(documents) -> list[plants.Plant]:
    return list(plants.make_plants(documents, ["Nothing of this stands there."], 4, Random(3)))


def test_the_same_seed_plants_the_same(documents, made):
    assert made == list(
        plants.make_plants(documents, ["Nothing of this stands there."], 4, Random(3))
    )


def test_every_kind_and_size_is_planted(made):
    rows = {(plant.name, plant.chars) for plant in made}
    assert {chars for name, chars in rows if name == "exact"} == set(plants.EXACT_CHARS)
    assert {name for name, _ in rows} == {
        *("exact", "shuffled", "extract"),
        *(f"replaced_{percent}_percent" for percent in plants.EDITED_PERCENT),
    }


def test_an_exact_window_has_its_size_and_stands_in_its_document(documents, made):
    texts = {document.id: document.text for document in documents}
    for plant in made:
        if plant.name == "exact":
            passage = plant.text[plant.start_char : plant.end_char]
            assert len(passage) == plant.chars
            assert passage in texts[plant.document_id]


def test_a_window_of_51_characters_is_expected_to_be_verbatim_and_one_of_50_is_not(made):
    exact = [plant for plant in made if plant.name == "exact"]
    assert {plant.expected for plant in exact if plant.chars > 50} == {Kind.VERBATIM}
    assert {plant.expected for plant in exact if plant.chars == 50} == {Kind.PARAPHRASE}


def test_the_wanted_share_of_words_is_replaced():
    passage = " ".join(["word"] * 50)
    changed = plants.replaced(passage, 30, ["other"], Random(0))
    assert changed is not None
    assert changed.split().count("other") == 15


def test_shuffled_sentences_are_the_same_in_another_order():
    text = sentences(20, seed=1)
    passage = plants.shuffled(text, 150, Random(2))
    assert passage is not None
    assert passage not in text
    assert all(sentence in text for sentence in passage.split(". "))


def test_texts_that_share_a_run_with_a_document_are_told():
    document = sentences(10, seed=5)
    texts = ["x " + document[20:71], "x " + document[20:70], "nothing"]
    assert plants.sharing_run(texts, ["another", document]) == {0}
