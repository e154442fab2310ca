"""Dispersion: hand-computed cases, and a double-precision oracle of one loop a number."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from permille.measure.attention import (
    METRICS,
    cad,
    dispersion,
    length_residuals,
    masked_weights,
    mean_over_steps,
    step_measures,
    sum_over_steps,
)


def all_true(*shape: int) -> Tensor:
    return torch.ones(shape, dtype=torch.bool)


def oracle_row(weights: list[float]) -> dict[str, float]:
    """Every measure of one step, written out in plain floats."""
    n = len(weights)
    entropy = -math.fsum(a * math.log(a) for a in weights if a > 0)
    pairs = math.fsum(abs(a - b) for a in weights for b in weights)
    heaviest = sorted(weights, reverse=True)[: math.ceil(n / 20)]
    return {
        "cad": entropy / math.log(n),
        "gini": pairs / (2 * n * math.fsum(weights)),
        "tv_uniform": math.fsum(abs(a - 1 / n) for a in weights) / 2,
        "kl_uniform": math.log(n) - entropy,
        "effective_positions": math.exp(entropy),
        "top5_mass": math.fsum(heaviest),
    }


def oracle(attention: Tensor, source_mask: Tensor, target_mask: Tensor) -> dict[str, np.ndarray]:
    """The mean over steps by loops, of shape (B, H)."""
    batch, heads, steps, positions = attention.shape
    found = {name: np.full((batch, heads), np.nan) for name in METRICS}
    for b in range(batch):
        kept = [s for s in range(positions) if source_mask[b, s]]
        if len(kept) < 2 or not target_mask[b].any():
            continue
        for h in range(heads):
            step_rows = [
                oracle_row([float(attention[b, h, t, s]) for s in kept])
                for t in range(steps)
                if target_mask[b, t]
            ]
            for name in METRICS:
                found[name][b, h] = math.fsum(row[name] for row in step_rows) / len(step_rows)
    return found


def drawn(
    seed: int, batch: int = 3, heads: int = 2, steps: int = 4, positions: int = 30
) -> tuple[Tensor, Tensor, Tensor]:
    """Random attention over random lengths, right-padded, in double precision."""
    generator = torch.Generator().manual_seed(seed)
    scores = torch.randn(batch, heads, steps, positions, generator=generator).double() * 2
    lengths = torch.randint(1, positions + 1, (batch, 1), generator=generator)
    num_steps = torch.randint(1, steps + 1, (batch, 1), generator=generator)
    source_mask = torch.arange(positions) < lengths
    target_mask = torch.arange(steps) < num_steps
    scores = scores.masked_fill(~source_mask[:, None, None, :], -math.inf)
    return scores.softmax(dim=-1), source_mask, target_mask


def test_uniform_attention_has_a_dispersion_of_one() -> None:
    attention = torch.full((2, 3, 4, 8), 1 / 8)
    found = cad(attention, source_mask=all_true(2, 8), target_mask=all_true(2, 4))
    torch.testing.assert_close(found, torch.ones(2))


def test_attention_on_one_position_has_a_dispersion_of_zero() -> None:
    attention = torch.zeros(1, 2, 3, 8)
    attention[..., 5] = 1
    found = cad(attention, source_mask=all_true(1, 8), target_mask=all_true(1, 3))
    assert found.tolist() == [0.0]


def test_one_position_leaves_dispersion_undefined_and_not_zero() -> None:
    source_mask = torch.tensor([[True, False], [True, True]])
    attention = torch.tensor([[1.0, 0.0], [0.5, 0.5]])[:, None, None, :]
    found = cad(attention, source_mask=source_mask, target_mask=all_true(2, 1))
    assert math.isnan(found[0])
    assert found[1] == 1


def test_padding_changes_nothing_whatever_stands_there() -> None:
    attention, _, _ = drawn(0, positions=6)
    attention = attention / attention.sum(dim=-1, keepdim=True)
    short = cad(attention, source_mask=all_true(3, 6), target_mask=all_true(3, 4))
    padded = torch.full((3, 2, 6, 9), math.nan, dtype=torch.float64)
    padded[:, :, :4, :6] = attention
    source_mask = (torch.arange(9) < 6).expand(3, 9)
    target_mask = (torch.arange(6) < 4).expand(3, 6)
    found = cad(padded, source_mask=source_mask, target_mask=target_mask)
    torch.testing.assert_close(found, short)


def test_a_hand_computed_row() -> None:
    attention = torch.tensor([0.5, 0.25, 0.25, 0.0]).reshape(1, 1, 1, 4)
    masks = {"source_mask": all_true(1, 4), "target_mask": all_true(1, 1)}
    found = {name: value.item() for name, value in dispersion(attention, **masks).items()}
    assert found == pytest.approx(
        {
            "cad": 0.75,
            "gini": 0.375,
            "tv_uniform": 0.25,
            "kl_uniform": 0.5 * math.log(2),
            "effective_positions": 2**1.5,
            "top5_mass": 0.5,
        }
    )


@pytest.mark.parametrize("seed", range(5))
def test_every_measure_agrees_with_the_oracle(seed: int) -> None:
    attention, source_mask, target_mask = drawn(seed)
    wanted = oracle(attention, source_mask, target_mask)
    found = dispersion(attention, source_mask=source_mask, target_mask=target_mask)
    for name in METRICS:
        np.testing.assert_allclose(found[name].numpy(), wanted[name], rtol=1e-10, err_msg=name)
    mean = cad(attention, source_mask=source_mask, target_mask=target_mask)
    np.testing.assert_allclose(mean.numpy(), wanted["cad"].mean(axis=1), rtol=1e-10)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16], ids=str)
def test_narrow_types_are_reduced_in_float32(dtype: torch.dtype) -> None:
    attention, source_mask, target_mask = drawn(1, positions=200)
    narrow = attention.to(dtype)
    found = cad(narrow, source_mask=source_mask, target_mask=target_mask)
    wanted = oracle(narrow.double(), source_mask, target_mask)["cad"].mean(axis=1)
    assert found.dtype == torch.float32
    np.testing.assert_allclose(found.numpy(), wanted, atol=2e-6)


def test_arguments_are_left_as_they_were() -> None:
    attention, source_mask, target_mask = drawn(2)
    copies = [array.clone() for array in (attention, source_mask, target_mask)]
    dispersion(attention, source_mask=source_mask, target_mask=target_mask)
    for array, copy in zip((attention, source_mask, target_mask), copies, strict=True):
        assert torch.equal(array, copy)


def test_dispersion_can_be_differentiated() -> None:
    scores = torch.randn(1, 1, 2, 5, requires_grad=True)
    cad(scores.softmax(-1), source_mask=all_true(1, 5), target_mask=all_true(1, 2)).sum().backward()
    assert scores.grad is not None
    assert scores.grad.abs().sum() > 0


def test_masks_of_other_shapes_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"shapes \(2, 8\) and \(2, 4\), got \(2, 4\) and \(2, 8\)"
    ):
        cad(torch.zeros(2, 3, 4, 8), source_mask=all_true(2, 4), target_mask=all_true(2, 8))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), positions=st.integers(2, 60))
def test_measures_stay_in_their_ranges(seed: int, positions: int) -> None:
    attention, source_mask, target_mask = drawn(seed, positions=positions)
    found = dispersion(attention, source_mask=source_mask, target_mask=target_mask)
    bounds = {
        "cad": (0, 1),
        "gini": (0, 1),
        "tv_uniform": (0, 1),
        "kl_uniform": (0, math.log(positions)),
        "effective_positions": (1, positions),
        "top5_mass": (0, 1),
    }
    for name, (low, high) in bounds.items():
        values = found[name][~found[name].isnan()]
        assert ((values >= low - 1e-9) & (values <= high + 1e-9)).all(), name


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_positions_does_not_matter(seed: int) -> None:
    attention, _, _ = drawn(seed, positions=12)
    order = torch.randperm(12, generator=torch.Generator().manual_seed(seed))
    masks = {"source_mask": all_true(3, 12), "target_mask": all_true(3, 4)}
    for name, values in dispersion(attention, **masks).items():
        torch.testing.assert_close(dispersion(attention[..., order], **masks)[name], values)


def test_sums_over_blocks_of_steps_add_up_to_the_mean() -> None:
    attention, source_mask, target_mask = drawn(3, steps=7)
    weights, counts = masked_weights(attention, source_mask[:, None, :])
    defined = target_mask & (counts > 1)
    whole = mean_over_steps(step_measures(weights, counts), defined)
    halves = [
        sum_over_steps(step_measures(weights[:, :, part], counts[:, part]), defined[:, part])
        for part in (slice(0, 3), slice(3, 7))
    ]
    joined = (halves[0] + halves[1]) / defined.sum(dim=-1)[:, None]
    torch.testing.assert_close(joined, whole, equal_nan=True)


def test_residuals_take_out_what_length_explains() -> None:
    rng = np.random.default_rng(0)
    source, target = rng.integers(5, 200, 40), rng.integers(5, 90, 40)
    effect = rng.normal(size=(40, 2, 3)) * 1e-3
    lengths = 0.3 * np.log(source) - 0.01 * target + 2
    residuals = length_residuals(effect + lengths[:, None, None], source, target)
    assert np.abs(residuals).max() < 6e-3
    for explained in (np.log(source), target.astype(float), np.ones(40)):
        np.testing.assert_allclose(np.tensordot(explained, residuals, axes=(0, 0)), 0, atol=1e-9)


@pytest.mark.parametrize("num_known", [0, 1, 2, 3])
def test_residuals_of_no_more_examples_than_a_line_has_numbers_are_undefined(
    num_known: int,
) -> None:
    values = np.array([0.3, 0.5, 0.1, 0.2])
    source, target = np.array([4, 9, 30, 7]), np.array([3, 8, 2, 9])
    values[num_known:] = np.nan
    assert np.isnan(length_residuals(values[:, None, None], source, target)).all()


def test_residuals_of_two_examples_of_one_length_are_their_distance_from_the_mean() -> None:
    residuals = length_residuals(np.array([[[0.2]], [[0.6]]]), np.full(2, 5), np.full(2, 6))
    np.testing.assert_allclose(residuals.ravel(), [-0.2, 0.2])


def test_residuals_of_undefined_values_are_undefined() -> None:
    values = np.arange(12.0).reshape(6, 2, 1) ** 2
    values[2, 1, 0] = np.nan
    residuals = length_residuals(values, np.array([3, 9, 4, 7, 5, 8]), np.array([1, 2, 2, 1, 3, 1]))
    assert np.isnan(residuals[2, 1, 0])
    assert np.isnan(residuals).sum() == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param(
            {"attention": torch.ones(3, 4, 8)}, r"\(B, H, T, S\), .* \(3, 4, 8\)", id="3-d"
        ),
        pytest.param({"attention": torch.ones(2, 3, 4, 8).long()}, "got torch.int64", id="integer"),
        pytest.param({"attention": np.ones((2, 3, 4, 8))}, "as a tensor, got ndarray", id="array"),
        pytest.param(
            {"attention": torch.full((2, 3, 4, 8), -1.0)}, r"in \[0, 1\].*softmax", id="negative"
        ),
        pytest.param({"attention": torch.full((2, 3, 4, 8), 2.0)}, r"in \[0, 1\]", id="above 1"),
        pytest.param(
            {"source_mask": torch.ones(2, 8)}, r"got torch.float32 and torch.bool", id="float mask"
        ),
        pytest.param({"target_mask": np.ones((2, 4), bool)}, "target_mask as a tensor", id="mask"),
    ],
)
@pytest.mark.parametrize("measure", [cad, dispersion])
def test_what_are_no_weights_or_no_masks_is_refused_by_name(
    measure: Callable[..., object], given: dict[str, Any], message: str
) -> None:
    whole = {
        "attention": torch.full((2, 3, 4, 8), 1 / 8),
        "source_mask": all_true(2, 8),
        "target_mask": all_true(2, 4),
    } | given
    attention = whole.pop("attention")
    with pytest.raises(ValueError, match=message):
        measure(attention, **whole)
