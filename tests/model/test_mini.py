import pytest
import torch

from permille.model.config import ModelConfig
from permille.model.mini import build_mini
from permille.model.tokenizer import train_tokenizer


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(["the doctor asked the patient about the fever"] * 5, 200)


def weights(model):
    return torch.cat([weight.detach().flatten() for weight in model.parameters()])


def test_the_default_has_about_a_million_weights_with_a_full_vocabulary(tokenizer):
    model = build_mini(ModelConfig(), tokenizer, seed=0)
    embedding = model.get_input_embeddings().weight
    others = model.num_parameters() - embedding.numel()
    assert 0.8e6 < others + ModelConfig().vocab_size * embedding.shape[1] < 1.6e6


def test_the_weights_follow_from_the_seed_and_nothing_else(tokenizer):
    torch.manual_seed(1)
    one = weights(build_mini(ModelConfig(), tokenizer, seed=7))
    torch.manual_seed(2)
    assert torch.equal(one, weights(build_mini(ModelConfig(), tokenizer, seed=7)))
    assert not torch.equal(one, weights(build_mini(ModelConfig(), tokenizer, seed=8)))


def test_building_leaves_the_random_state_of_others_alone(tokenizer):
    torch.manual_seed(0)
    wanted = torch.rand(1)
    torch.manual_seed(0)
    build_mini(ModelConfig(), tokenizer, seed=7)
    assert torch.equal(torch.rand(1), wanted)


def test_the_shape_is_as_set(tokenizer):
    config = ModelConfig(d_model=24, d_ff=40, num_layers=3, num_heads=3, dropout=0.25)
    shape = build_mini(config, tokenizer, seed=0).config
    assert (shape.d_model, shape.d_kv, shape.d_ff, shape.num_heads) == (24, 8, 40, 3)
    assert (shape.num_layers, shape.num_decoder_layers) == (3, 3)
    assert shape.dropout_rate == 0.25


def test_special_tokens_are_the_tokenizers(tokenizer):
    model = build_mini(ModelConfig(), tokenizer, seed=0)
    assert model.config.vocab_size == len(tokenizer)
    assert model.generation_config.eos_token_id == tokenizer.eos_token_id
    assert model.generation_config.pad_token_id == tokenizer.pad_token_id
    assert model.generation_config.decoder_start_token_id == tokenizer.pad_token_id


@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
def test_attention_is_computed_as_set(tokenizer, implementation):
    model = build_mini(ModelConfig(attn_implementation=implementation), tokenizer, seed=0)
    assert model.config._attn_implementation == implementation


def test_both_ways_of_attention_give_the_same_logits(tokenizer):
    ids = tokenizer(["the doctor asked", "the fever"], padding=True, return_tensors="pt")
    logits = [
        build_mini(ModelConfig(attn_implementation=name), tokenizer, seed=0)
        .eval()(**ids, labels=ids.input_ids)
        .logits
        for name in ("sdpa", "eager")
    ]
    torch.testing.assert_close(*logits)
