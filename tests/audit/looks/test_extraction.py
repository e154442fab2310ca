"""Extraction of training and held-out targets, from what was written and what is probable."""

import math
from dataclasses import replace

import pytest

from permille.audit.looks.extraction import (
    SCHEMES,
    Continuation,
    describe_schemes,
    describe_sides,
    own_scheme,
)
from permille.model.config import DecodingConfig

TEXT = "drink water and rest for two days before coming back"
TRUE = list(range(60))


def continuation(written, predicted=None, text=TEXT):
    return Continuation(written, TRUE, predicted or TRUE, text, TEXT)


def test_a_target_is_discoverable_where_its_next_50_tokens_are_written():
    copied = continuation(TRUE[:50])
    missed = continuation([*TRUE[:49], 99], [*TRUE[:29], 99, *TRUE[30:]], "nothing of the kind")
    found = describe_sides([copied, copied, missed], [missed])
    train = found["train"]
    assert (train["discoverable"]["count"], train["discoverable"]["of"]) == (2, 3)
    assert train["exact_match"]["permille"] == pytest.approx(1000 * (2 + 59 / 60) / 3, abs=0.05)
    assert train["extraction_strength"]["permille"] == pytest.approx(1000 * 2.5 / 3, abs=0.05)
    assert train["ngram_share"]["by_size"]["4"]["permille"] == pytest.approx(666.7)
    assert train["rouge_l"]["permille"] == pytest.approx(666.7)
    assert train["bleu_over_0.75"]["count"] == 2
    assert found["heldout"]["discoverable"]["count"] == 0
    assert found["difference"]["discoverable"]["permille"] == pytest.approx(666.7)


def test_a_target_with_nothing_behind_the_given_tokens_is_left_out():
    empty = Continuation([], [], [], "", "")
    found = describe_sides([empty], [continuation(TRUE)])
    assert found["train"]["discoverable"] == {
        "count": 0,
        "of": 0,
        "permille": None,
        "ci95": None,
        "reason": "no target has tokens behind those that are given",
    }
    assert found["train"]["exact_match"]["permille"] is None
    assert found["train"]["ngram_share"]["permille"] is None
    assert found["difference"]["discoverable"]["permille"] is None


def test_n_and_p_stand_in_the_key():
    half = {name: math.log(0.5) for name in (*SCHEMES, "greedy")}
    never = dict.fromkeys(half, -math.inf)
    found = describe_schemes([half, never], [never], [1, 4], [0.5, 0.9], DecodingConfig())
    assert set(found) == {*SCHEMES, "greedy"}
    counts = {key: ratio["count"] for key, ratio in found["top_k=40"]["train"].items()}
    # 1 - (1 - 0.5)^4 = 0.9375
    assert counts == {"n=1,p=0.5": 1, "n=1,p=0.9": 0, "n=4,p=0.5": 1, "n=4,p=0.9": 1}
    assert found["top_k=40"]["heldout"]["n=4,p=0.9"]["of"] == 1
    assert found["top_k=40"]["heldout"]["n=4,p=0.9"]["count"] == 0


def test_it_is_undefined_for_beam_search():
    half = dict.fromkeys(SCHEMES, -1.0)
    found = describe_schemes([half], [half], [1], [0.5], DecodingConfig(num_beams=4))
    assert "undefined for beam search" in found["num_beams=4"]["missing"]
    assert "train" in found["temperature=1"]


@pytest.mark.parametrize(
    ("decoding", "names"),
    [
        (DecodingConfig(), ["greedy"]),
        (DecodingConfig(num_beams=2), []),
        (DecodingConfig(do_sample=True, top_p=0.9, seed=7), []),
        (DecodingConfig(do_sample=True, top_p=0.8), ["audit.decoding"]),
    ],
    ids=["greedy", "beams", "known", "other"],
)
def test_the_audits_own_decoding_is_a_scheme_too(decoding, names):
    assert list(own_scheme(decoding)) == names


def test_the_difference_is_over_groups_where_examples_share_text():
    copied, missed = continuation(TRUE), continuation([99])
    train = [replace(copied, group=f"group {i // 5}") for i in range(20)]
    apart, tied = (describe_sides(side, [missed] * 20) for side in ([copied] * 20, train))
    assert tied["train"] == apart["train"]
    one, other = (found["difference"]["discoverable"] for found in (apart, tied))
    assert one["method"] == "newcombe, fisher"
    assert other["method"] == "newcombe over groups, permutation of groups"
    assert other["permille"] == one["permille"] == 1000
    assert other["ci95"][0] < one["ci95"][0]
    assert other["p"] > one["p"]
