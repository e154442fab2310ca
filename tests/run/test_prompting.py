"""Which prompts a model is given, and what it then writes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.core.records import Arm, Part, Prompt, Split
from permille.run.loading import Loaded, load
from permille.run.prompting import (
    drawn,
    make_all_prompts,
    measure_utility,
    write_generations_of,
)

from .conftest import train_settings

PROMPTS = [Prompt(f"text {i}", f"e{i}", "qa", Split.TRAIN, True, 6) for i in range(20)]


def silent(stage: str, done: int, total: int) -> None:
    """Show nothing."""


@given(st.integers(0, 25), st.integers(0, 5))
def test_a_draw_keeps_the_order_and_has_no_prompt_twice(limit: int, seed: int) -> None:
    chosen = drawn(PROMPTS, limit, seed)
    assert len(chosen) == min(limit, len(PROMPTS))
    assert chosen == [prompt for prompt in PROMPTS if prompt in set(chosen)]
    assert chosen == drawn(PROMPTS, limit, seed)


def test_another_seed_draws_other_prompts() -> None:
    assert len({tuple(drawn(PROMPTS, 5, seed)) for seed in range(10)}) > 1
    assert drawn(PROMPTS, None, 0) == PROMPTS


def test_every_example_has_documents_whether_it_is_asked_or_not(loaded: Loaded) -> None:
    settings = train_settings("audit.num_prompts=5")
    train, heldout = make_all_prompts(settings, loaded.splits, loaded.tuned)
    assert (len(train.every), len(train.asked)) == (12, 5)
    assert len(heldout.asked) == 5
    targets = {one.example_id for one in train.documents() if one.part is Part.TARGET}
    assert targets == {example.id for example in loaded.splits.train}
    assert {one.split for one in heldout.documents()} == {Split.HELDOUT}


def test_equal_prompts_are_asked_once_and_by_the_published_counting_every_time(
    loaded: Loaded,
) -> None:
    first = loaded.splits.train[0]
    twin = replace(first, id="twin", target="another answer")
    splits = replace(loaded.splits, train=[*loaded.splits.train, twin])
    once, _ = make_all_prompts(train_settings(), splits, loaded.tuned)
    assert len(once.asked) == 12
    assert [p.num_examples for p in once.asked if p.example_id == first.id] == [2]
    every, _ = make_all_prompts(train_settings("audit=paper"), splits, loaded.tuned)
    assert len(every.asked) == 13


@pytest.mark.parametrize("mode", ["prefix", "input"])
def test_prompts_are_the_instruction_with_a_prefix_or_with_all(loaded: Loaded, mode: str) -> None:
    settings = train_settings(f"audit.prompt={mode}", "audit.prefix_tokens=5")
    train, _ = make_all_prompts(settings, loaded.splits, loaded.tuned)
    for example, prompt in zip(loaded.splits.train, train.every, strict=True):
        assert prompt.whole_input is (mode == "input")
        assert prompt.text.endswith(example.input[: prompt.prefix_chars])


def test_a_generation_is_written_for_every_prompt_and_told_of(loaded: Loaded) -> None:
    told: list[tuple[str, int, int]] = []
    settings = loaded.settings
    train, _ = make_all_prompts(settings, loaded.splits, loaded.tuned)
    written = write_generations_of(
        settings, loaded.tuned, train.asked, Arm.TUNED, lambda *one: told.append(one)
    )
    assert [one.example_id for one in written] == [one.example_id for one in train.asked]
    assert told[-1] == ("tuned train dialogue", 12, 12)


def test_a_mixture_is_prompted_and_scored_by_task() -> None:
    mixed = load(train_settings("task=multitask", "data.num_train=10", "data.num_heldout=5"))
    train, heldout = make_all_prompts(mixed.settings, mixed.splits, mixed.tuned)
    tasks = {"dialogue", "summarization", "qa", "translation", "sentiment"}
    assert {prompt.task for prompt in train.asked} == tasks
    assert {prompt.task for prompt in heldout.asked} == tasks
    utility = measure_utility(mixed.settings, mixed.tuned, mixed.splits.heldout, silent)
    assert set(utility.by_task) == tasks
    assert {name.partition("_")[0] for name in utility.overall} == tasks
