"""The examples whose attention is measured, as token ids."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from permille.core.batches import IGNORED_LABEL, padded_batch
from permille.core.errors import DataError, SettingsError
from permille.core.records import Split


class Encoder(Protocol):
    """The part of a tokenizer that probes need."""

    def __call__(
        self,
        text: str | None = None,
        *,
        text_target: str | None = None,
        truncation: bool,
        max_length: int | None,
    ) -> Mapping[str, list[int]]:
        """Return `input_ids` of a source, or of a target, the end mark included."""
        ...


@dataclass(frozen=True, slots=True)
class ProbeExample:
    """One example with its target, or its generation, to be forced through the model.

    Raises:
        DataError: If the source or the target has no token.
    """

    id: str
    split: Split
    source_ids: tuple[int, ...]
    target_ids: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.source_ids or not self.target_ids:
            side = "target" if self.source_ids else "source"
            raise DataError(
                f"attention probe {self.id!r}: want one token or more on each side, got an empty "
                f"{side}; leave the example out"
            )


@dataclass(frozen=True, slots=True)
class MapChoice:
    """Which cross-attention is kept whole, for heatmaps.

    Attributes:
        example_ids: Of these examples.
        layers: Of these decoder layers, counted from 0; None for all that are measured.
        with_heads: Of every head, beside the mean over heads.
    """

    example_ids: frozenset[str] = frozenset()
    layers: frozenset[int] | None = None
    with_heads: bool = False


NO_MAPS = MapChoice()


@dataclass(frozen=True, slots=True)
class ProbeBatch:
    """Padded token ids and masks of some probes.

    Attributes:
        input_ids: Shape (B, S).
        source_mask: Boolean (B, S), True where no padding is.
        labels: Shape (B, T), `IGNORED_LABEL` at padding.
        target_mask: Boolean (B, T), True where no padding is.
    """

    input_ids: Tensor
    source_mask: Tensor
    labels: Tensor
    target_mask: Tensor


def probes_from_texts(
    tokenizer: Encoder,
    texts: Iterable[tuple[str, str, str]],
    *,
    split: Split,
    max_source_tokens: int | None,
    max_target_tokens: int | None,
) -> tuple[ProbeExample, ...]:
    """Tokenize (id, source, target) triples; a generation is a target like any other."""
    encoded = []
    for example_id, source, target in texts:
        given = tokenizer(source, truncation=True, max_length=max_source_tokens)
        # as in training: some families mark a target with another language than a source
        wanted = tokenizer(text_target=target, truncation=True, max_length=max_target_tokens)
        sides = (tuple(side["input_ids"]) for side in (given, wanted))
        encoded.append(ProbeExample(example_id, split, *sides))
    return tuple(encoded)


def without_tokens(probe: ProbeExample, tokens: Collection[int]) -> ProbeExample:
    """Leave tokens out of a probe's target."""
    return replace(probe, target_ids=tuple(i for i in probe.target_ids if i not in tokens))


def choose_indexes(num_available: int, num_wanted: int, *, seed: int) -> list[int]:
    """Draw probe positions without repetition, ascending; all where fewer are available."""
    generator = np.random.default_rng(seed)
    drawn = generator.permutation(num_available)[:num_wanted]
    return sorted(int(index) for index in drawn)


def collate(probes: Sequence[ProbeExample], *, pad_id: int, device: torch.device) -> ProbeBatch:
    """Pad probes on the right to a common length."""
    sides = ([probe.source_ids for probe in probes], [probe.target_ids for probe in probes])
    sources, targets = ([np.array(ids, np.int32) for ids in side] for side in sides)
    batch = {
        name: torch.from_numpy(table).to(device)
        for name, table in padded_batch(sources, targets, pad_id).items()
    }
    labels = batch["labels"]
    source_mask, target_mask = batch["attention_mask"].bool(), labels != IGNORED_LABEL
    return ProbeBatch(batch["input_ids"], source_mask, labels, target_mask)


def check_probes(model: PreTrainedModel, probes: Sequence[ProbeExample]) -> None:
    """Refuse probes that the model cannot take.

    Raises:
        DataError: If there is no probe, or an id repeats.
        SettingsError: If a probe is longer than the model's positions (T5 has no such limit), or
            has a token that is not in the vocabulary.
    """
    if not probes:
        raise DataError("attention: want one probe example or more, got none; set attention=off")
    ids = [probe.id for probe in probes]
    if len(set(ids)) < len(ids):
        repeated = next(example_id for example_id in ids if ids.count(example_id) > 1)
        raise DataError(f"attention: want each probe once, got {repeated!r} more than once")
    for side, stack in (("source", "encoder"), ("target", "decoder")):
        limit, size = num_positions(model, stack), num_tokens(model, stack)
        for probe in probes:
            tokens = probe.source_ids if side == "source" else probe.target_ids
            _check_tokens(probe.id, side, tokens, limit, size)


def _check_tokens(
    probe_id: str, side: str, tokens: Sequence[int], limit: int | None, size: int | None
) -> None:
    """Refuse tokens that a side of the model has no position or no vector for."""
    if limit is not None and len(tokens) > limit:
        raise SettingsError(
            f"attention probe {probe_id!r}: want at most the model's {limit} positions, "
            f"got {len(tokens)} tokens; lower task.max_{side}_tokens"
        )
    vocabulary = range(max(tokens) + 1 if size is None else size)
    unknown = [token for token in tokens if token not in vocabulary]
    if unknown:
        raise SettingsError(
            f"attention probe {probe_id!r}: want token ids from 0 to {vocabulary[-1]}, "
            f"the model's vocabulary of {len(vocabulary)}, got {unknown[0]} in its "
            f"{side}; encode it with the model's own tokenizer"
        )


def num_positions(model: PreTrainedModel, stack: str) -> int | None:
    """Return how many tokens the encoder or the decoder takes; None where there is no limit."""
    names = (f"max_{stack}_position_embeddings", "max_position_embeddings")
    limit = _stated(model, stack, names)
    return None if limit is None else limit - _num_reserved(getattr(model, f"get_{stack}")())


def num_tokens(model: PreTrainedModel, stack: str) -> int | None:
    """Return the size of the encoder's or the decoder's vocabulary; None where it is not said."""
    own = {"encoder": ("src_vocab_size",), "decoder": ("decoder_vocab_size", "tgt_vocab_size")}
    return _stated(model, stack, (*own[stack], "vocab_size"))


def _stated(model: PreTrainedModel, stack: str, names: Sequence[str]) -> int | None:
    """Return the first of these numbers that a stack's configuration has."""
    # a model made of two has a config for each
    config = getattr(model.config, stack, model.config)
    found = (getattr(config, name, None) for name in names)
    return next((number for number in found if number is not None), None)


def _num_reserved(stack: nn.Module) -> int:
    """Return how many positions no token takes: RoBERTa and its kin count from behind padding's."""
    for path, module in stack.named_modules():
        padding = getattr(module, "padding_idx", None)
        if path.split(".")[-1] == "position_embeddings" and isinstance(padding, int):
            return padding + 1
    return 0
