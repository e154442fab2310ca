"""Settings of the audit."""

import pytest

from permille.audit.config import AuditConfig, AuditedWeights, AuditName, PromptMode
from permille.core.errors import SettingsError


def test_the_defaults_are_those_of_the_contract():
    config = AuditConfig()
    assert (config.name, config.prompt, config.prefix_tokens) == ("standard", "prefix", 50)
    assert (config.max_new_tokens, config.weights, config.every_n_epochs) == (100, "last", 0)


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (AuditName, {"standard", "full", "paper", "off"}),
        (PromptMode, {"prefix", "input"}),
        (AuditedWeights, {"last", "best"}),
    ],
)
def test_options_are_named_as_they_are_written(options, names):
    assert {option.name for option in options} == {option.value for option in options} == names


def test_texts_are_taken_for_options():
    assert AuditConfig(name="paper").is_paper
    assert not AuditConfig(name="full").is_paper
    assert AuditConfig(prompt="input").prompt is PromptMode.input
    with pytest.raises(ValueError, match="'published' is not a valid AuditName"):
        AuditConfig(name="published")


@pytest.mark.parametrize(
    ("name", "value", "least"),
    [
        ("prefix_tokens", 0, 1),
        ("num_prompts", 0, 1),
        ("num_heldout_prompts", -1, 0),
        ("max_new_tokens", 0, 1),
        ("batch_size", 0, 1),
        ("every_n_epochs", -1, 0),
        ("chunk_size", 0, 1),
        ("num_workers", 0, 1),
        ("max_judge_pairs", 0, 1),
        ("copied_words", 0, 1),
        ("max_examples", 0, 1),
        ("num_planted", -1, 0),
        ("num_threshold_prompts", -1, 0),
    ],
)
def test_a_setting_out_of_its_range_is_named(name, value, least):
    with pytest.raises(SettingsError, match=f"audit.{name}: want at least {least}, got {value}"):
        AuditConfig(**{name: value})


def test_every_broken_setting_is_in_one_message():
    with pytest.raises(SettingsError, match=r"audit.prefix_tokens.*\n.*audit.batch_size"):
        AuditConfig(prefix_tokens=0, batch_size=-3)


def test_null_stands_for_all():
    assert AuditConfig(num_prompts=None, num_heldout_prompts=None).num_prompts is None
