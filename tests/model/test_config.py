import pytest
from omegaconf import OmegaConf

from permille.core.errors import SettingsError
from permille.model.config import (
    Accelerator,
    DecodingConfig,
    ModelConfig,
    ModelSource,
    Strategy,
    TrainerConfig,
)


@pytest.mark.parametrize("config", [ModelConfig, TrainerConfig, DecodingConfig])
def test_defaults_are_whole_and_omegaconf_takes_them_there_and_back(config):
    assert OmegaConf.to_object(OmegaConf.structured(config)) == config()


def test_members_are_named_as_they_are_written():
    merged = OmegaConf.merge(OmegaConf.structured(ModelConfig), {"source": "pretrained"})
    assert OmegaConf.to_object(merged).source is ModelSource.pretrained


def test_plain_texts_become_members():
    config = TrainerConfig(accelerator="cpu", strategy="ddp", devices=2)
    assert config.accelerator is Accelerator.cpu
    assert config.strategy is Strategy.ddp


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"vocab_size": 3}, "model.vocab_size: want at least 200, got 3"),
        ({"batch_size": 0}, "model.batch_size: want at least 1, got 0"),
        ({"name": ""}, "model.name: want a hub name or a folder"),
        ({"d_model": 130}, "model.num_heads: want a divisor of d_model=130, got 4"),
        ({"dropout": 1.0}, r"model.dropout: want null or a number in \[0, 1\), got 1.0"),
        ({"learning_rate": 0.0}, "model.learning_rate: want above 0, got 0.0"),
        ({"warmup_fraction": 1.0}, r"model.warmup_fraction: want a number in \[0, 1\), got 1.0"),
        ({"weight_decay": -0.1}, "model.weight_decay: want at least 0, got -0.1"),
        ({"epochs": 0}, "model.epochs: want at least 1, got 0"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_model_setting_out_of_range_is_named(settings, message):
    with pytest.raises(SettingsError, match=message):
        ModelConfig(**settings)


def test_every_fault_of_a_model_stands_in_one_message():
    with pytest.raises(SettingsError, match=r"(?s)batch_size.*learning_rate.*weight_decay"):
        ModelConfig(batch_size=0, learning_rate=-1, weight_decay=-1)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"devices": 0}, "trainer.devices: want at least 1, got 0"),
        ({"max_epochs": 0}, "trainer.max_epochs: want at least 1, got 0"),
        ({"max_steps": 0}, "trainer.max_steps: want at least 1, got 0"),
        ({"accumulate_grad_batches": 0}, "trainer.accumulate_grad_batches: want at least 1"),
        ({"precision": "half"}, "trainer.precision: want one of auto, .*, got half"),
        ({"gradient_clip_val": -1.0}, "trainer.gradient_clip_val: want at least 0, got -1.0"),
        ({"devices": 2}, "trainer.strategy: want ddp for trainer.devices=2, got auto"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_trainer_setting_out_of_range_is_named(settings, message):
    with pytest.raises(SettingsError, match=message):
        TrainerConfig(**settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"num_beams": 0}, "num_beams: want at least 1, got 0"),
        ({"do_sample": True, "temperature": 0.0}, "temperature: want above 0, got 0.0"),
        ({"do_sample": True, "top_k": -1}, "top_k: want at least 0, got -1"),
        ({"do_sample": True, "top_p": 0.0}, r"top_p: want a number in \(0, 1\], got 0.0"),
        ({"top_p": 0.9}, "got do_sample=false, under which they would be ignored"),
    ],
)
def test_a_decoding_setting_out_of_range_or_without_effect_is_named(settings, message):
    with pytest.raises(SettingsError, match=message):
        DecodingConfig(**settings)
