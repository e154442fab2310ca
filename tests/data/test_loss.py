"""Batches as the model's own loss sees them, and the examples in the documentation of functions."""

import doctest
from importlib import import_module

import pytest
import torch
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

from permille.core.batches import IGNORED_LABEL
from permille.core.records import Example
from permille.data.batches import Collate
from permille.data.config import TaskConfig
from permille.data.datamodule import encode

EXAMPLES = [
    Example("1", "dialogue", "w1 w2 w3 w4 w5 w6 w7", "w8"),
    Example("2", "dialogue", "w9", "w10 w11 w12 w13 w14"),
    Example("3", "dialogue", "w1 w9 w3", "w2 w3"),
]


@pytest.fixture(scope="module")
def model(tokenizer: PreTrainedTokenizerFast) -> T5ForConditionalGeneration:
    torch.manual_seed(0)
    shape = T5Config(
        vocab_size=len(tokenizer),
        d_model=16,
        d_kv=8,
        d_ff=32,
        num_layers=1,
        num_heads=2,
        dropout_rate=0.0,
        decoder_start_token_id=tokenizer.pad_token_id,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    return T5ForConditionalGeneration(shape).eval()


def loss_of(
    model: T5ForConditionalGeneration,
    tokenizer: PreTrainedTokenizerFast,
    examples: list[Example],
    padding: int = 0,
) -> tuple[float, int]:
    """Returns the summed loss of a batch and how many labels it counts."""
    batch = Collate(tokenizer.pad_token_id)(encode(examples, tokenizer, TaskConfig()))
    if padding:
        size = (len(examples), padding)
        for key, filler in (
            ("input_ids", tokenizer.pad_token_id),
            ("attention_mask", 0),
            ("labels", IGNORED_LABEL),
        ):
            batch[key] = torch.cat([batch[key], torch.full(size, filler)], dim=1)
    with torch.no_grad():
        mean = model(**batch).loss.item()
    count = int((batch["labels"] != IGNORED_LABEL).sum())
    return mean * count, count


def test_a_batch_costs_what_its_examples_cost_alone(
    model: T5ForConditionalGeneration, tokenizer: PreTrainedTokenizerFast
) -> None:
    together, count = loss_of(model, tokenizer, EXAMPLES)
    alone = [loss_of(model, tokenizer, [example]) for example in EXAMPLES]
    assert count == sum(number for _, number in alone) == 2 + 6 + 3
    assert together == pytest.approx(sum(loss for loss, _ in alone), rel=1e-5)


@pytest.mark.parametrize("padding", [1, 7])
def test_more_padding_costs_nothing(
    padding: int, model: T5ForConditionalGeneration, tokenizer: PreTrainedTokenizerFast
) -> None:
    plain, count = loss_of(model, tokenizer, EXAMPLES)
    padded, same_count = loss_of(model, tokenizer, EXAMPLES, padding)
    assert (padded, same_count) == (pytest.approx(plain, rel=1e-5), count)


def test_the_end_of_every_target_is_learned(
    model: T5ForConditionalGeneration, tokenizer: PreTrainedTokenizerFast
) -> None:
    batch = Collate(tokenizer.pad_token_id)(encode(EXAMPLES, tokenizer, TaskConfig()))
    for labels in batch["labels"]:
        kept = labels[labels != IGNORED_LABEL]
        assert kept[-1] == tokenizer.eos_token_id
    start = model.prepare_decoder_input_ids_from_labels(batch["labels"])[:, 0]
    assert start.tolist() == [model.config.decoder_start_token_id] * len(EXAMPLES)


@pytest.mark.parametrize(
    ("module", "count"), [("neighbors", 1), ("mixture", 1), ("builtin.lexicon", 1)]
)
def test_the_examples_in_docstrings_hold(module: str, count: int) -> None:
    found = doctest.testmod(import_module(f"permille.data.{module}"))
    assert found.failed == 0
    assert found.attempted >= count
