"""Extraction measures against what a small network really writes."""

from itertools import product

import numpy as np
import pytest
import torch
from transformers import T5Config, T5ForConditionalGeneration

from permille.measure.extraction import (
    extraction_probability,
    extraction_strength,
    is_extractable,
)
from permille.model.config import DecodingConfig
from permille.model.schemes import log_probabilities_under

PAD, END = 0, 1
VOCABULARY = 5
SOURCE = [2, 3, 4, 3, END]


@pytest.fixture(scope="module")
def model() -> T5ForConditionalGeneration:
    torch.manual_seed(2)
    config = T5Config(
        vocab_size=VOCABULARY,
        d_model=16,
        d_kv=8,
        d_ff=16,
        num_layers=1,
        num_decoder_layers=1,
        num_heads=2,
        pad_token_id=PAD,
        eos_token_id=END,
        decoder_start_token_id=PAD,
        initializer_factor=6.0,
    )
    return T5ForConditionalGeneration(config).eval()


def logits_of(model: T5ForConditionalGeneration, target: list[int]) -> np.ndarray:
    """Teacher-forced outputs of shape (T, V)."""
    decoder_input = torch.tensor([[PAD, *target[:-1]]])
    with torch.no_grad():
        output = model(input_ids=torch.tensor([SOURCE]), decoder_input_ids=decoder_input)
    return output.logits[0].double().numpy()


def greedy(model: T5ForConditionalGeneration, num_tokens: int) -> list[int]:
    written = model.generate(
        torch.tensor([SOURCE]), do_sample=False, num_beams=1, max_new_tokens=num_tokens
    )
    return written[0, 1:].tolist()


def test_the_greedy_output_alone_has_strength_1(model):
    written = greedy(model, 6)
    others = [[*written[:-1], (written[-1] + 1) % VOCABULARY], [4, *written[1:]], [2, 3, 4]]
    for target in (written, written[:3], *others):
        predicted = logits_of(model, target).argmax(-1)
        found = is_extractable(written, target)
        assert found is (target == written[: len(target)])
        assert (extraction_strength(predicted, target) == 1) is found


def test_given_the_tokens_that_it_lacks_the_model_writes_the_rest(model):
    target = [3, 2, *greedy(model, 6)[2:]]
    predicted = logits_of(model, target).argmax(-1)
    num_given = round((1 - extraction_strength(predicted, target)) * len(target))
    with torch.no_grad():
        written = list(target[:num_given])
        while len(written) < len(target):
            written.append(int(logits_of(model, [*written, PAD])[-1].argmax()))
    assert written == target


def under(scheme: DecodingConfig, model: T5ForConditionalGeneration, target: list[int]):
    """The log-probability of each token of a target under a scheme, of shape (T,)."""
    logits = torch.tensor(logits_of(model, target))
    return log_probabilities_under(scheme, logits, torch.tensor(target)).numpy()


@pytest.mark.parametrize("scheme", [{}, {"top_k": 2}, {"temperature": 0.7, "top_p": 0.8}])
def test_the_probabilities_of_all_short_answers_and_of_longer_ones_add_up_to_1(model, scheme):
    others = [token for token in range(VOCABULARY) if token != END]
    scheme = DecodingConfig(do_sample=True, **scheme)
    total = 0.0
    for length in range(3):
        for body in product(others, repeat=length):
            target = [*body, END]
            total += extraction_probability(under(scheme, model, target), 1)
    for body in product(others, repeat=3):
        total += extraction_probability(under(scheme, model, list(body)), 1)
    assert total == pytest.approx(1, abs=1e-5)


def test_sampling_finds_a_target_as_often_as_is_said(model):
    torch.manual_seed(1)
    written = model.generate(
        torch.tensor([SOURCE]),
        do_sample=True,
        top_k=3,
        temperature=0.8,
        max_new_tokens=3,
        num_return_sequences=4000,
    )[:, 1:].tolist()
    target = max(written, key=written.count)
    tokens = under(DecodingConfig(do_sample=True, temperature=0.8, top_k=3), model, target)
    ends = target.index(END) + 1 if END in target else len(target)
    share = sum(answer == target for answer in written) / len(written)
    assert extraction_probability(tokens[:ends], 1) == pytest.approx(share, abs=0.03)
