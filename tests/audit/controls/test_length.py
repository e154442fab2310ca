"""Ratios at equal length."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.audit.controls.length import (
    deciles,
    edges_of,
    length,
    per_1000_tokens,
    standardized,
    strata,
)
from permille.audit.tally import Tally, ratios_of
from permille.audit.views import TUNED_TRAIN
from permille.core.records import Kind
from permille.measure.at_length import rate
from permille.measure.intervals import wilson_interval
from permille.measure.ratio import wilson_ratio

lengths = st.lists(st.integers(51, 900), min_size=1, max_size=60)


def tally_of(make_row, sizes, has_case):
    return Tally(
        [make_row(Kind.VERBATIM if has_case(n) else Kind.NONE, num_chars=n) for n in sizes]
    )


def arms(train, **others):
    """The rows of the tuned model on training prompts, and of others by `model_split`."""
    keys = {name: tuple(name.split("_")) for name in others}
    return {TUNED_TRAIN: Tally(train)} | {keys[name]: Tally(rows) for name, rows in others.items()}


@given(sizes=lengths)
def test_deciles_split_the_generations_and_ascend(make_row, sizes):
    rows = deciles(tally_of(make_row, sizes, lambda n: n % 2))
    assert sum(row["ratios"]["any"]["of"] for row in rows) == len(sizes)
    assert sum(row["ratios"]["any"]["count"] for row in rows) == sum(n % 2 for n in sizes)
    ends = [end for row in rows for end in (row["min_chars"], row["max_chars"])]
    assert ends == sorted(ends)
    assert len(rows) <= 10


def test_a_hundred_lengths_have_ten_tenths(make_row):
    rows = deciles(tally_of(make_row, range(51, 151), lambda n: True))
    assert [row["ratios"]["any"]["of"] for row in rows] == [10] * 10


def test_no_generation_has_no_deciles():
    assert deciles(Tally([])) == []


@given(sizes=lengths)
def test_at_its_own_lengths_a_ratio_stays_what_it_is(make_row, sizes):
    tally = tally_of(make_row, sizes, lambda n: n % 3 == 0)
    found, plain = standardized(tally, sizes), ratios_of(tally, "main")
    assert found.any.permille == pytest.approx(plain.any.permille)
    assert found.any.ci95 == pytest.approx(plain.any.ci95)


def test_a_ratio_is_weighted_to_the_pooled_lengths(make_row):
    own = [100] * 30 + [500] * 10
    tally = tally_of(make_row, own, lambda n: n == 500)
    pooled = [100] * 20 + [500] * 60
    found = standardized(tally, pooled)
    assert ratios_of(tally, "main").any.permille == 250
    assert found.any.permille == pytest.approx(750)
    assert found.any.ci95[1] - found.any.ci95[0] > 200
    assert (found.any.count, found.any.of) == (10, 40)
    assert "standardized" in found.any.method


@given(sizes=lengths)
def test_strata_have_a_place_for_every_length(sizes):
    edges = edges_of(sizes)
    which = strata(sizes, edges)
    assert which.min() >= 0
    assert which.max() <= len(edges)
    order = np.argsort(sizes, kind="stable")
    assert (np.diff(which[order]) >= 0).all()


def test_cases_are_counted_per_thousand_tokens(make_row):
    rows = [make_row(Kind.IDEA, num_tokens=60), make_row(num_tokens=40)]
    found = per_1000_tokens(Tally(rows)).any
    assert (found.count, found.of, found.permille) == (1, 100, 10)
    ends = rate([True, False], [60, 40], ["a", "b"]).ci95
    assert found.ci95 == pytest.approx([1000 * end for end in ends])
    assert found.method == "wilson and the mean length of generations, joined"


def test_a_rate_is_never_above_a_case_a_token(make_row):
    rows = [make_row(Kind.IDEA, num_tokens=1), make_row(Kind.IDEA, num_tokens=90)]
    assert per_1000_tokens(Tally(rows)).any.ci95[1] == 1000


def test_a_rate_is_unsure_of_the_length_where_every_generation_has_a_case(make_row):
    rows = [make_row(Kind.IDEA, num_tokens=20 + 60 * (i % 2)) for i in range(40)]
    found = per_1000_tokens(Tally(rows)).any
    assert found.permille == 20
    assert found.ci95[1] > 23


def test_answers_to_one_prompt_count_together_in_a_rate_without_an_example_too(make_row):
    rows, named = (
        [make_row(Kind.IDEA, num_tokens=50, unit=f"{i % 5}", has_example=has) for i in range(40)]
        for has in (False, True)
    )
    apart = [make_row(Kind.IDEA, num_tokens=50) for _ in range(40)]
    assert per_1000_tokens(Tally(rows)) == per_1000_tokens(Tally(named))
    low, high = per_1000_tokens(Tally(apart)).any.ci95
    assert per_1000_tokens(Tally(rows)).any.ci95[0] < low < high


def test_a_rate_of_equally_long_generations_is_as_sure_as_their_share(make_row):
    many = per_1000_tokens(Tally([make_row(Kind.IDEA, num_tokens=50) for _ in range(40)])).any
    # every generation has a case, so the rate cannot be higher than one in fifty tokens
    assert many.ci95[1] == many.permille == 20


@pytest.mark.parametrize("tokens", [[], [0], [0, 1]])
def test_without_tokens_there_is_no_rate(make_row, tokens):
    rows = [make_row(Kind.IDEA, num_tokens=number) for number in tokens]
    assert "less than one token" in per_1000_tokens(Tally(rows)).any.reason


def test_generations_of_one_example_count_as_copies_when_standardized(make_row):
    apart = [make_row(Kind.IDEA if i < 10 else Kind.NONE, num_chars=100) for i in range(40)]
    together = [replace(row, unit=f"unit {i // 4}") for i, row in enumerate(apart)]
    lengths = [100] * 40
    single, grouped = (standardized(Tally(rows), lengths).any for rows in (apart, together))
    assert single.permille == grouped.permille == pytest.approx(250)
    assert single.ci95 == pytest.approx(wilson_ratio(10, 40).ci95)
    assert grouped.ci95 == pytest.approx([1000 * end for end in wilson_interval(2.5, 10)])


def first_tokens(*rows):
    return length(arms(rows), 51)["first_tokens"]


def test_a_beginning_that_is_too_short_is_not_measured(make_row):
    found = first_tokens(
        make_row(num_chars=500, num_tokens=500, kinds={"first_32": Kind.VERBATIM}),
        make_row(num_chars=500, num_tokens=100, kinds={"first_32": Kind.VERBATIM}),
    )
    assert (found["32"]["any"]["count"], found["32"]["any"]["of"]) == (1, 1)
    assert first_tokens(make_row(num_chars=500, num_tokens=500))["32"]["any"]["reason"] == (
        "no beginning of 32 tokens is measurable"
    )


def test_only_generations_that_have_so_many_tokens_are_compared_at_equal_length(make_row):
    found = first_tokens(
        make_row(num_tokens=63, kinds={"first_32": Kind.IDEA, "first_64": Kind.IDEA}),
        make_row(num_tokens=64, kinds={"first_64": Kind.IDEA}),
        make_row(num_tokens=100),
    )
    assert {n: (of["any"]["count"], of["any"]["of"]) for n, of in found.items()} == {
        "32": (1, 3),
        "64": (1, 2),
        "128": (0, 0),
    }
    assert found["128"]["any"]["permille"] is None
    assert found["128"]["any"]["reason"] == "none has 128 tokens"


def test_the_unit_is_said_where_tokens_are_words(make_row):
    assert length(arms([make_row()]), 51)["unit"] == "tokens"
    assert length(arms([make_row(counts_tokens=False)]), 51)["unit"] == "words"
    short = make_row(counts_tokens=False, num_tokens=10)
    assert first_tokens(short)["32"]["any"]["reason"] == "none has 32 words"


def test_tokens_and_words_are_not_one_length(make_row):
    rows = [make_row(), make_row(counts_tokens=False)]
    found = length(arms(rows), 51)
    assert found["unit"] == "tokens, words where they are not known"
    assert found["first_tokens"]["32"]["any"]["reason"] == "only some give their num_tokens"


def test_nothing_measured_has_no_standardized_ratio():
    assert standardized(Tally([]), []).any.permille is None


def test_lengths_of_other_arms_belong_to_the_pool(make_row):
    train = tally_of(make_row, [100] * 10 + [500] * 10, lambda n: n == 500)
    other = tally_of(make_row, [100] * 60, lambda n: False)
    alone, pooled = (
        length(arms(train.rows, **more), 51) for more in ({}, {"base_heldout": other.rows})
    )
    assert alone["standardized"]["any"]["permille"] == 500
    assert pooled["standardized"]["any"]["permille"] < 200


def writes(make_row, lengths, shares, **named):
    """Rows of which a share of each length's has a case."""
    return [
        make_row(Kind.IDEA if i < share * number else Kind.NONE, num_chars=size, **named)
        for (size, number), share in zip(lengths.items(), shares, strict=True)
        for i in range(number)
    ]


def test_what_differs_in_length_alone_is_the_same_when_standardized(make_row):
    # of short texts one in ten has a case, of long ones six in ten, whoever wrote them
    train = writes(make_row, {100: 20, 500: 80}, (0.1, 0.6))
    heldout = writes(make_row, {100: 80, 500: 20}, (0.1, 0.6))
    base = writes(make_row, {100: 50, 500: 50}, (0.1, 0.6))
    found = length(arms(train, tuned_heldout=heldout, base_train=base), 51)
    figures = [
        found["standardized"],
        found["standardized_heldout"],
        found["standardized_heldout"]["train"],
        found["standardized_base_model"],
        found["standardized_base_model"]["train"],
    ]
    assert {figure["any"]["permille"] for figure in figures} == {350}
    assert [figure["any"]["of"] for figure in figures] == [100] * 5
    assert found["standardized_heldout"]["pool_share"] == 1


def test_arms_are_standardized_over_the_lengths_that_both_wrote(make_row):
    train = writes(make_row, {100: 40, 300: 40, 500: 40}, (0.5, 0.25, 1))
    heldout = writes(make_row, {100: 20, 300: 60}, (0, 0.25))
    found = length(arms(train, tuned_heldout=heldout), 51)["standardized_heldout"]
    # 60 of 200 texts of both lengths are short, 100 of middle length
    assert found["pool_share"] == 0.8
    assert (found["train"]["any"]["count"], found["train"]["any"]["of"]) == (30, 80)
    assert found["train"]["any"]["permille"] == round(1000 * (60 * 0.5 + 100 * 0.25) / 160, 1)
    assert found["any"]["permille"] == round(1000 * (100 * 0.25) / 160, 1)


def test_held_out_prompts_are_standardized_beside_as_many_training_ones(make_row):
    kinds = {"main": Kind.VERBATIM, "cut": Kind.NONE}
    train = [make_row(kinds=kinds, is_chosen=i < 10) for i in range(40)]
    heldout = [make_row(is_chosen=i < 10) for i in range(15)]
    base = [make_row(Kind.VERBATIM) for _ in range(40)]
    found = length(arms(train, tuned_heldout=heldout, base_train=base), 51)
    beside = found["standardized_heldout"]
    assert (beside["any"]["of"], beside["train"]["any"]["of"]) == (10, 10)
    assert beside["train"]["any"]["count"] == 0
    assert found["standardized_base_model"]["train"]["any"]["count"] == 40


def test_arms_of_no_common_length_cannot_be_standardized(make_row):
    train = writes(make_row, {100: 20}, (0.5,))
    heldout = writes(make_row, {500: 20}, (0.5,))
    found = length(arms(train, tuned_heldout=heldout), 51)["standardized_heldout"]
    assert found["any"]["permille"] is found["train"]["any"]["permille"] is None
    assert found["any"]["reason"] == "no tenth of the lengths has measurable generations of both"
    assert found["pool_share"] == 0


def test_an_arm_that_is_not_there_says_so_when_standardized(make_row):
    found = length(arms([make_row()]), 51)
    assert found["standardized_heldout"]["missing"].startswith("no held-out generations")
    assert "before fine-tuning" in found["standardized_base_model"]["missing"]


def test_splits_that_cannot_be_compared_are_not_standardized_to_each_other(make_row):
    both = arms([make_row()], tuned_heldout=[make_row()])
    assert length(both, 51, why_not="why")["standardized_heldout"] == {"missing": "why"}
    assert length(both, 51, note="left out")["standardized_heldout"]["note"] == "left out"
