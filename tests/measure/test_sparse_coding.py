"""The simulation: what it draws, that models are apart, and that its figures mean what they say."""

import math

import pytest
import torch

from permille.core.errors import SettingsError
from permille.measure.sparse_coding import (
    AttentionReader,
    draw_worlds,
    simulate,
)
from permille.measure.sparse_coding_config import SparseCodingConfig


def small(**sizes: object) -> SparseCodingConfig:
    chosen = {"num_features": 4, "num_examples": 64, "num_seeds": 3, "num_steps": 60}
    return SparseCodingConfig(**{**chosen, **sizes})


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("needed", [1, 2, 3, 8])
def test_clean_targets_have_unit_variance_whatever_they_need(needed: int) -> None:
    config = small(num_features=8, num_examples=4000, num_seeds=6)
    world, _ = draw_worlds(config, needed, generator())
    variances = world.clean.var(dim=1)
    torch.testing.assert_close(variances, torch.ones(6), atol=0.12, rtol=0)


def test_targets_depend_on_the_needed_features_only() -> None:
    config = small(num_features=6, num_examples=2000, num_seeds=2)
    world, _ = draw_worlds(config, 3, generator())
    signs = world.inputs[..., -1]
    patterns = (signs[0, :, :3] > 0).float() @ torch.tensor([1.0, 2.0, 4.0])
    for pattern in range(8):
        assert world.clean[0][patterns == pattern].std() < 1e-5


def test_noise_has_the_level_that_was_set() -> None:
    world, fresh = draw_worlds(small(num_examples=5000, noise=0.3), 2, generator())
    assert world.noise.std().item() == pytest.approx(0.3, abs=0.01)
    assert not torch.equal(world.noise, fresh.noise)


def test_models_side_by_side_do_not_touch_each_other() -> None:
    model = AttentionReader(2, 5, generator=generator())
    inputs = torch.randn(2, 7, 4, 5)
    before, attention = model(inputs)
    changed = inputs.clone()
    changed[0] += 1
    after, _ = model(changed)
    assert torch.equal(before[1], after[1])
    assert not torch.equal(before[0], after[0])
    torch.testing.assert_close(attention.sum(dim=-1), torch.ones(2, 7, 2))


def test_an_easy_target_is_learned_and_fresh_noise_is_never_given_back() -> None:
    row = simulate(small(num_needed=[1], num_examples=256, num_steps=200))[0]
    assert row.generalization.mean > 0.85
    assert abs(row.memorization_fresh.mean) < 0.15
    assert row.ideal_dispersion == 0


def test_longer_training_memorizes_more() -> None:
    short, long = (
        simulate(small(num_features=8, num_needed=[4], num_examples=48, num_steps=steps))[0]
        for steps in (5, 500)
    )
    assert short.memorization.mean < 0.3
    assert long.memorization.mean > 0.6


def test_an_untrained_model_memorizes_nothing() -> None:
    row = simulate(small(num_needed=[2], num_steps=0, num_examples=400, num_seeds=6))[0]
    assert abs(row.memorization.mean) < 0.15


def test_each_row_has_the_same_models_before_training_and_what_training_changed() -> None:
    row = simulate(small(num_needed=[2]))[0]
    untrained = simulate(small(num_needed=[2], num_steps=0))[0]
    for name in ("dispersion", "memorization", "generalization"):
        before, change = getattr(row.untrained, name), getattr(row.change, name)
        assert before == getattr(untrained, name)
        assert change.mean == pytest.approx(getattr(row, name).mean - before.mean)
        assert getattr(untrained.change, name).mean == 0
    assert row.change.generalization.mean > 0.3


def test_the_same_seed_gives_the_same_rows() -> None:
    assert simulate(small()) == simulate(small())
    assert simulate(small()) != simulate(small(seed=1))


def test_intervals_hold_the_mean_and_one_seed_has_none() -> None:
    row = simulate(small(num_needed=[2]))[0]
    assert row.dispersion.ci95 is not None
    assert row.dispersion.ci95[0] < row.dispersion.mean < row.dispersion.ci95[1]
    assert simulate(small(num_needed=[2], num_seeds=1))[0].dispersion.ci95 is None


def test_a_row_says_what_attention_on_the_needed_alone_would_give() -> None:
    rows = {row.num_needed: row for row in simulate(small(num_steps=1))}
    assert rows[2].ideal_dispersion == pytest.approx(math.log(2) / math.log(4))
    assert rows[4].to_dict()["ideal_dispersion"] == 1


def test_models_that_diverge_are_an_error_that_names_the_learning_rate() -> None:
    with pytest.raises(SettingsError, match=r"k = 1 with learning_rate=1e\+09.*learning_rate"):
        simulate(small(num_steps=20, learning_rate=1e9))
