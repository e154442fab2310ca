"""A T5 from scratch, small enough to memorize a few hundred examples within a minute on a CPU."""

import torch
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

from permille.model.config import ModelConfig


def build_mini(
    config: ModelConfig, tokenizer: PreTrainedTokenizerFast, seed: int
) -> T5ForConditionalGeneration:
    """Build an untrained T5 for a tokenizer; the weights are a function of the seed alone."""
    shape = T5Config.from_dict(
        {
            "vocab_size": len(tokenizer),
            "d_model": config.d_model,
            "d_kv": config.d_model // config.num_heads,
            "d_ff": config.d_ff,
            "num_layers": config.num_layers,
            "num_decoder_layers": config.num_layers,
            "num_heads": config.num_heads,
            "dropout_rate": config.dropout or 0.0,
            "pad_token_id": tokenizer.pad_token_id,
            "eos_token_id": tokenizer.eos_token_id,
            "decoder_start_token_id": tokenizer.pad_token_id,
        }
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = T5ForConditionalGeneration(shape)
    model.set_attn_implementation(config.attn_implementation.value)
    return model
