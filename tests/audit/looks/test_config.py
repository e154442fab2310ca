"""Settings of the looks."""

import pytest

from permille.audit.config import AuditConfig
from permille.audit.looks.config import Look, LooksConfig
from permille.core.errors import SettingsError


def test_no_look_is_taken_unless_it_is_named():
    assert LooksConfig().names == []
    assert LooksConfig(names=["membership"]).names == [Look.membership]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"num_examples": 0}, r"audit.looks.num_examples: want at least 1, got 0"),
        ({"given_tokens": 0}, r"audit.looks.given_tokens: want at least 1, got 0"),
        ({"num_samples": [1, 0]}, r"audit.looks.num_samples: want numbers from 1, got \[1, 0\]"),
        ({"chances": [1.5]}, r"audit.looks.chances: want numbers in \(0, 1\], got \[1.5\]"),
        ({"names": ["canaries"] * 2}, r"audit.looks.names: want each name once"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_setting_out_of_its_range_is_named(settings, message):
    with pytest.raises(SettingsError, match=message):
        LooksConfig(**settings)


@pytest.mark.parametrize("name", ["paper", "off"])
def test_looks_that_would_be_ignored_are_refused(name):
    looks = LooksConfig(names=["extraction"])
    with pytest.raises(SettingsError, match=f"want none with audit={name}, got extraction"):
        AuditConfig(name=name, looks=looks)
