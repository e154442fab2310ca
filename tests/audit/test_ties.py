"""Identical answers to one prompt are one."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.audit.ties import answer_key, tied
from permille.core.records import Arm, Document, Generation, Split

names = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.none() | st.integers(0, 9)), max_size=20)


@given(drawn=names)
def test_what_identical_answers_tie_has_one_name(drawn):
    labels, answers = [name for name, _ in drawn], [answer for _, answer in drawn]
    first = list(range(len(drawn)))
    for _ in drawn:
        for i, j in product(range(len(drawn)), repeat=2):
            if labels[i] == labels[j] or (answers[i] is not None and answers[i] == answers[j]):
                first[i] = first[j] = min(first[i], first[j])
    assert tied(labels, answers) == [labels[i] for i in first]


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ({"prompt": "p", "example_id": "a"}, {"prompt": "p", "example_id": "b"}, True),
        ({"prompt": "p"}, {"prompt": "q"}, False),
        ({"prompt": ""}, {"prompt": ""}, True),
    ],
)
def test_answers_are_identical_where_prompt_and_text_are(first, second, is_one):
    keys = [answer_key(Generation("g", "one text", **named)) for named in (first, second)]
    assert (keys[0] == keys[1]) is is_one
    assert keys[0] != answer_key(Generation("g", "another", **first))


@pytest.mark.parametrize("example_id", [None, "a"])
def test_answers_to_prompts_that_are_not_known_are_not_tied(example_id):
    assert answer_key(Generation("g", "one text", example_id=example_id)) is None


@pytest.mark.parametrize(
    "named",
    [
        lambda _: {"prompt": "Go on."},
        lambda i: {"prompt": "Go on.", "example_id": f"e{i}"},
        lambda _: {"prompt": ""},
        lambda _: {"example_id": "e"},
    ],
    ids=["one prompt", "examples with one prompt", "an empty prompt", "one example"],
)
def test_an_answer_that_was_asked_for_many_times_tells_as_much_as_once(audit, writer, named):
    target = writer.text(5)
    documents = [Document("d", target), Document("h", writer.text(5), split=Split.HELDOUT)]
    heldout = [
        Generation(f"h{i}", writer.text(3), prompt=f"h{i}", split=Split.HELDOUT) for i in range(20)
    ]
    copies = [Generation(f"g{i}", target, **named(i)) for i in range(20)]
    base = [Generation(f"b{i}", writer.text(3), model=Arm.BASE, **named(i)) for i in range(20)]
    values = audit([*copies, *heldout, *base], documents).values
    assert values["ratios"]["any"]["count"] == values["ratios"]["any"]["of"] == 20
    assert values["ratios"]["any"]["effective_of"] == 1
    assert values["controls"]["heldout"]["difference"]["any"]["ci95"][0] < 200
    assert values["controls"]["length"]["per_1000_tokens"]["any"]["ci95"][0] < 10
