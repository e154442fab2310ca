"""From settings to a network and its tokenizer."""

from collections.abc import Iterable
from dataclasses import dataclass

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from permille.model.config import ModelConfig, ModelSource
from permille.model.mini import build_mini
from permille.model.pretrained import load_pretrained
from permille.model.tokenizer import train_tokenizer


@dataclass(frozen=True)
class LoadedModel:
    """A network with its tokenizer.

    `from_scratch` tells that there is no model before fine-tuning to compare with.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    from_scratch: bool


def load_model(config: ModelConfig, texts: Iterable[str], seed: int) -> LoadedModel:
    """Build mini, or load a pretrained encoder-decoder.

    Args:
        config: Which model.
        texts: What mini's tokenizer learns from (full model inputs and targets); a pretrained
            model does not read them.
        seed: Seed of mini's weights.

    Raises:
        SettingsError: If a pretrained model cannot be had, or is no encoder-decoder.
    """
    match config.source:
        case ModelSource.mini:
            tokenizer = train_tokenizer(texts, config.vocab_size)
            return LoadedModel(build_mini(config, tokenizer, seed), tokenizer, from_scratch=True)
        case ModelSource.pretrained:
            model, pretrained_tokenizer = load_pretrained(config)
            return LoadedModel(model, pretrained_tokenizer, from_scratch=False)
