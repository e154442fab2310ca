"""The weights of one attention module, made a block at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Block:
    """Some examples and some steps of a layer's weights, with all heads and positions."""

    examples: slice
    steps: slice


def blocks(batch: int, heads: int, steps: int, positions: int, max_weights: int) -> Iterator[Block]:
    """Cut weights of shape (batch, heads, steps, positions) into blocks of a bounded size.

    A block has whole examples if one fits, else some steps of one example, one at least.
    """
    per_step = heads * positions
    num_steps = min(steps, max(1, max_weights // per_step))
    num_examples = max(1, max_weights // (per_step * steps)) if num_steps == steps else 1
    for example in range(0, batch, num_examples):
        for step in range(0, steps, num_steps):
            yield Block(slice(example, example + num_examples), slice(step, step + num_steps))


@dataclass(frozen=True, slots=True)
class Scores:
    """What one attention module's weights follow from.

    Attributes:
        query_BHTD: Shape (B, H, T, D).
        key_BHSD: Shape (B, H, S, D).
        scaling: Factor of the dot products.
        allowed_BHTS: Boolean, True where attending is allowed, broadcastable to (B, H, T, S).
        position_bias: Added to the scores, broadcastable to (B, H, T, S); None for none.
        additive_mask: The same; None for none.
    """

    query_BHTD: Tensor
    key_BHSD: Tensor
    scaling: float
    allowed_BHTS: Tensor
    position_bias: Tensor | None = None
    additive_mask: Tensor | None = None

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Batch, heads, steps, positions."""
        batch, heads, steps, _ = self.query_BHTD.shape
        return batch, heads, steps, self.key_BHSD.shape[2]

    def weights(self, block: Block) -> Tensor:
        """Return a block's weights of shape (b, H, t, S), softmaxed in float32 at least."""
        query = _wide(self.query_BHTD[block.examples, :, block.steps])
        key = _wide(self.key_BHSD[block.examples])
        scores = torch.matmul(query * self.scaling, key.transpose(2, 3))
        for term in (self.position_bias, self.additive_mask):
            if term is not None:
                scores += cut(term, block)
        lowest = torch.finfo(scores.dtype).min
        return scores.masked_fill_(~cut(self.allowed_BHTS, block), lowest).softmax(dim=-1)


def cut(array: Tensor, block: Block) -> Tensor:
    """Take a block's part of an array that broadcasts to (B, H, T, S)."""
    if array.shape[0] > 1:
        array = array[block.examples]
    return array if array.shape[2] == 1 else array[:, :, block.steps]


def _wide(array: Tensor) -> Tensor:
    """Return the array, of any shape, in float32 at least."""
    return array.to(torch.promote_types(array.dtype, torch.float32))
