"""Token scores of a small network, against what it says of one target at a time."""

import numpy as np
import pytest

from permille.model import scoring
from permille.model.config import DecodingConfig
from permille.model.scoring import score_targets

from .conftest import outputs_of


def test_a_target_has_the_scores_that_it_has_alone(shared_sharp, rows):
    shared_sharp.model.eval()
    found = score_targets(shared_sharp.model, shared_sharp.tokenizer, rows, batch_size=4)
    for row, scores in zip(rows, found, strict=True):
        logs = outputs_of(shared_sharp, row).double().log_softmax(-1).numpy()
        shares = np.exp(logs)
        own = logs[np.arange(len(row.labels)), row.labels]
        means = (shares * logs).sum(-1)
        spread = np.sqrt((shares * (logs - means[:, None]) ** 2).sum(-1))
        assert scores.true.tolist() == row.labels.tolist()
        assert scores.predicted.tolist() == logs.argmax(-1).tolist()
        np.testing.assert_allclose(scores.log_probabilities, own, atol=1e-3, rtol=1e-4)
        np.testing.assert_allclose(scores.means, means, atol=1e-3, rtol=1e-4)
        np.testing.assert_allclose(scores.deviations, spread, atol=1e-2, rtol=1e-3)
        assert scores.total_loss == pytest.approx(-own.sum(), rel=1e-4)


def test_a_scheme_gives_the_sum_of_what_it_gives_the_tokens(shared_sharp, rows):
    schemes = {
        "all": DecodingConfig(do_sample=True),
        "one": DecodingConfig(do_sample=True, top_k=1),
    }
    found = score_targets(shared_sharp.model, shared_sharp.tokenizer, rows, schemes=schemes)
    for scores in found:
        assert scores.by_scheme["all"] == pytest.approx(-scores.total_loss, rel=1e-5)
        is_greedy = (scores.true == scores.predicted).all()
        assert scores.by_scheme["one"] == (0 if is_greedy else -np.inf)


def test_long_targets_come_in_smaller_batches(shared_sharp, rows, monkeypatch):
    whole = score_targets(shared_sharp.model, shared_sharp.tokenizer, rows)
    told = []
    monkeypatch.setattr(scoring, "MAX_TOKENS", 30)
    cut = score_targets(
        shared_sharp.model, shared_sharp.tokenizer, rows, progress=lambda *n: told.append(n)
    )
    assert told == [(n, 10) for n in range(1, 11)]
    for one, other in zip(whole, cut, strict=True):
        assert one.total_loss == pytest.approx(other.total_loss, rel=1e-4)


def test_the_model_keeps_its_mode(shared_sharp, rows):
    for mode in (True, False):
        shared_sharp.model.train(mode)
        score_targets(shared_sharp.model, shared_sharp.tokenizer, rows[:2])
        assert shared_sharp.model.training is mode
