"""How widely attention is spread over the positions it may attend to.

For one decoder step of one head let a_1..a_n be the weights over the n positions that are not
masked. The normalized entropy -sum a_j ln a_j / ln n is 1 where attention is uniform and 0 where it
rests on one position; with n = 1 there is nothing to spread over and every measure is undefined
(NaN, never 0). Weights are taken as they are given and not normalized again. A measure of a head is
the mean over the target's steps that have one.

The idea that dense attention goes with memorization is of arXiv 2310.06714; the paper publishes no
formula, so the definitions are this project's own.
"""

import numpy as np
import torch
from torch import Tensor

METRICS = ("cad", "gini", "tv_uniform", "kl_uniform", "effective_positions", "top5_mass")
"""Names of the measures, in the order in which they are stacked."""

POSITIONS_PER_TOP = 20
"""Of so many positions one, rounded up, has its weight added up by `top5_mass`: 5 %."""

WEIGHT_TOLERANCE = 1e-3
"""How far above 1 rounding may put a weight."""


def cad(attention_BHTS: Tensor, *, source_mask: Tensor, target_mask: Tensor) -> Tensor:
    """Return each example's attention dispersion in [0, 1], the mean over steps and heads.

    Args:
        attention_BHTS: Attention weights of shape (B, H, T, S), of any floating type.
        source_mask: Boolean (B, S), True where a source position is no padding.
        target_mask: Boolean (B, T), True where a target step is no padding.

    Returns:
        Shape (B,), float32 or wider; NaN for an example with one source position or no step.

    Raises:
        ValueError: If the masks are not boolean or do not fit the weights, or what is given are no
            weights: not floating, or outside of [0, 1] where the masks allow.
    """
    _check_masks(attention_BHTS, source_mask, target_mask)
    weights_BHTS, num_positions_BT = masked_weights(attention_BHTS, source_mask[:, None, :])
    _check_weights(weights_BHTS, target_mask)
    defined_BT = target_mask & (num_positions_BT > 1)
    steps_BHT = normalized_entropy(entropy_nats(weights_BHTS), num_positions_BT[:, None])
    return mean_over_steps(steps_BHT, defined_BT).mean(dim=1)


def dispersion(
    attention_BHTS: Tensor, *, source_mask: Tensor, target_mask: Tensor
) -> dict[str, Tensor]:
    """Return every measure of every head, the mean over steps.

    Args:
        attention_BHTS: Attention weights of shape (B, H, T, S), of any floating type.
        source_mask: Boolean (B, S), True where a source position is no padding.
        target_mask: Boolean (B, T), True where a target step is no padding.

    Returns:
        For each of `METRICS` a tensor of shape (B, H); NaN where undefined.

    Raises:
        ValueError: If the masks are not boolean or do not fit the weights, or what is given are no
            weights: not floating, or outside of [0, 1] where the masks allow.
    """
    _check_masks(attention_BHTS, source_mask, target_mask)
    weights_BHTS, num_positions_BT = masked_weights(attention_BHTS, source_mask[:, None, :])
    _check_weights(weights_BHTS, target_mask)
    defined_BT = target_mask & (num_positions_BT > 1)
    stacked = step_measures(weights_BHTS, num_positions_BT)
    return dict(zip(METRICS, mean_over_steps(stacked, defined_BT), strict=True))


def masked_weights(attention_BHTS: Tensor, allowed_BTS: Tensor) -> tuple[Tensor, Tensor]:
    """Put zero at masked positions and count the others.

    Args:
        attention_BHTS: Attention weights of shape (B, H, T, S).
        allowed_BTS: Boolean, of shape (B, T, S) or one that broadcasts to it.

    Returns:
        The weights of shape (B, H, T, S) in float32 at least, and the counts of shape (B, T).
    """
    weights_BHTS = attention_BHTS.to(torch.promote_types(attention_BHTS.dtype, torch.float32))
    allowed_BHTS = allowed_BTS.bool()[:, None]
    counts_BT = allowed_BTS.sum(dim=-1).expand(weights_BHTS.shape[0], weights_BHTS.shape[2])
    return torch.where(allowed_BHTS, weights_BHTS, weights_BHTS.new_zeros(())), counts_BT


def step_measures(weights_BHTS: Tensor, num_positions_BT: Tensor) -> Tensor:
    """Return every measure of every step.

    Args:
        weights_BHTS: Weights of shape (B, H, T, S), zero at masked positions.
        num_positions_BT: Counts of positions that are not masked, of shape (B, T).

    Returns:
        Shape (M, B, H, T), the first axis in the order of `METRICS`. Where a step has fewer than
        two positions the values mean nothing; the caller leaves them out.
    """
    counts_BT = num_positions_BT[:, None]
    entropy_BHT = entropy_nats(weights_BHTS)
    ascending_BHTS = _sort_ascending(weights_BHTS)
    return torch.stack(
        [
            normalized_entropy(entropy_BHT, counts_BT),
            gini(ascending_BHTS, counts_BT),
            tv_from_uniform(weights_BHTS, counts_BT),
            counts_BT.to(entropy_BHT.dtype).log() - entropy_BHT,
            entropy_BHT.exp(),
            top_mass(ascending_BHTS, counts_BT),
        ]
    )


def entropy_nats(weights: Tensor) -> Tensor:
    """Return -sum a ln a over the last axis, in nats; shape (..., S) -> (...)."""
    # half the cost of torch.special.entr: the smallest normal number stands for 0, as 0 ln 0 = 0
    logs = weights.clamp_min(torch.finfo(weights.dtype).tiny).log()
    entropy: Tensor = 0 - torch.linalg.vecdot(weights, logs)  # -x would make -0 of no entropy
    return entropy


def normalized_entropy(entropy: Tensor, num_positions: Tensor) -> Tensor:
    """Divide entropies of shape (...) by the greatest that `num_positions` (...) allow."""
    return entropy / num_positions.to(entropy.dtype).log()


def gini(weights_ascending: Tensor, num_positions: Tensor) -> Tensor:
    """Return the Gini coefficient: 0 for uniform weights, 1 - 1/n for all on one position.

    Args:
        weights_ascending: Shape (..., S), sorted, the masked positions' zeros first.
        num_positions: Shape (...), how many are not masked.

    Returns:
        Shape (...).
    """
    num_all = weights_ascending.shape[-1]
    counts = num_positions.to(weights_ascending.dtype)[..., None]
    places = torch.arange(1, num_all + 1, device=counts.device, dtype=counts.dtype)
    ranks = places - num_all + counts
    spread = ((2 * ranks - counts - 1) * weights_ascending).sum(dim=-1)
    return spread / (counts[..., 0] * weights_ascending.sum(dim=-1))


def tv_from_uniform(weights: Tensor, num_positions: Tensor) -> Tensor:
    """Return the total variation from uniform, half the sum of |a - 1/n|, in [0, 1 - 1/n].

    Args:
        weights: Shape (..., S), zero at masked positions.
        num_positions: Shape (...), how many are not masked.

    Returns:
        Shape (...).
    """
    uniform = 1 / num_positions.to(weights.dtype)
    num_masked = weights.shape[-1] - num_positions
    over_all = (weights - uniform[..., None]).abs().sum(dim=-1)
    return (over_all - num_masked * uniform) / 2


def top_mass(weights_ascending: Tensor, num_positions: Tensor) -> Tensor:
    """Return the weight on the heaviest 5 % of positions, their number rounded up.

    Args:
        weights_ascending: Shape (..., S), sorted, the masked positions' zeros first.
        num_positions: Shape (...), how many are not masked.

    Returns:
        Shape (...).
    """
    num_all = weights_ascending.shape[-1]
    num_top = (num_positions + POSITIONS_PER_TOP - 1) // POSITIONS_PER_TOP
    places = torch.arange(num_all, device=weights_ascending.device)
    is_top = places >= num_all - num_top[..., None]
    return torch.where(is_top, weights_ascending, weights_ascending.new_zeros(())).sum(dim=-1)


def sum_over_steps(steps_BHT: Tensor, defined_BT: Tensor) -> Tensor:
    """Add up the defined steps; shapes (..., B, H, T), (B, T) -> (..., B, H)."""
    return torch.where(defined_BT[:, None], steps_BHT, steps_BHT.new_zeros(())).sum(dim=-1)


def mean_over_steps(steps_BHT: Tensor, defined_BT: Tensor) -> Tensor:
    """Average over defined steps, NaN without one; shapes (..., B, H, T), (B, T) -> (..., B, H)."""
    return sum_over_steps(steps_BHT, defined_BT) / defined_BT.sum(dim=-1)[:, None]


def length_residuals(
    values: np.ndarray, positions_N: np.ndarray, target_tokens_N: np.ndarray
) -> np.ndarray:
    """Take out of each head's values what a straight line in ln n and target length explains.

    Args:
        values: A measure of shape (N, L, H); NaN where undefined.
        positions_N: Positions n that each example's attention is spread over, of shape (N,): of
            the source, and for decoder self-attention of the target.
        target_tokens_N: Target tokens of each example, of shape (N,).

    Returns:
        Shape (N, L, H), least-squares residuals with a constant; NaN stays NaN, and all are NaN
        where the line passes through any values, as with three lengths and three examples.
    """
    logs_N = np.log(np.maximum(positions_N, 1).astype(np.float64))
    design = np.stack([np.ones_like(logs_N), logs_N, target_tokens_N.astype(np.float64)], axis=1)
    flat = values.astype(np.float64).reshape(len(logs_N), -1)
    residuals = np.full_like(flat, np.nan)
    known = ~np.isnan(flat)
    for pattern in np.unique(known, axis=1).T:
        columns = np.flatnonzero((known == pattern[:, None]).all(axis=0))
        rows = np.ix_(pattern, columns)
        fitted, _, rank, _ = np.linalg.lstsq(design[pattern], flat[rows], rcond=None)
        # as many examples as the line has numbers lie on it, whatever their values
        if pattern.sum() > rank:
            residuals[rows] = flat[rows] - design[pattern] @ fitted
    return residuals.reshape(values.shape)


def _sort_ascending(weights: Tensor) -> Tensor:
    """Sort the last axis; shape (..., S) stays."""
    if weights.device.type == "cpu" and not weights.requires_grad:
        # NumPy's vectorized sort of short rows is some twenty times faster than torch's on CPUs
        return torch.from_numpy(np.sort(weights.detach().numpy(), axis=-1))
    return weights.sort(dim=-1).values


def _check_masks(attention_BHTS: Tensor, source_mask: Tensor, target_mask: Tensor) -> None:
    """Refuse masks that do not fit weights of shape (B, H, T, S), and other weights."""
    named = {"attention": attention_BHTS, "source_mask": source_mask, "target_mask": target_mask}
    for name, given in named.items():
        if not isinstance(given, Tensor):
            raise ValueError(f"want {name} as a tensor, got {type(given).__name__}")
    if attention_BHTS.ndim != 4 or not attention_BHTS.is_floating_point():
        raise ValueError(
            "want floating attention weights of shape (B, H, T, S), got "
            f"{attention_BHTS.dtype} of shape {tuple(attention_BHTS.shape)}"
        )
    if (source_mask.dtype, target_mask.dtype) != (torch.bool, torch.bool):
        raise ValueError(
            f"want boolean source_mask and target_mask, got {source_mask.dtype} and "
            f"{target_mask.dtype}; a tokenizer's mask is attention_mask.bool()"
        )
    batch, _, steps, positions = attention_BHTS.shape
    wanted = ((batch, positions), (batch, steps))
    got = (tuple(source_mask.shape), tuple(target_mask.shape))
    if wanted != got:
        raise ValueError(
            f"want source_mask and target_mask of shapes {wanted[0]} and {wanted[1]}, "
            f"got {got[0]} and {got[1]}"
        )


def _check_weights(weights_BHTS: Tensor, target_mask: Tensor) -> None:
    """Refuse scores that no softmax has made weights of; masked positions are zero already."""
    outside_BHTS = (weights_BHTS < 0) | (weights_BHTS > 1 + WEIGHT_TOLERANCE)
    wrong = weights_BHTS[outside_BHTS & target_mask[:, None, :, None]]
    if len(wrong):
        raise ValueError(
            f"want attention weights in [0, 1], got {wrong[0].item():.3g}; take them behind the "
            "softmax, without dropout"
        )
