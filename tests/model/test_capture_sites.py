"""Where models attend."""

import pytest
import torch
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    GPT2Config,
    GPT2LMHeadModel,
    LongT5Config,
    LongT5ForConditionalGeneration,
    PreTrainedModel,
    T5Config,
    T5ForConditionalGeneration,
)

from permille.core.errors import SettingsError
from permille.model.capture_sites import AttentionKind, find_sites, last_decoder_block

SMALL = {"vocab_size": 20, "d_model": 8, "d_kv": 4, "d_ff": 8, "num_heads": 2}


def places(model: PreTrainedModel) -> dict[AttentionKind, list[int]]:
    sites = find_sites(model)
    return {kind: [s.layer for s in sites if s.kind is kind] for kind in AttentionKind}


def test_t5_attends_in_every_block_of_both_stacks() -> None:
    model = T5ForConditionalGeneration(T5Config(num_layers=3, num_decoder_layers=2, **SMALL))
    assert places(model) == {
        AttentionKind.CROSS: [0, 1],
        AttentionKind.ENCODER: [0, 1, 2],
        AttentionKind.DECODER: [0, 1],
    }


def test_bart_attends_under_its_own_names() -> None:
    sizes = {"encoder_layers": 1, "decoder_layers": 2, "d_model": 8, "vocab_size": 20}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    model = BartForConditionalGeneration(BartConfig(**sizes, **heads))
    assert places(model) == {
        AttentionKind.CROSS: [0, 1],
        AttentionKind.ENCODER: [0],
        AttentionKind.DECODER: [0, 1],
    }


def test_the_last_decoder_block_is_the_one_before_the_output() -> None:
    model = T5ForConditionalGeneration(T5Config(num_layers=3, **SMALL))
    (site,) = last_decoder_block(find_sites(model))
    assert (site.kind, site.layer) == (AttentionKind.CROSS, 2)
    assert site.module is model.decoder.block[-1].layer[1].EncDecAttention


def test_a_model_without_cross_attention_is_refused() -> None:
    model = GPT2LMHeadModel(GPT2Config(vocab_size=20, n_embd=8, n_layer=1, n_head=2))
    with pytest.raises(SettingsError, match="want an encoder-decoder with cross-attention, got"):
        find_sites(model)


def test_a_family_with_other_names_is_refused_and_named() -> None:
    torch.manual_seed(0)
    model = LongT5ForConditionalGeneration(LongT5Config(num_layers=1, **SMALL))
    with pytest.raises(SettingsError, match="found no encoder attention in a model of the family"):
        find_sites(model)
