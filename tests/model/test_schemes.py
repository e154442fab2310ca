"""The fast probabilities under a scheme against the plain ones, and against transformers."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax
from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from permille.model import schemes
from permille.model.config import DecodingConfig
from permille.model.schemes import log_probabilities_under

SCHEMES = [
    DecodingConfig(do_sample=True),
    DecodingConfig(do_sample=True, temperature=0.7),
    DecodingConfig(do_sample=True, top_k=1),
    DecodingConfig(do_sample=True, top_k=40),
    DecodingConfig(do_sample=True, top_p=0.9),
    DecodingConfig(do_sample=True, temperature=1.7, top_k=7, top_p=0.4),
]


def plain(scheme: DecodingConfig, logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The log-probability of each label, every vocabulary sorted whole."""
    scores = logits / scheme.temperature
    if 0 < scheme.top_k < scores.shape[-1]:
        least = np.sort(scores, axis=-1)[:, -scheme.top_k, np.newaxis]
        scores = np.where(scores < least, -np.inf, scores)
    if scheme.top_p < 1:
        order = np.argsort(-scores, axis=-1, kind="stable")
        shares = np.exp(log_softmax(np.take_along_axis(scores, order, axis=-1), axis=-1))
        cut = np.empty(scores.shape, dtype=bool)
        held_before = np.cumsum(shares, axis=-1) - shares
        np.put_along_axis(cut, order, held_before >= scheme.top_p, axis=-1)
        scores = np.where(cut, -np.inf, scores)
    return log_softmax(scores, axis=-1)[np.arange(len(labels)), labels]


@pytest.mark.parametrize("scheme", SCHEMES, ids=repr)
def test_a_scheme_gives_the_probabilities_that_transformers_samples_from(scheme):
    random = np.random.default_rng(1)
    logits = torch.tensor(random.normal(0, 2, (40, 60)))
    labels = torch.tensor(random.integers(0, 60, 40))
    warpers = [TemperatureLogitsWarper(scheme.temperature)]
    warpers += [TopKLogitsWarper(scheme.top_k)] if scheme.top_k else []
    warpers += [TopPLogitsWarper(scheme.top_p)] if scheme.top_p < 1 else []
    scores = logits
    for warp in warpers:
        scores = warp(None, scores)
    theirs = torch.log_softmax(scores, dim=-1).gather(1, labels[:, None])[:, 0]
    ours = log_probabilities_under(scheme, logits, labels)
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=1e-9)


@settings(deadline=None)
@given(st.integers(1, 6), st.floats(0.05, 1), st.floats(0.2, 3))
def test_under_any_scheme_the_probabilities_of_all_tokens_add_up_to_1(top_k, top_p, temperature):
    logits = torch.tensor(np.random.default_rng(2).normal(0, 2, 6)).expand(6, 6)
    scheme = DecodingConfig(do_sample=True, temperature=temperature, top_k=top_k, top_p=top_p)
    everything = log_probabilities_under(scheme, logits, torch.arange(6)).numpy()
    assert np.exp(everything).sum() == pytest.approx(1)
    assert 1 <= np.isfinite(everything).sum() <= top_k


@pytest.mark.parametrize("scheme", SCHEMES, ids=repr)
@pytest.mark.parametrize("num_sorted", [4, 1024])
def test_a_scheme_gives_every_token_what_the_plain_way_gives(scheme, num_sorted, monkeypatch):
    monkeypatch.setattr(schemes, "NUM_SORTED", num_sorted)
    random = np.random.default_rng(0)
    logits = random.normal(scale=3, size=(300, 60))
    labels = random.integers(60, size=300)
    found = log_probabilities_under(scheme, torch.tensor(logits), torch.tensor(labels)).numpy()
    np.testing.assert_allclose(found, plain(scheme, logits, labels), rtol=1e-9, atol=1e-12)
    if scheme.top_k or scheme.top_p < 1:
        assert 0 < np.isinf(found).sum() < 300


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=9), st.integers(0, 8), st.data())
def test_tokens_that_tie_are_cut_alike(levels, k, data):
    label = data.draw(st.integers(0, len(levels) - 1))
    top_p = data.draw(st.sampled_from([0.31, 0.62, 0.93, 1.0]))
    scheme = DecodingConfig(do_sample=True, top_k=k, top_p=top_p)
    logits, labels = np.array([levels], dtype=np.float64), np.array([label])
    found = log_probabilities_under(scheme, torch.tensor(logits), torch.tensor(labels)).numpy()
    np.testing.assert_allclose(found, plain(scheme, logits, labels), rtol=1e-9, atol=1e-12)
