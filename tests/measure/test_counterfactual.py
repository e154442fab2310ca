"""What examples owe to having been trained on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.measure.counterfactual import ExampleMemory, counterfactual_mean

sides = st.integers(1, 5).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
memories = st.builds(
    lambda name, seen, unseen: ExampleMemory(name, *seen, *unseen),
    st.text(max_size=3),
    sides,
    sides,
)


def test_an_example_owes_what_models_with_it_give_back_more_often():
    examples = [
        ExampleMemory("stock text", 3, 3, 3, 3),
        ExampleMemory("memorized", 3, 3, 2, 0),
        ExampleMemory("half", 4, 2, 2, 0),
    ]
    found = counterfactual_mean(examples)
    assert found["permille"] == pytest.approx(500)
    assert [one["example_id"] for one in found["examples"]] == ["memorized", "half", "stock text"]
    assert found["examples"][1] == {
        "example_id": "half",
        "in": [2, 4],
        "out": [0, 2],
        "difference": 0.5,
    }


def test_of_no_example_there_is_no_mean():
    assert counterfactual_mean([])["reason"] == "no example was in and out"


def test_where_all_examples_are_alike_there_is_no_interval():
    assert counterfactual_mean([ExampleMemory("a", 1, 1, 1, 0)] * 2)["ci95"] is None


@given(st.lists(memories, min_size=1, max_size=8))
def test_the_mean_lies_in_its_interval_and_between_minus_and_plus_1000(examples):
    found = counterfactual_mean(examples)
    assert -1000 <= found["permille"] <= 1000
    if found["ci95"] is not None:
        low, high = found["ci95"]
        assert low <= high
