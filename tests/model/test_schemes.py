"""The fast probabilities under a scheme against the plain ones."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from permille.measure.extraction import scheme_log_probabilities
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
    return scheme_log_probabilities(
        logits,
        labels,
        temperature=scheme.temperature,
        top_k=scheme.top_k or None,
        top_p=scheme.top_p,
    )


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
