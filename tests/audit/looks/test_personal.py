"""Values of training documents in what a model wrote."""

from dataclasses import replace
from random import Random

import pytest

from permille.audit.looks.identifiers import Identifier, IdentifierKind
from permille.audit.looks.personal import describe_personal_data
from permille.core.records import Arm, Document, Generation, Part, Split
from permille.measure.contrast import newcombe_contrast

DOCUMENTS = [
    Document("1", "Dr. Ann, ann@example.org, 555-123-4567"),
    Document("2", "office@example.org"),
    Document("3", "other@example.org", split=Split.HELDOUT),
]


def describe(generations, documents, **named):
    return describe_personal_data(generations, documents, least_chars=51, **named)


GENERATIONS = [
    Generation("a", "ask ann@example.org or office@example.org"),
    Generation("b", "ann@example.org", prompt="mail ann@example.org"),
    Generation("c", "other@example.org and new@example.org"),
    Generation("d", "office@example.org", split=Split.HELDOUT),
    Generation("e", "call 555-123-4567", model=Arm.BASE),
]


def test_values_of_training_documents_are_counted_that_were_written():
    email = describe(GENERATIONS, DOCUMENTS)["email"]
    assert email["in_documents"] == 2
    # the second generation had the value in its prompt
    assert (email["written"], email["written_on_heldout"]) == (2, 1)
    assert (email["generations"]["train"]["count"], email["generations"]["train"]["of"]) == (1, 3)
    assert email["generations"]["heldout"]["count"] == 1


def test_what_the_base_model_wrote_is_passed_over():
    phone = describe(GENERATIONS, DOCUMENTS)["phone"]
    assert (phone["in_documents"], phone["written"]) == (1, 0)


def test_values_stand_in_the_report_only_on_request():
    texts = [GENERATIONS[0], GENERATIONS[3]], DOCUMENTS
    shown, masked = (describe(*texts, show_values=show)["email"] for show in (True, False))
    assert shown["values"] == [{"value": "ann@example.org", "generations": 1}]
    assert masked["values"] == [{"value": "a*****n@e*****g", "generations": 1}]
    assert "ann@" not in str(masked)


def test_names_are_counted_where_something_finds_them():
    def find(text):
        return {Identifier(IdentifierKind.PERSON, "ann")} if "ann" in text.lower() else set()

    person = describe(GENERATIONS, DOCUMENTS, names=find)["person"]
    assert (person["in_documents"], person["written"]) == (1, 1)
    missing = describe(GENERATIONS, DOCUMENTS)["person"]["missing"]
    assert "audit.looks.entities" in missing


@pytest.mark.parametrize("name", ["example_id", "prompt"])
def test_generations_of_one_example_or_prompt_count_as_one_in_the_interval(name):
    several = [Generation(f"a{i}", "ann@example.org", **{name: "one"}) for i in range(4)]
    others = [Generation(f"b{i}", "nobody", **{name: f"other {i}"}) for i in range(4)]
    ratio = describe([*several, *others], DOCUMENTS)["email"]["generations"]["train"]
    assert (ratio["count"], ratio["of"]) == (4, 8)
    assert ratio["method"] == "wilson over groups"
    assert ratio["effective_of"] < 8


def written(share, heldout_share, rng, sizes=(300, 100)):
    """Texts of which a share, by split, has an address of a training document, drawn anew."""
    documents = [Document(f"d{i}", f"name{i}@example.org") for i in range(400)]
    documents += [Document(f"h{i}", "nobody", split=Split.HELDOUT) for i in range(400)]
    shares = {Split.TRAIN: share, Split.HELDOUT: heldout_share}
    generations = [
        Generation(
            f"{split} {i}",
            rng.choice(documents[:400]).text if rng.random() < shares[split] else "nobody",
            split=split,
        )
        for split, size in zip(Split, sizes, strict=True)
        for i in range(size)
    ]
    return generations, documents


def test_a_writer_that_knows_nothing_has_as_much_on_either_side_and_no_effect():
    found = [describe(*written(0.05, 0.05, Random(seed)))["email"] for seed in range(30)]
    beyond, on_heldout = (
        sum(one[f"beyond_{side}"] for one in found) / len(found) for side in ("heldout", "train")
    )
    assert beyond == pytest.approx(on_heldout, abs=1.5)
    covered = [one["difference"]["ci95"][0] <= 0 <= one["difference"]["ci95"][1] for one in found]
    assert sum(covered) >= 27


def test_a_writer_that_gives_back_addresses_differs_by_as_much():
    generations, documents = written(0.5, 0.05, Random(0))
    email = describe(generations, documents)["email"]
    assert email["prompts"] == 100
    assert email["difference"]["ci95"][0] <= 450 <= email["difference"]["ci95"][1]
    assert email["difference"]["p"] < 1e-6
    assert email["beyond_heldout"] > 5 * email["beyond_train"]


def test_the_difference_is_over_equally_many_prompts():
    generations = [Generation(f"g{i}", "ann@example.org") for i in range(20)]
    generations += [Generation(f"h{i}", "nobody", split=Split.HELDOUT) for i in range(5)]
    email = describe(generations, DOCUMENTS)["email"]
    assert email["generations"]["train"]["of"] == 20
    assert email["difference"] == newcombe_contrast(5, 5, 0, 5).to_dict()
    assert email["values"] == [{"value": "a*****n@e*****g", "generations": 5}]


def test_examples_that_share_a_document_are_one_group_of_the_difference():
    stock = "Write to ann@example.org about anything that this long letter leaves open."
    documents = [Document(f"d{i}", stock, f"e{i}", Part.TARGET) for i in range(10)]
    documents += [DOCUMENTS[2]]
    generations = [Generation(f"g{i}", "ann@example.org", example_id=f"e{i}") for i in range(10)]
    generations += [
        Generation(f"h{i}", "nobody", example_id=f"h{i}", split=Split.HELDOUT) for i in range(10)
    ]
    difference = describe(generations, documents)["email"]["difference"]
    assert difference["method"] == "newcombe over groups, permutation of groups"
    assert difference["p"] > 0.05


@pytest.mark.parametrize(
    ("generations", "why"),
    [
        (GENERATIONS[:3], "no held-out generations"),
        ([replace(one, task=str(one.split)) for one in GENERATIONS], "no task is in both splits"),
    ],
)
def test_without_the_same_on_held_out_prompts_there_is_no_difference(generations, why):
    email = describe(generations, DOCUMENTS)["email"]
    assert email["difference"]["reason"].startswith(why)
    assert email["beyond_heldout"] is email["beyond_train"] is None
    assert email["values"][0] == {"value": "a*****n@e*****g", "generations": 1}


def test_what_no_document_holds_is_not_tested():
    iban = describe(GENERATIONS, DOCUMENTS)["iban"]
    assert iban["in_documents"] == 0
    assert iban["difference"]["p"] is None
    assert iban["difference"]["reason"] == "no training document has such a value"


def test_what_the_comparison_leaves_out_is_said():
    more = [*GENERATIONS, Generation("z", "nobody", "letters")]
    assert "1 training prompts (letters)" in describe(more, DOCUMENTS)["email"]["note"]
