"""Composition of a program's configuration outside of Hydra's own main."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hydra import compose, initialize_config_module
from hydra.core.config_loader import ConfigLoader
from hydra.core.global_hydra import GlobalHydra
from omegaconf import DictConfig

from permille.config.schema import Program, register_schemas

CONFIG_MODULE = "permille.conf"


@contextmanager
def composing() -> Iterator[ConfigLoader]:
    """Make the project's YAML files known to Hydra, unless Hydra's main did it already.

    Another program's Hydra is put aside meanwhile.
    """
    register_schemas()
    others = GlobalHydra.instance().hydra
    if others is not None and knows_the_project(others.config_loader):
        yield others.config_loader
        return
    GlobalHydra.instance().clear()
    try:
        with initialize_config_module(CONFIG_MODULE, version_base="1.3"):
            yield GlobalHydra.instance().config_loader()
    finally:
        if others is not None:
            GlobalHydra.instance().hydra = others


def knows_the_project(loader: ConfigLoader) -> bool:
    """Tell whether Hydra was started by this project and not by a program that imports it."""
    paths = loader.get_search_path().get_path()
    return any(entry.path == f"pkg://{CONFIG_MODULE}" for entry in paths)


def compose_program(
    program: Program, overrides: Sequence[str], config_dir: Path | None = None
) -> DictConfig:
    """Compose the settings of a program; Hydra's errors pass through.

    Args:
        program: Which root YAML.
        overrides: Overrides without sweeps.
        config_dir: A folder of the user's own YAML files, searched first.
    """
    own = [f'hydra.searchpath=["file://{config_dir.resolve()}"]'] if config_dir else []
    with composing():
        return compose(str(program), [*own, *overrides])
