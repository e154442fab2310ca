"""Encoder-decoders from the hub or from a folder, with one clear error for whatever is missing."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from transformers import (
    AutoConfig,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.models.auto.modeling_auto import MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES

from permille.core.errors import SettingsError
from permille.core.hub import offline_reason
from permille.model.config import ModelConfig
from permille.model.tokenizer import read_texts_as_data

_DROPOUT_FIELDS = ("dropout_rate", "dropout")
_MAX_NAMES_SHOWN = 3
_FEWEST_PIECES = 10


def load_pretrained(config: ModelConfig) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load a network in float32, and its tokenizer, from a folder or the hub.

    Without network only the hub's local cache is read, at once.

    Raises:
        SettingsError: If it cannot be had, is no encoder-decoder, or lacks weights or a tokenizer.
    """
    local_only = _check_source(config)
    shape = load_shape(config, local_only=local_only)
    return (
        _load_network(config, shape, local_only=local_only),
        _load_tokenizer(config, shape, local_only=local_only),
    )


def load_shape(config: ModelConfig, *, local_only: bool) -> PreTrainedConfig:
    """Load the shape of an encoder-decoder, its dropout as set.

    Raises:
        SettingsError: If it cannot be had, or is of another architecture.
    """
    name = config.name
    try:
        shape: PreTrainedConfig = AutoConfig.from_pretrained(
            name, revision=config.revision, local_files_only=local_only
        )
    except (OSError, ValueError, KeyError) as error:
        raise _cannot_load(config, "a config.json that transformers knows", error) from error
    if shape.model_type not in MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES:
        kind = "another encoder-decoder" if shape.is_encoder_decoder else "no encoder-decoder"
        raise SettingsError(
            f"model.name: want an encoder-decoder for text (T5, FLAN-T5, mT5, BART), got {name},"
            f" which is {kind} ({shape.model_type}); name another model"
        )
    if config.dropout is not None:
        fields = [field for field in _DROPOUT_FIELDS if hasattr(shape, field)]
        if not fields:
            raise SettingsError(
                f"model.dropout: {name} ({shape.model_type}) has no dropout that can be set, got"
                f" {config.dropout}; use model.dropout=null"
            )
        setattr(shape, fields[0], config.dropout)
    return shape


def _check_source(config: ModelConfig) -> bool:
    """Tell whether only local files may be read; raise where a folder is meant and is not there."""
    name = config.name
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise SettingsError(
                f"model.name: want a model's folder with config.json, got {name} without one; of"
                " a run, name its checkpoints/model"
            )
        return True
    if name.startswith((".", "/", "~")) or name.count("/") > 1:
        raise SettingsError(f"model.name: want a folder or a hub name, got no folder {name}")
    return offline_reason() is not None


def _load_network(
    config: ModelConfig, shape: PreTrainedConfig, *, local_only: bool
) -> PreTrainedModel:
    """Load weights, all of them, from safetensors unless pickled ones are allowed."""
    try:
        model, found = AutoModelForSeq2SeqLM.from_pretrained(
            config.name,
            config=shape,
            revision=config.revision,
            dtype=torch.float32,
            use_safetensors=None if config.allow_pickle else True,
            attn_implementation=config.attn_implementation.value,
            local_files_only=local_only,
            output_loading_info=True,
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        if "attn_implementation" in str(error) or "scaled_dot_product_attention" in str(error):
            raise SettingsError(
                f"model.attn_implementation: {config.name} does not support"
                f" {config.attn_implementation.value}; use model.attn_implementation=eager, and"
                " attention=off where the family keeps its attention to itself (LED, LongT5)"
            ) from error
        wanted = "weights" if config.allow_pickle else "weights in safetensors"
        raise _cannot_load(config, wanted, error) from error
    missing = sorted(found["missing_keys"])
    if missing:
        shown = ", ".join(missing[:_MAX_NAMES_SHOWN])
        raise SettingsError(
            f"model.name: want all weights of a {type(model).__name__}, got {config.name} without"
            f" {len(missing)} of them ({shown}, ...); it was saved from another architecture"
        )
    return _as_network(model)


def _as_network(model: object) -> PreTrainedModel:
    """Return what was loaded as what it is."""
    if not isinstance(model, PreTrainedModel):
        raise SettingsError(f"model.name: want a network, got {type(model).__name__}")
    return model


def _load_tokenizer(
    config: ModelConfig, shape: PreTrainedConfig, *, local_only: bool
) -> PreTrainedTokenizerBase:
    """Load a tokenizer that pads and that the network has embeddings for."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            config.name, revision=config.revision, local_files_only=local_only
        )
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise _cannot_load(config, "a tokenizer", error) from error
    if not isinstance(tokenizer, PreTrainedTokenizerBase) or _is_blank(tokenizer):
        raise SettingsError(
            f"model.name: want a tokenizer in {config.name}, got none; save it beside the weights"
        )
    if tokenizer.pad_token_id is None:
        raise SettingsError(f"model.name: want a tokenizer that pads, got {config.name}'s")
    if len(tokenizer) > shape.vocab_size:
        raise SettingsError(
            f"model.name: want at most {shape.vocab_size} tokens, as many as {config.name} embeds,"
            f" got {len(tokenizer)}; the tokenizer is another model's"
        )
    read_texts_as_data(tokenizer)
    return tokenizer


def _is_blank(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Tell whether it knows no text, as one made up in the place of missing files does."""
    return len(set(tokenizer.get_vocab()) - set(tokenizer.all_special_tokens)) < _FEWEST_PIECES


def _cannot_load(config: ModelConfig, wanted: str, error: Exception) -> SettingsError:
    """Say what of a model is missing, and what can be done about it."""
    is_folder = Path(config.name).expanduser().is_dir()
    reason = None if is_folder else offline_reason()
    if reason is not None:
        return SettingsError(
            f"model.name: want {wanted} of {config.name}, got none in the local cache, and"
            f" {reason}; connect, or name a folder with the model, or use model=mini"
        )
    first_line = str(error).strip().partition("\n")[0]
    advice = ""
    if isinstance(error, SafetensorError):
        advice = "; the file of weights is damaged or cut off: copy it here again, or train again"
    elif "safetensors" in wanted:
        advice = (
            "; pickled weights are loaded only with model.allow_pickle=true, which is safe only"
            " where you trust their origin"
        )
    return SettingsError(f"model.name: want {wanted} in {config.name}, got: {first_line}{advice}")
