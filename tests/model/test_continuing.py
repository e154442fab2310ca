"""What a small network writes behind given tokens, against what it says token by token."""

from types import SimpleNamespace

import numpy as np
import pytest

from permille.model.continuing import continue_targets

from .conftest import outputs_of


def test_the_model_keeps_its_mode(shared_sharp, rows):
    for mode in (True, False):
        shared_sharp.model.train(mode)
        continue_targets(shared_sharp.model, shared_sharp.tokenizer, rows[:2], max_new_tokens=2)
        assert shared_sharp.model.training is mode


def test_it_is_told_how_many_targets_are_continued(shared_sharp, rows):
    told = []
    continue_targets(
        shared_sharp.model,
        shared_sharp.tokenizer,
        rows,
        max_new_tokens=1,
        batch_size=4,
        progress=lambda *n: told.append(n),
    )
    assert told == [(4, 10), (8, 10), (10, 10)]


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
