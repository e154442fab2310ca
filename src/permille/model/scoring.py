"""What a model says of targets that it is given: token by token, teacher-forced."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from permille.core.batches import padded_batch
from permille.model.config import DecodingConfig
from permille.model.schemes import log_probabilities_under

Progress = Callable[[int, int], None]
"""Called with how many are done and how many there are."""

Floats = NDArray[np.float64]

MAX_TOKENS = 4_096
"""Target tokens a batch at most, since a row of the vocabulary is held for each."""


class TokenRow(Protocol):
    """An example in tokens: the model's input of shape (S,), the target of shape (T,)."""

    @property
    def input_ids(self) -> NDArray[np.int32]:
        """Token ids of the input."""
        ...

    @property
    def labels(self) -> NDArray[np.int32]:
        """Token ids of the target, its end token included."""
        ...


@dataclass(frozen=True, slots=True)
class TokenScores:
    """One target's tokens, its end token included, each given those before it; all (T,) arrays.

    Attributes:
        true: The target's token ids.
        predicted: The most probable token ids.
        log_probabilities: Of the true tokens.
        means: Means of the log-probability over the model's own distribution.
        deviations: Its standard deviations over that distribution.
        by_scheme: Sums of the log-probabilities under sampling schemes, by name.
    """

    true: NDArray[np.int64]
    predicted: NDArray[np.int64]
    log_probabilities: Floats
    means: Floats
    deviations: Floats
    by_scheme: Mapping[str, float] = field(default_factory=dict)

    @property
    def total_loss(self) -> float:
        """The negative log-probability of the whole target, in nats."""
        return -float(self.log_probabilities.sum())


def score_targets(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    rows: Sequence[TokenRow],
    *,
    batch_size: int = 32,
    schemes: Mapping[str, DecodingConfig] | None = None,
    progress: Progress | None = None,
) -> list[TokenScores]:
    """Return what the model says of each target, in the rows' order.

    Args:
        model: An encoder-decoder; it is left in the mode (train or eval) that it came in.
        tokenizer: Its tokenizer, for the padding token.
        rows: Inputs and targets in tokens.
        batch_size: Targets a batch at most; fewer where they are long.
        schemes: Sampling schemes under which targets are scored too, by name.
        progress: Told after each batch how many targets are done.
    """
    longest = max((len(row.labels) for row in rows), default=1)
    size = max(1, min(batch_size, MAX_TOKENS // longest))
    scores: dict[int, TokenScores] = {}
    order = sorted(range(len(rows)), key=lambda i: -len(rows[i].input_ids) - len(rows[i].labels))
    with evaluating(model):
        for batch in (order[start : start + size] for start in range(0, len(order), size)):
            inputs, labels = [rows[i].input_ids for i in batch], [rows[i].labels for i in batch]
            tables = padded_batch(inputs, labels, int(tokenizer.pad_token_id))
            on_device = {k: torch.from_numpy(v).to(model.device) for k, v in tables.items()}
            outputs = model(**on_device, use_cache=False).logits
            for logits, true, i in zip(outputs, on_device["labels"], batch, strict=True):
                num_tokens = len(rows[i].labels)
                scores[i] = _scores(logits[:num_tokens], true[:num_tokens], schemes or {})
            if progress is not None:
                progress(len(scores), len(rows))
    return [scores[i] for i in range(len(rows))]


def _scores(logits: Tensor, labels: Tensor, schemes: Mapping[str, DecodingConfig]) -> TokenScores:
    """Return the figures of one target from outputs of shape (T, V) and labels of shape (T,)."""
    logs = logits.float().log_softmax(-1)
    shares = logs.exp()
    # a token of no probability adds nothing: 0 * -inf is to be 0
    finite = torch.where(shares > 0, logs, torch.zeros_like(logs))
    means = (shares * finite).sum(-1)
    squares = (shares * finite.square()).sum(-1)
    return TokenScores(
        true=labels.cpu().numpy(),
        predicted=logits.argmax(-1).cpu().numpy(),
        log_probabilities=_floats(logs.gather(-1, labels[:, None])[:, 0]),
        means=_floats(means),
        deviations=_floats((squares - means.square()).clamp(min=0).sqrt()),
        by_scheme={
            name: float(log_probabilities_under(scheme, logits, labels).sum())
            for name, scheme in schemes.items()
        },
    )


def _floats(values: Tensor) -> Floats:
    """Return a tensor's values as float64."""
    return np.asarray(values.double().cpu().numpy())


@contextmanager
def evaluating(model: PreTrainedModel) -> Iterator[None]:
    """Keep a model in eval mode and without gradients, and put its mode back afterwards."""
    was_training = model.training
    model.train(False)
    try:
        with torch.inference_mode():
            yield
    finally:
        model.train(was_training)
