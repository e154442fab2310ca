"""A simulation of why tasks could differ: targets that need more features need more of the input.

An input has `num_features` positions. Each shows one hidden feature: a fixed code that says which,
and its value, +1 or -1. The target is a nonlinear function of `k` of the features plus noise of a
fixed level. A model with one layer of attention (learned queries, a softmax over positions, a small
network on what was read) is trained on it. Three figures follow for each k: how widely attention is
spread (`cad`, the measure of the audit), how much of the *training* targets' noise the model gives
back, which is memorization since noise cannot be inferred, and how much of fresh clean targets it
explains. The explanation by sparse coding is that of arXiv 2310.06714.
"""

import math
from dataclasses import asdict, dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import stats
from torch import Tensor, nn

from permille.core.errors import SettingsError
from permille.measure.attention import cad
from permille.measure.sparse_coding_config import SparseCodingConfig


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over seeds and its 95 % interval by Student's t; no interval for one seed."""

    mean: float
    ci95: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The three figures of some models, as the attributes of a row have them."""

    dispersion: Estimate
    memorization: Estimate
    generalization: Estimate


@dataclass(frozen=True, slots=True)
class SparseCodingRow:
    """What came out for one k.

    Attributes:
        num_needed: Features that the target depends on, k.
        ideal_dispersion: Normalized entropy of reading just those, each alike: ln k / ln n.
        dispersion: `cad` of the trained attention on fresh inputs.
        memorization: Share of the training targets' noise that the model gives back.
        memorization_fresh: The same on fresh examples, where nothing could be memorized.
        generalization: Share of the variance of fresh clean targets that the model explains.
        untrained: The figures of the same models before training.
        change: By how much training changed them, model by model.
    """

    num_needed: int
    ideal_dispersion: float
    dispersion: Estimate
    memorization: Estimate
    memorization_fresh: Estimate
    generalization: Estimate
    untrained: Figures
    change: Figures

    def to_dict(self) -> dict[str, object]:
        """Return the row for a table."""
        return asdict(self)


def simulate(config: SparseCodingConfig) -> list[SparseCodingRow]:
    """Train a model for each k and seed and return a row for each k.

    Raises:
        SettingsError: If a model diverges, or its targets do not vary.
    """
    return [_simulate_needed(config, needed) for needed in config.needed]


class AttentionReader(nn.Module):
    """R independent models side by side: attention by learned queries, then a small network."""

    def __init__(
        self, models: int, width: int, *, generator: torch.Generator, heads: int = 2
    ) -> None:
        """Draw the weights.

        Args:
            models: How many models, R.
            width: Width of a position's code, D.
            generator: Where randomness comes from.
            heads: Queries of each model.
        """
        super().__init__()

        def drawn(*shape: int) -> nn.Parameter:
            scale = shape[-2] ** -0.5
            return nn.Parameter(torch.randn(models, *shape, generator=generator) * scale)

        read, hidden = 8, 48
        self.queries = drawn(width, heads)
        self.values = drawn(width, read)
        self.inner = drawn(heads * read, hidden)
        self.bias = nn.Parameter(torch.zeros(models, 1, hidden))
        self.outer = drawn(hidden, 1)

    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Predict; inputs (R, N, n, D) -> predictions (R, N) and attention (R, N, H, n)."""
        scores = torch.einsum("rnpd,rdh->rnhp", inputs, self.queries)
        attention = scores.softmax(dim=-1)
        read = torch.einsum("rnhp,rnpd->rnhd", attention, inputs)
        context = torch.einsum("rnhd,rdv->rnhv", read, self.values).flatten(start_dim=2)
        hidden = torch.relu(context @ self.inner + self.bias)
        return (hidden @ self.outer)[..., 0], attention


@dataclass(frozen=True, slots=True)
class World:
    """Inputs and targets of R worlds.

    Attributes:
        inputs: Shape (R, N, n, D).
        clean: Targets without noise, shape (R, N).
        noise: Shape (R, N).
    """

    inputs: Tensor
    clean: Tensor
    noise: Tensor


def draw_worlds(
    config: SparseCodingConfig, needed: int, generator: torch.Generator
) -> tuple[World, World]:
    """Draw training and fresh examples of worlds whose targets need `needed` features.

    The target is the scaled sum of a random function of each needed feature alone and of products
    of neighboring needed features, so that reading an average of the features is not enough.
    """
    codes = torch.randn(config.num_seeds, config.num_features, 24, generator=generator)
    weights = torch.randn(config.num_seeds, 1, needed, generator=generator)

    def draw() -> World:
        shape = (config.num_seeds, config.num_examples, config.num_features)
        signs = torch.randint(0, 2, shape, generator=generator).float() * 2 - 1
        used = signs[..., :needed]
        products = used * used.roll(1, dims=-1) if needed > 1 else torch.zeros_like(used)
        clean = (weights * used + products).sum(dim=-1)
        # two features have one product, twice, so its variance is 4 and not 2
        variance = {1: 0, 2: 4}.get(needed, needed)
        scale = (weights.square().sum(dim=-1) + variance).sqrt()
        inputs = codes[:, None].repeat(1, config.num_examples, 1, 1)
        inputs = torch.cat([inputs, signs[..., None]], dim=-1)
        noise = torch.randn(shape[:2], generator=generator) * config.noise
        return World(inputs, clean / scale, noise)

    return draw(), draw()


def _simulate_needed(config: SparseCodingConfig, needed: int) -> SparseCodingRow:
    generator = torch.Generator().manual_seed(config.seed * 1000 + needed)
    trained_on, fresh = draw_worlds(config, needed, generator)
    model = AttentionReader(config.num_seeds, trained_on.inputs.shape[-1], generator=generator)
    before = _figures(model, trained_on, fresh)
    _train(model, trained_on, config)
    after = _figures(model, trained_on, fresh)
    with torch.no_grad():
        given_back_fresh = _share_of_noise(model(fresh.inputs)[0], fresh)
    if not all(figure.isfinite().all() for figure in (*after, given_back_fresh)):
        raise SettingsError(
            f"grid.simulation: want finite figures, got NaN or infinity at k = {needed} with "
            f"learning_rate={config.learning_rate:g} and num_examples={config.num_examples}; lower "
            "grid.simulation.learning_rate, or raise grid.simulation.num_examples where so few "
            "targets may be all the same"
        )
    dispersion, memorization, generalization = map(_estimate, after)
    return SparseCodingRow(
        num_needed=needed,
        ideal_dispersion=math.log(needed) / math.log(config.num_features),
        dispersion=dispersion,
        memorization=memorization,
        memorization_fresh=_estimate(given_back_fresh),
        generalization=generalization,
        untrained=Figures(*map(_estimate, before)),
        change=Figures(*(_estimate(new - old) for new, old in zip(after, before, strict=True))),
    )


def _figures(
    model: AttentionReader, trained_on: World, fresh: World
) -> tuple[Tensor, Tensor, Tensor]:
    """Return each model's dispersion, memorization and generalization, each of shape (R,)."""
    with torch.no_grad():
        fitted, _ = model(trained_on.inputs)
        predicted, attention = model(fresh.inputs)
    residual = (predicted - fresh.clean).square().mean(dim=1)
    explained = 1 - residual / fresh.clean.var(dim=1, correction=0)
    return _dispersion(attention), _share_of_noise(fitted, trained_on), explained


def _train(model: AttentionReader, world: World, config: SparseCodingConfig) -> None:
    """Fit all models at once; their losses add up, so none touches another."""
    optimizer = torch.optim.Adam(model.parameters(), lr=config.learning_rate)
    targets = world.clean + world.noise
    for _ in range(config.num_steps):
        predictions, _ = model(world.inputs)
        loss = (predictions - targets).square().mean(dim=1).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _share_of_noise(predictions: Tensor, world: World) -> Tensor:
    """Return the slope of the prediction's error on the noise; shapes (R, N) -> (R,)."""
    errors = predictions - world.clean
    return (errors * world.noise).sum(dim=1) / world.noise.square().sum(dim=1)


def _dispersion(attention: Tensor) -> Tensor:
    """Return the dispersion of attention (R, N, H, n) of each model, shape (R,)."""
    models, examples, heads, positions = attention.shape
    spread = cad(
        attention.reshape(models * examples, heads, 1, positions),
        source_mask=torch.ones(models * examples, positions, dtype=torch.bool),
        target_mask=torch.ones(models * examples, 1, dtype=torch.bool),
    )
    return spread.reshape(models, examples).mean(dim=1)


def _estimate(values: Tensor) -> Estimate:
    """Average over seeds, of shape (R,)."""
    numbers: NDArray[np.float64] = values.double().numpy()
    mean = float(numbers.mean())
    if len(numbers) < 2:
        return Estimate(mean, None)
    half = float(stats.t.ppf(0.975, len(numbers) - 1) * numbers.std(ddof=1) / len(numbers) ** 0.5)
    return Estimate(mean, (mean - half, mean + half))
