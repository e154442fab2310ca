"""Judges from Hugging Face, on a tiny model with random weights."""

import time

import pytest
import torch
from huggingface_hub import constants
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from permille.core import hub
from permille.core.errors import ServiceError, SettingsError
from permille.judge.config import JudgeConfig
from permille.judge.cross_encoder import CrossEncoderJudge, paraphrase_label

PAIRS = [
    ("the dog barks", "a dog barks today"),
    ("a cat ran off", "the cat ran off today"),
    ("the dog", "a cat " * 12),
    ("the dog barks", "a cat"),
    ("the dog barks", "a dog barks today"),
]


def judge_of(folder, **settings) -> CrossEncoderJudge:
    return CrossEncoderJudge(JudgeConfig(kind="cross_encoder", name=str(folder), **settings))


def test_probabilities_are_the_models_own(tiny_bert):
    folder = tiny_bert(("not_equivalent", "equivalent"))
    model = AutoModelForSequenceClassification.from_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    expected = []
    for first, second in PAIRS:
        inputs = tokenizer(first, second, truncation=True, max_length=32, return_tensors="pt")
        with torch.no_grad():
            expected.append(float(model(**inputs).logits.softmax(-1)[0, 1]))
    assert judge_of(folder).probabilities(PAIRS) == pytest.approx(expected, abs=1e-5)


def test_the_label_named_paraphrase_decides_wherever_it_stands(tiny_bert):
    usual = judge_of(tiny_bert(("not_equivalent", "equivalent"), seed=1)).probabilities(PAIRS)
    turned = judge_of(tiny_bert(("paraphrase", "other"), seed=1)).probabilities(PAIRS)
    assert turned == pytest.approx([1 - p for p in usual], abs=1e-5)


@pytest.mark.parametrize("batch_size", [1, 2, 50])
def test_probabilities_do_not_depend_on_the_batch(tiny_bert, batch_size):
    folder = tiny_bert()
    whole = judge_of(folder).probabilities(PAIRS)
    assert judge_of(folder, batch_size=batch_size).probabilities(PAIRS) == pytest.approx(
        whole, abs=1e-5
    )


def test_equal_sentences_are_paraphrases_whatever_the_model_says(tiny_bert):
    assert judge_of(tiny_bert()).probabilities([("The dog  barks ", "the dog barks")]) == [1.0]


@pytest.mark.parametrize(
    ("labels", "positive"),
    [
        pytest.param(("LABEL_0", "LABEL_1"), 1, id="unnamed"),
        pytest.param(("not_equivalent", "equivalent"), 1, id="GLUE"),
        pytest.param(("equivalent", "not_equivalent"), 0, id="turned"),
        pytest.param(("Non-Paraphrase", "Paraphrase"), 1, id="hyphen"),
        pytest.param(("nonparaphrase", "paraphrase"), 1, id="one word"),
        pytest.param(("is_duplicate", "is_not_duplicate"), 0, id="questions"),
        pytest.param(("no", "yes"), 1, id="yes"),
        pytest.param(("different", "same"), 1, id="same"),
    ],
)
def test_names_tell_which_label_is_paraphrase(labels, positive):
    assert paraphrase_label(dict(enumerate(labels)), "some/model") == positive


@pytest.mark.parametrize(
    "labels",
    [("entailment", "neutral", "contradiction"), ("NEGATIVE", "POSITIVE"), ("LABEL_0",), ()],
)
def test_labels_that_do_not_tell_are_refused(labels):
    with pytest.raises(SettingsError, match=r"judge\.name=some/model: want two labels .* got \["):
        paraphrase_label(dict(enumerate(labels)), "some/model")


def test_a_name_that_is_nowhere_offline_is_an_error_at_once():
    started = time.monotonic()
    with pytest.raises(
        ServiceError, match=r"judge\.name=nobody/nothing: not a folder, .* or use judge=lexical"
    ):
        judge_of("nobody/nothing")
    assert time.monotonic() - started < 10


def test_a_hub_that_does_not_answer_is_found_out_at_once(monkeypatch):
    monkeypatch.setattr(hub, "is_offline_mode", lambda: False)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    started = time.monotonic()
    with pytest.raises(ServiceError, match=r"http://127\.0\.0\.1:9 does not answer"):
        judge_of("nobody/nothing")
    assert time.monotonic() - started < 10


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="want a folder with a sequence classifier"):
        judge_of(tmp_path)


def test_a_model_whose_classifier_was_never_trained_is_refused(tiny_bert):
    with pytest.raises(SettingsError, match="a model without a classifier, missing"):
        judge_of(tiny_bert(with_head=False))
