"""Token scores of a small network, against what it says of one target at a time."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from permille.model import scoring
from permille.model.config import DecodingConfig
from permille.model.continuing import continue_targets
from permille.model.scoring import score_targets


@pytest.fixture(scope="module")
def rows(shared_sharp, examples):
    def tokens(text):
        return np.array(shared_sharp.tokenizer(text)["input_ids"], np.int32)

    made = [SimpleNamespace(input_ids=tokens(e.input), labels=tokens(e.target)) for e in examples]
    # targets of other lengths
    return [*made[:9], SimpleNamespace(input_ids=made[9].input_ids, labels=made[9].labels[-3:])]


def outputs_of(loaded, row):
    with torch.no_grad():
        return loaded.model(
            input_ids=torch.tensor(row.input_ids[None], dtype=torch.long),
            labels=torch.tensor(row.labels[None], dtype=torch.long),
        ).logits[0]


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
        continue_targets(shared_sharp.model, shared_sharp.tokenizer, rows[:2], max_new_tokens=2)
        assert shared_sharp.model.training is mode


@pytest.mark.parametrize("num_given", [0, 3, 40])
def test_greedy_continuations_are_what_the_probabilities_say(shared_sharp, rows, num_given):
    written = continue_targets(
        shared_sharp.model,
        shared_sharp.tokenizer,
        rows,
        num_given=num_given,
        max_new_tokens=5,
        batch_size=3,
    )
    end = shared_sharp.tokenizer.eos_token_id
    for row, ids in zip(rows, written, strict=True):
        known = list(row.labels[:num_given])
        wanted = []
        while len(wanted) < 5 and end not in wanted:
            target = np.array([*known, *wanted, 0], np.int32)
            output = outputs_of(shared_sharp, SimpleNamespace(**vars(row) | {"labels": target}))
            wanted.append(int(output[-1].argmax()))
        assert ids == wanted
