"""Texts too long for a model's positions are refused before anything is trained or written."""

from dataclasses import replace

import pytest
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    BertConfig,
    EncoderDecoderConfig,
    EncoderDecoderModel,
    LEDConfig,
    LEDForConditionalGeneration,
    RobertaConfig,
)

from permille.core.errors import SettingsError
from permille.model.load import LoadedModel
from permille.run import loading
from permille.run.loading import Loaded
from permille.run.positions import check_positions

from .conftest import train_settings


def bart(positions: int) -> BartForConditionalGeneration:
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    sizes = {"d_model": 8, "encoder_layers": 1, "decoder_layers": 1, "vocab_size": 300}
    return BartForConditionalGeneration(
        BartConfig(max_position_embeddings=positions, **sizes, **heads)
    )


def faults(loaded: Loaded, *overrides: str) -> str:
    with pytest.raises(SettingsError, match="positions") as error:
        check_positions(train_settings(*overrides), loaded.splits, bart(6), loaded.tokenizer)
    return str(error.value)


def test_every_setting_that_allows_too_much_is_named_with_a_value_that_fits(
    loaded: Loaded,
) -> None:
    first, second, third = faults(loaded, "attention=off").splitlines()
    assert first.startswith("task.max_source_tokens: want at most the model's 6 positions, got ")
    assert first.endswith("'; use task.max_source_tokens=6")
    assert second.startswith("task.max_target_tokens: want at most the model's 6 positions, got ")
    assert third == (
        "audit.max_new_tokens: want at most the model's 6 positions, got 8; use "
        "audit.max_new_tokens=6"
    )


def test_a_family_with_a_limit_for_each_side_is_held_to_both(loaded: Loaded) -> None:
    sizes = {"d_model": 8, "encoder_layers": 1, "decoder_layers": 1, "vocab_size": 300}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "attention_window": 4}
    limits = {"max_encoder_position_embeddings": 9000, "max_decoder_position_embeddings": 5}
    model = LEDForConditionalGeneration(LEDConfig(**sizes, **heads, **limits))
    lines = "\n".join(
        rf"{name}: want at most the model's 5 positions, got .*"
        for name in (r"task\.max_target_tokens", r"audit\.max_new_tokens")
    )
    with pytest.raises(SettingsError, match=f"^{lines}$"):
        check_positions(train_settings(), loaded.splits, model, loaded.tokenizer)


def test_the_positions_that_padding_takes_are_not_counted(loaded: Loaded) -> None:
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "vocab_size": 300}
    reading = RobertaConfig(max_position_embeddings=8, pad_token_id=1, **sizes)
    parts = (reading, BertConfig(max_position_embeddings=512, **sizes))
    model = EncoderDecoderModel(EncoderDecoderConfig.from_encoder_decoder_configs(*parts))
    with pytest.raises(SettingsError, match=r"max_source_tokens: want at most the model's 6 "):
        check_positions(train_settings(), loaded.splits, model, loaded.tokenizer)


def test_an_audit_that_is_off_writes_nothing(loaded: Loaded) -> None:
    assert "audit." not in faults(loaded, "audit=off")


def test_short_texts_fit_whatever_the_setting_allows(loaded: Loaded) -> None:
    settings = train_settings("task.max_source_tokens=9000")
    check_positions(settings, loaded.splits, bart(8000), loaded.tokenizer)


def test_a_model_without_a_limit_takes_everything(loaded: Loaded) -> None:
    check_positions(train_settings(), loaded.splits, loaded.model, loaded.tokenizer)


def test_it_is_looked_at_when_a_job_loads_its_model(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = LoadedModel(bart(6), loaded.tokenizer, from_scratch=False)
    monkeypatch.setattr(loading, "load_model", lambda *_: found)
    with pytest.raises(SettingsError, match=r"task\.max_source_tokens: want at most the model's 6"):
        loading.load(replace(loaded.settings))
