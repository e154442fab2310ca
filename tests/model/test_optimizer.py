from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from transformers import Adafactor

from permille.model.config import ModelConfig, OptimizerName, ScheduleName
from permille.model.optimizer import build_optimizer, build_schedule, learning_rate_factor

SCHEDULES = list(ScheduleName)


@given(
    step=st.integers(0, 500),
    num_steps=st.integers(1, 500),
    warmup=st.floats(0, 0.99),
    schedule=st.sampled_from(SCHEDULES),
)
def test_the_factor_lies_between_none_and_all(step, num_steps, warmup, schedule):
    assert 0 <= learning_rate_factor(step, num_steps, warmup, schedule) <= 1


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_rate_rises_in_a_line_to_its_peak(schedule):
    factors = [learning_rate_factor(step, 100, 0.1, schedule) for step in range(11)]
    rises = [after - before for before, after in pairwise(factors)]
    assert rises == pytest.approx([1 / 11] * 10)
    assert factors[10] == 1


@pytest.mark.parametrize("schedule", [ScheduleName.linear, ScheduleName.cosine])
def test_the_rate_falls_to_nothing(schedule):
    factors = [learning_rate_factor(step, 100, 0.1, schedule) for step in range(10, 101)]
    assert factors == sorted(factors, reverse=True)
    assert factors[-1] == pytest.approx(0)


@pytest.mark.parametrize(
    ("schedule", "halfway"),
    [(ScheduleName.linear, 0.5), (ScheduleName.cosine, 0.5), (ScheduleName.constant, 1.0)],
)
def test_the_decay_has_its_shape(schedule, halfway):
    assert learning_rate_factor(50, 100, 0.0, schedule) == pytest.approx(halfway)


def test_linear_decay_differs_from_cosine():
    linear, cosine = (
        learning_rate_factor(25, 100, 0.0, schedule)
        for schedule in (ScheduleName.linear, ScheduleName.cosine)
    )
    assert linear == pytest.approx(0.75)
    assert cosine == pytest.approx(0.8536, abs=1e-4)


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4))


def test_biases_and_norms_do_not_decay():
    optimizer = build_optimizer(network(), ModelConfig(weight_decay=0.5))
    decays = {
        weight.ndim: group["weight_decay"]
        for group in optimizer.param_groups
        for weight in group["params"]
    }
    assert decays == {2: 0.5, 1: 0.0}


def test_frozen_weights_are_left_out():
    model = network()
    model[0].weight.requires_grad_(False)
    optimizer = build_optimizer(model, ModelConfig())
    assert sum(len(group["params"]) for group in optimizer.param_groups) == 3


@pytest.mark.parametrize(
    ("name", "kind"),
    [(OptimizerName.adamw, torch.optim.AdamW), (OptimizerName.adafactor, Adafactor)],
)
def test_each_optimizer_lowers_a_loss(name, kind):
    model = network()
    config = ModelConfig(optimizer=name, learning_rate=0.05, schedule="constant")
    optimizer = build_optimizer(model, config)
    schedule = build_schedule(optimizer, config, 20)
    inputs, wanted = torch.randn(8, 4), torch.randn(8, 4)
    losses = []
    for _ in range(20):
        loss = (model(inputs) - wanted).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    assert isinstance(optimizer, kind)
    assert losses[-1] < 0.8 * losses[0]


def test_the_schedule_sets_the_rate_of_every_group():
    config = ModelConfig(learning_rate=2.0, warmup_fraction=0.0, schedule="linear")
    optimizer = build_optimizer(network(), config)
    schedule = build_schedule(optimizer, config, 4)
    rates = []
    for _ in range(4):
        rates.append({group["lr"] for group in optimizer.param_groups})
        optimizer.step()
        schedule.step()
    assert rates == [{2.0}, {1.5}, {1.0}, {0.5}]
