"""Settings of the judge."""

import pytest

from permille.core.errors import SettingsError
from permille.judge.config import JudgeConfig, JudgeKind


def test_the_default_needs_nothing_and_says_yes_above_a_half():
    config = JudgeConfig()
    assert (config.kind, config.threshold, config.entities) == (JudgeKind.lexical, 0.5, False)


@pytest.mark.parametrize("kind", ["lexical", "cross_encoder", "none"])
def test_kinds_are_read_by_value_and_their_names_equal_their_values(kind):
    assert JudgeConfig(kind=kind).kind is JudgeKind[kind]
    assert JudgeKind[kind].value == kind


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"threshold": 1.0}, r"judge\.threshold: want .* at least 0 and below 1, got 1\.0"),
        ({"threshold": -0.1}, r"judge\.threshold: want .* got -0\.1"),
        ({"batch_size": 0}, r"judge\.batch_size: want at least 1, got 0"),
        (
            {"kind": "cross_encoder", "name": ""},
            r"judge\.name: judge=cross_encoder needs .* got ''",
        ),
        (
            {"kind": "none", "entities": True},
            r"judge\.entities: want false with judge=none, .* got true, which would be ignored",
        ),
    ],
)
def test_impossible_settings_are_refused(settings, message):
    with pytest.raises(SettingsError, match=message):
        JudgeConfig(**settings)
