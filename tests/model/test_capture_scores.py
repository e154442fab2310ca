"""Blocks cover every weight once, and their weights are a softmax's."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from permille.model.capture_scores import Block, Scores, blocks, cut

SIZES = st.integers(1, 9)


@settings(max_examples=200, deadline=None)
@given(SIZES, SIZES, SIZES, SIZES, st.integers(1, 700))
def test_blocks_cover_each_step_of_each_example_once(
    batch: int, heads: int, steps: int, positions: int, max_weights: int
) -> None:
    covered = torch.zeros(batch, steps)
    for block in blocks(batch, heads, steps, positions, max_weights):
        part = covered[block.examples, block.steps]
        assert part.numel() == 1 or part.numel() * heads * positions <= max_weights
        part += 1
    assert (covered == 1).all()


def scores(*, bias: Tensor | None = None, dtype: torch.dtype = torch.float64) -> Scores:
    generator = torch.Generator().manual_seed(0)
    query = torch.randn(3, 2, 4, 5, generator=generator).to(dtype)
    key = torch.randn(3, 2, 6, 5, generator=generator).to(dtype)
    allowed = torch.rand(3, 1, 4, 6, generator=generator) < 0.7
    allowed[..., 0] = True
    return Scores(query, key, 0.5, allowed, bias)


def whole(found: Scores) -> Tensor:
    products = torch.einsum("bhtd,bhsd->bhts", found.query_BHTD, found.key_BHSD) * found.scaling
    if found.position_bias is not None:
        products = products + found.position_bias
    return products.masked_fill(~found.allowed_BHTS, -torch.inf).softmax(dim=-1)


@settings(max_examples=30, deadline=None)
@given(max_weights=st.integers(1, 200), with_bias=st.booleans())
def test_every_block_holds_the_weights_of_its_place(max_weights: int, with_bias: bool) -> None:
    bias = torch.linspace(-1, 1, 48).double().reshape(1, 2, 4, 6) if with_bias else None
    found = scores(bias=bias)
    wanted = whole(found)
    for block in blocks(*found.shape, max_weights):
        part = wanted[block.examples, :, block.steps]
        torch.testing.assert_close(found.weights(block), part)


def test_narrow_queries_are_multiplied_in_float32() -> None:
    weights = scores(dtype=torch.bfloat16).weights(Block(slice(0, 3), slice(0, 4)))
    assert weights.dtype == torch.float32
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(3, 2, 4))


def test_a_step_that_may_attend_nowhere_gives_no_nan() -> None:
    found = scores()
    nowhere = Scores(found.query_BHTD, found.key_BHSD, 1.0, torch.zeros(1, 1, 1, 6).bool())
    assert nowhere.weights(Block(slice(0, 3), slice(0, 4))).isfinite().all()


def test_axes_that_broadcast_are_left_whole() -> None:
    block = Block(slice(1, 2), slice(2, 4))
    assert cut(torch.zeros(1, 1, 1, 6), block).shape == (1, 1, 1, 6)
    assert cut(torch.zeros(3, 2, 4, 6), block).shape == (1, 2, 2, 6)
