"""Encoder-decoders from the hub or from a folder, with one clear error for whatever is missing."""

from pathlib import Path

from transformers import (
    AutoConfig,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from permille.core.errors import SettingsError
from permille.model.config import ModelConfig


def load_pretrained(config: ModelConfig) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load a network and its tokenizer from the hub or a folder.

    Raises:
        SettingsError: If it cannot be had, or is no encoder-decoder.
    """
    name = config.name
    is_folder = Path(name).is_dir()
    shape = AutoConfig.from_pretrained(name, revision=config.revision, local_files_only=is_folder)
    if not shape.is_encoder_decoder:
        raise SettingsError(f"model.name: want an encoder-decoder, got {name}")
    model = AutoModelForSeq2SeqLM.from_pretrained(
        name,
        config=shape,
        use_safetensors=None if config.allow_pickle else True,
        attn_implementation=config.attn_implementation.value,
        local_files_only=is_folder,
    )
    return model, AutoTokenizer.from_pretrained(name, local_files_only=is_folder)
