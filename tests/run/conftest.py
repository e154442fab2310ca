"""A small task with its model, made once for all tests of the jobs."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from permille.config.compose import compose_program
from permille.config.schema import EvaluateSettings, Program, TrainSettings
from permille.config.settings import to_settings
from permille.run.folder import RunFolder
from permille.run.job import Job
from permille.run.loading import Loaded, load

TINY = [
    "trainer.max_epochs=1",
    "data.num_train=12",
    "data.num_heldout=8",
    "model.d_model=16",
    "model.d_ff=32",
    "model.num_layers=1",
    "model.num_heads=2",
    "model.vocab_size=300",
    "audit.max_new_tokens=8",
    "track=files",
    "report=off",
]

Settings = Callable[..., TrainSettings]


def train_settings(*overrides: str) -> TrainSettings:
    return to_settings(compose_program(Program.train, [*TINY, *overrides]), TrainSettings)


def evaluate_settings(*overrides: str) -> EvaluateSettings:
    return to_settings(compose_program(Program.evaluate, [*TINY, *overrides]), EvaluateSettings)


def job_in(folder: Path, *overrides: str, group: Path | None = None) -> Job:
    config = compose_program(Program.train, [*TINY, *overrides])
    return Job(Program.train, config, [*TINY, *overrides], RunFolder(folder), group)


@pytest.fixture(autouse=True)
def _matmul_precision() -> Iterator[None]:
    """Put back how exactly matrices are multiplied, which is a setting of the process."""
    before = torch.get_float32_matmul_precision()
    yield
    torch.set_float32_matmul_precision(before)


@pytest.fixture(scope="session")
def shared_loaded() -> Loaded:
    return load(train_settings())


@pytest.fixture
def loaded(shared_loaded: Loaded) -> Loaded:
    """Examples and an untrained model; a test may replace the settings, but not train the model."""
    return replace(shared_loaded)


@pytest.fixture
def told() -> list[tuple[str, int, int]]:
    """What a stage's progress was told."""
    return []
