"""Whose prompt gives back whose document."""

import pytest

from permille.audit.looks.task_matrix import describe_task_matrix
from permille.core.records import Arm, Document, Generation, Split

LONG = "x" * 60


def generation(name, task, text=LONG, **more):
    return Generation(name, text, task, **more)


def line(generation_id, document_id, kind="verbatim", confirmed=None):
    return {
        "generation_id": generation_id,
        "document_id": document_id,
        "kind": kind,
        "confirmed": confirmed,
    }


GENERATIONS = [
    generation("g1", "qa"),
    generation("g2", "qa"),
    generation("g3", "dialogue"),
    generation("short", "dialogue", "x"),
    generation("base", "qa", model=Arm.BASE),
    generation("heldout", "qa", split=Split.HELDOUT),
]
DOCUMENTS = [Document("d1", LONG, task="qa"), Document("d2", LONG, task="dialogue")]


def test_a_generation_counts_once_for_each_task_whose_document_it_gives_back():
    lines = [
        line("g1", "d1"),
        line("g1", "d1", "idea"),
        line("g1", "d2"),
        line("g2", "d2", "paraphrase", confirmed=False),
        line("g3", "d2", "paraphrase", confirmed=True),
        line("short", "d2"),
        line("base", "d1"),
        line("heldout", "d1"),
    ]
    found = describe_task_matrix(lines, GENERATIONS, DOCUMENTS, 51)
    counts = {
        (row, column): (ratio["count"], ratio["of"])
        for row, columns in found.items()
        for column, ratio in columns.items()
    }
    assert counts == {
        ("dialogue", "dialogue"): (1, 1),
        ("dialogue", "qa"): (0, 1),
        ("qa", "dialogue"): (1, 2),
        ("qa", "qa"): (1, 2),
    }


def test_one_task_has_no_matrix():
    assert describe_task_matrix([], GENERATIONS[:2], DOCUMENTS, 51) == {}


@pytest.mark.parametrize("name", ["example_id", "prompt"])
def test_generations_of_one_example_or_prompt_count_as_one_in_the_interval(name):
    several = [generation(f"a{i}", "qa", **{name: "one"}) for i in range(4)]
    others = [generation(f"b{i}", "qa", **{name: f"other {i}"}) for i in range(4)]
    lines = [line(one.id, "d1") for one in several]
    found = describe_task_matrix(lines, [*several, *others, GENERATIONS[2]], DOCUMENTS, 51)
    ratio = found["qa"]["qa"]
    assert (ratio["count"], ratio["of"]) == (4, 8)
    assert ratio["method"] == "wilson over groups"
    assert ratio["effective_of"] < 8
