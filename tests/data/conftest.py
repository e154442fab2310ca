"""Settings as the YAML gives them, and a small tokenizer."""

from collections.abc import Callable
from importlib.resources import files

import pytest
import yaml
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from tokenizers.processors import TemplateProcessing
from transformers import PreTrainedTokenizerFast

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


@pytest.fixture(scope="session")
def tokenizer() -> PreTrainedTokenizerFast:
    """A tokenizer of whole words: padding 0, end of sequence 1, unknown 2."""
    words = [f"w{i}" for i in range(50)] + ["question", ":"]
    vocabulary = {word: i for i, word in enumerate(["<pad>", "</s>", "<unk>", *words])}
    model = Tokenizer(WordLevel(vocabulary, unk_token="<unk>"))
    model.pre_tokenizer = WhitespaceSplit()
    model.post_processor = TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=model, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )
