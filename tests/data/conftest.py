"""Settings as the project's YAML gives them."""

from collections.abc import Callable
from importlib.resources import files

import pytest
import yaml

from permille.data.config import ColumnsConfig, HubConfig, TaskConfig

ReadTask = Callable[[str], TaskConfig]


@pytest.fixture(scope="session")
def read_task() -> ReadTask:
    """Returns the settings of a task by name, read from its YAML without Hydra."""
    return _read_task


def _read_task(name: str) -> TaskConfig:
    values = yaml.safe_load((files("permille") / "conf" / "task" / f"{name}.yaml").read_text())
    values.pop("defaults", None)
    if name == "multitask":
        return TaskConfig(**values, components={one: _read_task(one) for one in values["tasks"]})
    hub = values.pop("hub")
    return TaskConfig(
        **{key: value for key, value in values.items() if key != "columns"},
        columns=ColumnsConfig(**values.get("columns", {})),
        hub=HubConfig(**{**hub, "columns": ColumnsConfig(**hub["columns"])}),
    )
