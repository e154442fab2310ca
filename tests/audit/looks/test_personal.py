"""Values of training documents in what a model wrote."""

import pytest

from permille.audit.looks.identifiers import Identifier, IdentifierKind
from permille.audit.looks.personal import describe_personal_data
from permille.core.records import Arm, Document, Generation, Split

DOCUMENTS = [
    Document("1", "Dr. Ann, ann@example.org, 555-123-4567"),
    Document("2", "office@example.org"),
    Document("3", "other@example.org", split=Split.HELDOUT),
]
GENERATIONS = [
    Generation("a", "ask ann@example.org or office@example.org"),
    Generation("b", "ann@example.org", prompt="mail ann@example.org"),
    Generation("c", "other@example.org and new@example.org"),
    Generation("d", "office@example.org", split=Split.HELDOUT),
    Generation("e", "call 555-123-4567", model=Arm.BASE),
]


def test_values_of_training_documents_beyond_those_on_held_out_prompts_are_counted():
    email = describe_personal_data(GENERATIONS, DOCUMENTS)["email"]
    assert email["in_documents"] == 2
    assert (email["written"], email["written_on_heldout"], email["beyond_heldout"]) == (2, 1, 1)
    # the second generation had the value in its prompt
    assert email["values"] == [{"value": "a*****n@e*****g", "generations": 1}]
    assert (email["generations"]["train"]["count"], email["generations"]["train"]["of"]) == (1, 3)
    assert email["generations"]["heldout"]["count"] == 1


def test_what_the_base_model_wrote_is_passed_over():
    phone = describe_personal_data(GENERATIONS, DOCUMENTS)["phone"]
    assert (phone["in_documents"], phone["written"]) == (1, 0)


def test_values_stand_in_the_report_only_on_request():
    shown = describe_personal_data(GENERATIONS, DOCUMENTS, show_values=True)["email"]
    assert shown["values"] == [{"value": "ann@example.org", "generations": 1}]
    assert "ann@" not in str(describe_personal_data(GENERATIONS, DOCUMENTS))


def test_names_are_counted_where_something_finds_them():
    def find(text):
        return {Identifier(IdentifierKind.PERSON, "ann")} if "ann" in text.lower() else set()

    person = describe_personal_data(GENERATIONS, DOCUMENTS, names=find)["person"]
    assert (person["in_documents"], person["written"]) == (1, 1)
    missing = describe_personal_data(GENERATIONS, DOCUMENTS)["person"]["missing"]
    assert "audit.looks.entities" in missing


@pytest.mark.parametrize("name", ["example_id", "prompt"])
def test_generations_of_one_example_or_prompt_count_as_one_in_the_interval(name):
    several = [Generation(f"a{i}", "ann@example.org", **{name: "one"}) for i in range(4)]
    others = [Generation(f"b{i}", "nobody", **{name: f"other {i}"}) for i in range(4)]
    ratio = describe_personal_data([*several, *others], DOCUMENTS)["email"]["generations"]["train"]
    assert (ratio["count"], ratio["of"]) == (4, 8)
    assert ratio["method"] == "wilson over groups"
    assert ratio["effective_of"] < 8
