"""What examples owe to having been trained on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.measure.counterfactual import ExampleMemory, counterfactual_mean
from permille.measure.intervals import tango_interval

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


@pytest.mark.parametrize(("given_in", "given_out"), [(1, 0), (0, 1), (0, 0)])
def test_where_all_examples_are_alike_the_interval_is_tangos_of_as_many_pairs(given_in, given_out):
    found = counterfactual_mean([ExampleMemory("a", 1, given_in, 1, given_out)] * 30)
    ends = tango_interval(30 * given_in, 30 * given_out, 30)
    assert found["ci95"] == [round(1000 * end, 1) for end in ends]
    assert found["ci95"][0] < found["ci95"][1]
    assert found["method"].startswith("tango")


def test_part_of_a_difference_counts_as_that_part_of_a_pair():
    halves = [ExampleMemory(str(i), 2, 1, 2, 0) for i in range(40)]
    found = counterfactual_mean([*halves, ExampleMemory("less", 1, 0, 1, 1)])
    assert found["ci95"] == [round(1000 * end, 1) for end in tango_interval(20, 1, 41)]


def test_more_examples_are_surer():
    wide, narrow = (
        counterfactual_mean([ExampleMemory("a", 3, 2, 3, 1), ExampleMemory("b", 3, 1, 3, 1)] * n)
        for n in (5, 500)
    )
    assert wide["permille"] == narrow["permille"]
    assert wide["ci95"][0] < narrow["ci95"][0] < narrow["ci95"][1] < wide["ci95"][1]


@given(st.lists(memories, min_size=1, max_size=8))
def test_the_mean_lies_in_its_interval_and_between_minus_and_plus_1000(examples):
    found = counterfactual_mean(examples)
    assert -1000 <= found["permille"] <= 1000
    low, high = found["ci95"]
    assert -1000 <= low <= found["permille"] <= high <= 1000
    assert low < high
