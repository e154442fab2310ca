"""A tiny classifier of sentence pairs with random weights, saved to disk as the hub has them."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = [*SPECIAL, "a", "the", "dog", "cat", "barks", "ran", "off", "today"]


@pytest.fixture
def tiny_bert(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that saves a model with the labels given and returns its folder."""

    def save(labels: tuple[str, ...] = (), *, with_head: bool = True, seed: int = 0) -> Path:
        folder = tmp_path / f"bert_{len(labels)}_{with_head}_{seed}"
        folder.mkdir(exist_ok=True)
        (folder / "vocab.txt").write_text("\n".join(WORDS))
        BertTokenizer(str(folder / "vocab.txt"), model_max_length=32).save_pretrained(folder)
        config = BertConfig(
            vocab_size=len(WORDS),
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=16,
            max_position_embeddings=32,
            initializer_range=0.5,
        )
        if labels:
            config.id2label = dict(enumerate(labels))
            config.label2id = {label: index for index, label in enumerate(labels)}
        torch.manual_seed(seed)
        network = BertForSequenceClassification if with_head else BertModel
        network(config).save_pretrained(folder)
        return folder

    return save
