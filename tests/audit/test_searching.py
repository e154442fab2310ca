"""Which documents are looked at."""

import pytest

from permille.audit.searching import View, is_own, search_views, squeezed, stood_in_prompt
from permille.core.records import Document, Generation, Part


def everything(_):
    return True


def test_each_view_gives_its_own_ranks(corpus_of):
    documents = [Document(f"d{i}", "red green blue " * (i == 0) + "red") for i in range(3)]
    both = [
        View("main", corpus_of(documents), everything),
        View("cut", corpus_of(documents[1:]), everything),
    ]
    (found,) = search_views([Generation("g", "red green")], both, 2)
    assert {name: hit.ranks for name, hit in found.items()} == {
        "d0": {"main": 0},
        "d1": {"main": 1, "cut": 0},
        "d2": {"cut": 1},
    }
    assert found["d0"].score == 2.0


def test_a_view_looks_only_for_those_it_includes(corpus_of):
    corpus = corpus_of([Document("d", "red")])
    view = View("main", corpus, lambda generation: generation.id == "b")
    assert [
        list(f) for f in search_views([Generation("a", "red"), Generation("b", "red")], [view], 5)
    ] == [[], ["d"]]
    assert corpus.searched == ["red"]


def test_inputs_that_stood_in_the_prompt_are_passed_over(corpus_of):
    documents = [
        Document("a", "red green", "e0", Part.INPUT),
        Document("b", "red green", "e1", Part.INPUT),
        Document("c", "red", "e0", Part.TARGET),
    ]
    view = View("main", corpus_of(documents), everything, has_inputs=True)
    (found,) = search_views([Generation("g", "red green", example_id="e0")], [view], 1)
    assert found["b"].ranks == {"main": 0}


@pytest.mark.parametrize(
    ("document", "stood"),
    [
        pytest.param(Document("d", "x", "e", Part.INPUT), True, id="its own input"),
        pytest.param(Document("d", "x", "e", Part.TARGET), False, id="its own target"),
        pytest.param(Document("d", "x", "e", Part.SUFFIX), False, id="its own suffix"),
        pytest.param(Document("d", "x", "f", Part.INPUT), False, id="another input"),
        pytest.param(
            Document("d", "why does\n it", "f", Part.INPUT), True, id="an input in the prompt"
        ),
        pytest.param(Document("d", "why does it", "f", Part.TARGET), False, id="a target in it"),
        pytest.param(Document("d", "why does it"), False, id="of foreign origin"),
    ],
)
def test_only_inputs_can_have_stood_in_a_prompt(document, stood):
    generation = Generation("g", "text", example_id="e", prompt="Tell me: why  does it hurt")
    assert stood_in_prompt(document, generation) is stood


def test_without_example_and_prompt_nothing_stood_in_it():
    assert not stood_in_prompt(Document("d", "x", None, Part.INPUT), Generation("g", "x"))


@pytest.mark.parametrize(
    ("document", "generation", "own"),
    [("e", "e", True), ("e", "f", False), (None, "e", None), ("e", None, None)],
)
def test_own_is_known_only_where_both_name_their_example(document, generation, own):
    assert is_own(Document("d", "", document), Generation("g", "", example_id=generation)) is own


def test_white_space_is_squeezed():
    assert squeezed(" a\n b\t c ") == "a b c"
