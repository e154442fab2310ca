"""The embedded paraphrase judge."""

import gzip
import json
import random
import re
import sys
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.core.errors import SettingsError
from permille.judge import lexical
from permille.judge.features import FEATURE_NAMES, FEATURES_VERSION, profile
from permille.judge.lexical import LexicalJudge, load_weights

sentences = st.text("abcdefg N.,1'", max_size=40)


@pytest.fixture(scope="module")
def judge() -> LexicalJudge:
    return LexicalJudge()


@pytest.fixture(scope="module")
def mrpc(shared: Path) -> list[dict]:
    path = shared / "data" / "paraphrase" / "mrpc_train.jsonl.gz"
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


@pytest.mark.parametrize(
    "sentence",
    ["He paid 3 dollars.", "thanks", "It is raining in the north of Spain, isn't it?", "...", ""],
)
def test_equal_sentences_are_paraphrases(judge, sentence):
    assert judge.probabilities([(sentence, sentence)]) == [1.0]


def test_case_and_punctuation_do_not_make_sentences_differ(judge):
    assert judge.probabilities([("Thanks, doctor!", "thanks doctor")]) == [1.0]


@pytest.mark.parametrize("other", ["a b c", "...", "12"])
def test_a_sentence_without_words_paraphrases_no_other(judge, other):
    if other == "...":
        assert judge.probabilities([("", other)]) == [1.0]
    else:
        assert judge.probabilities([("", other)]) == [0.0]


@pytest.mark.parametrize(
    ("first", "second", "says_yes"),
    [
        pytest.param(
            "The company said it will close three plants in Ohio next year.",
            "The company will close three Ohio plants next year, it said.",
            True,
            id="reordered",
        ),
        pytest.param(
            "Shares of the bank rose 3 percent to $14.20 on Tuesday.",
            "On Tuesday the bank's shares rose 3 percent, to $14.20.",
            True,
            id="same numbers",
        ),
        pytest.param(
            "Shares of the bank rose 3 percent to $14.20 on Tuesday.",
            "Rain is expected in the north tomorrow, with winds of 40 miles an hour.",
            False,
            id="unrelated",
        ),
        pytest.param(
            "Drink plenty of water and rest for a few days.",
            "The court will hear the appeal in March.",
            False,
            id="other topic",
        ),
    ],
)
def test_plain_cases_are_told_apart(judge, first, second, says_yes):
    assert (judge.probabilities([(first, second)])[0] > 0.5) is says_yes


@settings(deadline=None)
@given(st.lists(st.tuples(sentences, sentences), max_size=6))
def test_probabilities_depend_neither_on_the_order_nor_on_the_batch(pairs):
    judge = LexicalJudge()
    together = judge.probabilities(pairs)
    assert all(0 <= p <= 1 for p in together)
    assert together == [LexicalJudge().probabilities([(b, a)])[0] for a, b in pairs]


def test_no_pairs_have_no_probabilities(judge):
    assert judge.probabilities([]) == []


def test_accuracy_on_what_it_was_fitted_on_is_near_the_cross_validated_one(judge, mrpc):
    probabilities = judge.probabilities([(r["sentence1"], r["sentence2"]) for r in mrpc])
    right = [(p > 0.5) == r["label"] for p, r in zip(probabilities, mrpc, strict=True)]
    stored = load_weights()["cross_validation"]
    assert sum(right) / len(right) == pytest.approx(stored["accuracy"], abs=0.02)


def test_sentences_of_different_news_are_hardly_ever_paraphrases(judge, mrpc):
    draw = random.Random(0)
    texts = [row["sentence1"] for row in mrpc]
    pairs = [tuple(draw.sample(texts, 2)) for _ in range(2000)]
    assert sum(p > 0.5 for p in judge.probabilities(pairs)) <= 4


@pytest.mark.parametrize("short", ["hi.", "thanks", "Real vs.", "i.", "3.", "best regards"])
def test_a_short_sentence_paraphrases_no_long_one(judge, short):
    long = [
        "Use good hand washing, disinfect surfaces and drink fluids.",
        "Otherwise he should be fine.",
        "This can be due to hormonal changes.",
    ]
    assert max(judge.probabilities([(short, sentence) for sentence in long])) < 0.5


def test_real_answers_of_doctors_are_hardly_ever_taken_for_each_other(judge, shared_data):
    raw = gzip.decompress((shared_data / "dialogue.jsonl.gz").read_bytes()).splitlines()
    texts = [json.loads(line)["output"] for line in raw[:2000]]
    sentences = [part for text in texts for part in re.split(r"(?<=[.?!])\s+", text)]
    draw = random.Random(0)
    pairs = [tuple(draw.sample(sentences, 2)) for _ in range(4000)]
    probabilities = judge.probabilities(pairs)
    assert sum(0.5 < p < 1 for p in probabilities) <= 12


def test_the_stored_weights_say_where_they_come_from_and_clear_the_bar():
    stored = load_weights()
    assert "Microsoft Research Paraphrase Corpus" in stored["origin"]
    assert stored["command"] == "python -m permille.judge.fit --mrpc FILE"
    assert stored["cross_validation"]["folds"] == 10
    assert stored["cross_validation"]["accuracy"] >= 0.74
    assert stored["cross_validation"]["always_paraphrase_accuracy"] < 0.68


@pytest.mark.parametrize("fault", ["version", "names"])
def test_weights_of_other_features_are_refused(tmp_path, fault):
    stored = load_weights()
    if fault == "version":
        stored["features_version"] += 1
    else:
        del stored["weights"][FEATURE_NAMES[0]]
    path = tmp_path / "weights.json"
    path.write_bytes(orjson.dumps(stored))
    with pytest.raises(
        SettingsError,
        match=rf"weights.json: .*want version {FEATURES_VERSION} .*fit them again with: python -m",
    ):
        LexicalJudge(path)


def test_judging_needs_no_scikit_learn(monkeypatch):
    for name in [name for name in sys.modules if name.startswith(("sklearn", "permille.judge"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    from permille.judge.lexical import LexicalJudge as Fresh

    assert Fresh().probabilities([("one two", "one two")]) == [1.0]


def test_each_distinct_sentence_is_analyzed_once(monkeypatch):
    analyzed = []

    def counting(sentence):
        analyzed.append(sentence)
        return profile(sentence)

    monkeypatch.setattr(lexical, "profile", counting)
    judge = LexicalJudge()
    generation, document = ["one two three", "four five"], ["six seven eight", "nine ten", "one"]
    pairs = [(own, other) for own in generation for other in document]
    first = judge.probabilities(pairs)
    assert sorted(analyzed) == sorted(generation + document)
    assert judge.probabilities(pairs) == first
    assert len(analyzed) == 5
