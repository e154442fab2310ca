"""The roots of the programs, and their registration."""

from dataclasses import fields
from typing import get_type_hints

import pytest
from hydra.core.config_store import ConfigStore
from omegaconf import OmegaConf

from permille.config.schema import ROOTS, Program, Settings, register_schemas


def test_registering_twice_changes_nothing() -> None:
    register_schemas()
    before = sorted(ConfigStore.instance().repo)
    register_schemas()
    assert sorted(ConfigStore.instance().repo) == before


def test_schemas_are_no_option_of_any_group() -> None:
    register_schemas()
    names = [f"{program}_schema.yaml" for program in Program]
    assert all(name in ConfigStore.instance().repo for name in names)


@pytest.mark.parametrize("program", Program)
def test_a_schema_is_one_that_omegaconf_takes(program: Program) -> None:
    assert set(OmegaConf.structured(ROOTS[program])) == set(get_type_hints(ROOTS[program]))


def test_every_group_is_a_dataclass_with_a_default() -> None:
    defaults = Settings()
    for field in fields(Settings):
        assert getattr(defaults, field.name) is not None
