"""From prompts to generations, in batches that are the same however many processes share them."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol, cast

import torch
from torch import Tensor
from transformers import (
    BatchEncoding,
    GenerationConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from permille.core.errors import DataError, SettingsError
from permille.core.records import Arm, Generation, Prompt
from permille.model.config import DecodingConfig
from permille.model.sharding import gather_shards, own_shard

_LOG = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Called with how many are done and how many there are."""

_SPECIAL_TOKENS = (
    "bos_token_id",
    "eos_token_id",
    "pad_token_id",
    "decoder_start_token_id",
    "forced_bos_token_id",
)


class _Writer(Protocol):
    """A network that generates."""

    def generate(self, *, generation_config: GenerationConfig, **inputs: Tensor) -> Tensor:
        """Return token ids of shape (B, T)."""


def generate(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompts: Sequence[Prompt],
    *,
    batch_size: int = 32,
    max_new_tokens: int = 100,
    arm: Arm = Arm.TUNED,
    max_source_tokens: int | None = None,
    decoding: DecodingConfig | None = None,
    progress: Progress | None = None,
) -> list[Generation]:
    """Let the model answer each prompt; the results stand in the prompts' order, on every rank.

    What a T5 writes depends on the batch that a prompt stands in. Prompts are therefore sorted by
    length and cut into batches before the batches are shared out over the processes, so that
    neither the number of processes nor the prompts' order changes a batch's company.

    Args:
        model: An encoder-decoder; it is left in the mode (train or eval) that it came in.
        tokenizer: Its tokenizer.
        prompts: What to answer.
        batch_size: Prompts a batch.
        max_new_tokens: Tokens to write at most.
        arm: Which model this is; part of the generations' ids.
        max_source_tokens: Tokens of a prompt that the model reads; None reads all.
        decoding: How to decode; greedy by default.
        progress: Told after each batch how many prompts of this process are done.

    Raises:
        DataError: If two prompts would give generations with the same id.
        SettingsError: If the model cannot generate.
    """
    decoding = decoding or DecodingConfig()
    _check_ids(prompts, arm)
    encoded = _encode(prompts, tokenizer, max_source_tokens)
    shard = own_shard(list(enumerate(_batches(encoded, prompts, batch_size))))
    num_own = sum(len(batch) for _, batch in shard)
    own: dict[int, list[int]] = {}
    with generating(model, decoding, max_new_tokens) as write:
        for number, batch in shard:
            inputs = tokenizer.pad([encoded[i] for i in batch], return_tensors="pt")
            own.update(zip(batch, write(inputs, decoding.seed + number), strict=True))
            if progress is not None:
                progress(len(own), num_own)
    written = {i: ids for part in gather_shards(own) for i, ids in part.items()}
    marks = end_marks(model)
    return [
        replace(_generation(p, written[i], tokenizer, arm), is_cut=marks.isdisjoint(written[i][1:]))
        for i, p in enumerate(prompts)
    ]


def end_marks(model: PreTrainedModel) -> frozenset[int]:
    """Return the tokens with which a model ends a text; none where it has none."""
    marks = model.generation_config.eos_token_id
    if marks is None:
        return frozenset()
    return frozenset([marks] if isinstance(marks, int) else marks)


def _id(prompt: Prompt, arm: Arm) -> str:
    """Return the id of a prompt's generation."""
    return f"{prompt.split}-{arm}-{prompt.example_id}"


def _check_ids(prompts: Sequence[Prompt], arm: Arm) -> None:
    """Raise where generations would share an id."""
    counts = Counter(_id(prompt, arm) for prompt in prompts)
    for name, count in counts.most_common(1):
        if count > 1:
            raise DataError(
                f"want one prompt an example, got {count} of {name}; give the examples ids of"
                " their own"
            )


def _encode(
    prompts: Sequence[Prompt], tokenizer: PreTrainedTokenizerBase, max_source_tokens: int | None
) -> list[BatchEncoding]:
    """Tokenize prompts, and say how many are cut."""
    whole = [tokenizer(prompt.text) for prompt in prompts]
    if max_source_tokens is None:
        return whole
    cut = [i for i, one in enumerate(whole) if len(one["input_ids"]) > max_source_tokens]
    if cut:
        _LOG.warning(
            "%d of %d prompts are longer than %d tokens (task.max_source_tokens); the model reads"
            " only as much of them, as it did in training",
            len(cut),
            len(prompts),
            max_source_tokens,
        )
    for i in cut:
        whole[i] = tokenizer(prompts[i].text, truncation=True, max_length=max_source_tokens)
    return whole


def _batches(
    encoded: Sequence[BatchEncoding], prompts: Sequence[Prompt], batch_size: int
) -> list[list[int]]:
    """Return the prompts' positions, longest first, in batches."""
    order = sorted(
        range(len(prompts)), key=lambda i: (-len(encoded[i]["input_ids"]), prompts[i].text)
    )
    return [order[start : start + batch_size] for start in range(0, len(order), batch_size)]


def _generation(
    prompt: Prompt, ids: list[int], tokenizer: PreTrainedTokenizerBase, arm: Arm
) -> Generation:
    """Turn a row of token ids into a generation."""
    special = set(tokenizer.all_special_ids)
    plain = [token for token in ids if token not in special]
    return Generation(
        id=_id(prompt, arm),
        text=str(tokenizer.decode(plain)),
        task=prompt.task,
        example_id=prompt.example_id,
        split=prompt.split,
        model=arm,
        prompt=prompt.text,
        whole_input=prompt.whole_input,
        num_tokens=len(plain),
    )


def _settings(
    own: GenerationConfig, decoding: DecodingConfig, max_new_tokens: int
) -> GenerationConfig:
    """Return decoding settings that take nothing from the checkpoint but its special tokens."""
    settings: dict[str, object] = {name: getattr(own, name) for name in _SPECIAL_TOKENS}
    settings |= {
        "max_new_tokens": max_new_tokens,
        "num_beams": decoding.num_beams,
        "do_sample": decoding.do_sample,
    }
    if decoding.do_sample:
        settings |= {
            "temperature": decoding.temperature,
            "top_k": decoding.top_k,
            "top_p": decoding.top_p,
        }
    return GenerationConfig.from_dict(settings)


@contextmanager
def generating(
    model: PreTrainedModel, decoding: DecodingConfig, max_new_tokens: int
) -> Iterator[Callable[[BatchEncoding, int], list[list[int]]]]:
    """Give a function that writes token ids for a batch and a seed, with the model in eval mode.

    The rows begin with the decoder's start token (or with the batch's `decoder_input_ids`) and end
    with padding. Meanwhile the checkpoint's own decoding habits (beams, penalties, forced lengths),
    which fill every setting left open, are put aside.

    Raises:
        SettingsError: If the model cannot generate.
    """
    if not model.can_generate():
        raise SettingsError(f"model: want one that generates, got {type(model).__name__}")
    was_training = model.training
    own = model.generation_config
    settings = _settings(own, decoding, max_new_tokens)
    writer = cast("_Writer", model)

    def write(inputs: BatchEncoding, seed: int) -> list[list[int]]:
        with torch.random.fork_rng(enabled=decoding.do_sample):
            if decoding.do_sample:
                torch.manual_seed(seed)
            rows = writer.generate(generation_config=settings, **inputs.to(model.device))
        return [list(row) for row in rows.tolist()]

    model.train(False)
    model.generation_config = GenerationConfig.from_dict({})
    try:
        with torch.inference_mode():
            yield write
    finally:
        model.generation_config = own
        model.train(was_training)
