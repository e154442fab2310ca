"""Probabilities of tokens under sampling schemes, of many tokens of large vocabularies at once.

What transformers samples from, without sorting whole vocabularies.
"""

import torch
from torch import Tensor

from permille.model.config import DecodingConfig

NUM_SORTED = 1_024
"""Likeliest tokens that are sorted first; only where they hold too little are all sorted."""


def log_probabilities_under(scheme: DecodingConfig, logits: Tensor, labels: Tensor) -> Tensor:
    """Return the log-probability of each label after truncation and renormalization, (T,).

    First the temperature, then the `top_k` likeliest tokens (and all that tie with the last), then
    the fewest that hold `top_p` of what is left. A token that was cut has -inf.

    Args:
        scheme: How tokens are drawn.
        logits: The model's outputs, of shape (T, V).
        labels: Token ids, of shape (T,).
    """
    scores = logits.double() / scheme.temperature
    if 0 < scheme.top_k < scores.shape[-1]:
        least = scores.topk(scheme.top_k, dim=-1).values[:, -1:]
        scores = scores.masked_fill(scores < least, -torch.inf)
    logs = scores.log_softmax(-1)
    own = logs.gather(-1, labels[:, None])[:, 0]
    if scheme.top_p >= 1:
        return own
    rank = (logs > own[:, None]).sum(-1) + _ties_before(logs, own, labels)
    size = min(NUM_SORTED, logs.shape[-1])
    kept, mass = _nucleus(logs.topk(size, dim=-1).values, scheme.top_p)
    for row in (mass < scheme.top_p).nonzero()[:, 0].tolist():
        every = logs[row : row + 1].sort(dim=-1, descending=True).values
        kept[row : row + 1], mass[row : row + 1] = _nucleus(every, scheme.top_p)
    return torch.where(rank < kept, own - mass.log(), -torch.inf)


def _nucleus(sorted_logs: Tensor, top_p: float) -> tuple[Tensor, Tensor]:
    """Return how many of the likeliest tokens hold `top_p`, and what they hold; both (T,)."""
    shares = sorted_logs.exp()
    held_before = shares.cumsum(-1) - shares
    is_kept = held_before < top_p
    return is_kept.sum(-1), (shares * is_kept).sum(-1)


def _ties_before(logs: Tensor, own: Tensor, labels: Tensor) -> Tensor:
    """Return how many tokens with the label's probability stand before it, of shape (T,)."""
    places = torch.arange(logs.shape[-1], device=logs.device)
    return ((logs == own[:, None]) & (places < labels[:, None])).sum(-1)
