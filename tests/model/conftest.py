"""A small model and examples that the model's tests share."""

import random
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from permille.core.records import Example
from permille.model.config import ModelConfig
from permille.model.load import LoadedModel, load_model

WORDS = [
    "doctor",
    "fever",
    "patient",
    "morning",
    "water",
    "garden",
    "winter",
    "letter",
    "window",
    "engine",
    "yellow",
    "market",
    "silver",
    "river",
    "mountain",
    "answer",
    "question",
    "paper",
    "bridge",
    "candle",
    "forest",
    "island",
    "kitchen",
    "ladder",
    "mirror",
]
TEMPLATE = "Answer the patient: {input}"


def sentence(rng: random.Random, num_words: int) -> str:
    return " ".join(rng.choices(WORDS, k=num_words)).capitalize() + "."


@pytest.fixture(scope="session")
def template() -> str:
    return TEMPLATE


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    rng = random.Random(0)
    return [
        Example(
            id=f"e{number}",
            task="dialogue",
            input=sentence(rng, rng.randint(2, 90)),
            target=sentence(rng, 20),
        )
        for number in range(40)
    ]


@pytest.fixture(scope="session")
def mini_config() -> ModelConfig:
    return ModelConfig(vocab_size=300, d_model=16, d_ff=32, num_layers=1, num_heads=2)


@pytest.fixture
def mini(examples: list[Example], mini_config: ModelConfig, template: str) -> LoadedModel:
    return fresh(examples, mini_config, template)


@pytest.fixture
def sharp(mini: LoadedModel) -> LoadedModel:
    """A model whose untrained words vary with the prompt."""
    return sharpened(mini)


@pytest.fixture(scope="session")
def shared_sharp(examples: list[Example], mini_config: ModelConfig, template: str) -> LoadedModel:
    """Such a model for tests that leave it as it is."""
    return sharpened(fresh(examples, mini_config, template))


def fresh(examples: list[Example], config: ModelConfig, template: str) -> LoadedModel:
    texts = [template.replace("{input}", e.input) for e in examples]
    return load_model(config, texts + [e.target for e in examples], seed=1)


def sharpened(loaded: LoadedModel) -> LoadedModel:
    torch.manual_seed(5)
    for weight in loaded.model.parameters():
        if weight.ndim > 1:
            torch.nn.init.normal_(weight, std=0.7)
    return loaded


@pytest.fixture(scope="session")
def rows(shared_sharp: LoadedModel, examples: list[Example]) -> list[SimpleNamespace]:
    """Inputs and targets in tokens; the last target is shorter."""

    def tokens(text: str) -> np.ndarray:
        return np.array(shared_sharp.tokenizer(text)["input_ids"], np.int32)

    made = [SimpleNamespace(input_ids=tokens(e.input), labels=tokens(e.target)) for e in examples]
    return [*made[:9], SimpleNamespace(input_ids=made[9].input_ids, labels=made[9].labels[-3:])]


def outputs_of(loaded: LoadedModel, row: SimpleNamespace) -> torch.Tensor:
    """What a model says of one target by itself, of shape (T, V)."""
    with torch.no_grad():
        return loaded.model(
            input_ids=torch.tensor(row.input_ids[None], dtype=torch.long),
            labels=torch.tensor(row.labels[None], dtype=torch.long),
        ).logits[0]
