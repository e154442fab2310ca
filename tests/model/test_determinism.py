import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from permille.model.checkpoints import LAST
from permille.model.determinism import derived_seed

TRAINING = Path(__file__).with_name("train_in_a_process.py")


@given(st.lists(st.integers() | st.text(max_size=5), max_size=4))
def test_a_seed_fits_into_torch(parts):
    seed = derived_seed(*parts)
    torch.Generator().manual_seed(seed)
    assert 0 <= seed < 2**63


@given(st.lists(st.integers(), min_size=2, max_size=2, unique=True), st.integers())
def test_other_parts_give_other_seeds(numbers, rest):
    assert derived_seed(numbers[0], rest) != derived_seed(numbers[1], rest)


KILLS = ("epoch=0.end", "epoch=1.end", "epoch=2.batch=0", "epoch=2.batch=2")


def job(folder: Path, *, seed: int = 1, resume: bool = False, kill_at: str = "") -> dict:
    return {"folder": str(folder), "seed": seed, "resume": resume, "kill_at": kill_at}


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return torch.load(folder / "last.ckpt", weights_only=True)["state_dict"]


def are_equal(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Runs that nothing interrupted, and one for each way of being killed and going on."""
    top = tmp_path_factory.mktemp("runs")
    jobs = [job(top / "whole"), job(top / "again"), job(top / "other", seed=2)]
    for sign in KILLS[1:]:
        jobs += [job(top / sign, kill_at=sign), job(top / sign, resume=True)]
    jobs.append(job(top / KILLS[0], kill_at=KILLS[0]))
    (top / "jobs.json").write_text(json.dumps(jobs))
    subprocess.run(
        [sys.executable, str(TRAINING), str(top)],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=True,
        timeout=500,
    )
    return top


@pytest.mark.parametrize("sign", KILLS[1:])
def test_a_run_that_was_killed_and_resumed_reaches_the_same_weights_bit_for_bit(folder, sign):
    assert (folder / sign / sign).exists()
    assert are_equal(weights(folder / sign), weights(folder / "whole"))


def test_a_run_that_was_killed_before_its_first_checkpoint_has_none_to_go_on_from(folder):
    assert not (folder / KILLS[0] / LAST).exists()


def test_the_same_command_twice_reaches_the_same_weights(folder):
    assert are_equal(weights(folder / "again"), weights(folder / "whole"))


def test_another_seed_reaches_other_weights(folder):
    assert not are_equal(weights(folder / "other"), weights(folder / "whole"))


def test_a_killed_run_leaves_only_whole_checkpoints(folder):
    for checkpoint in folder.glob("*/*.ckpt"):
        assert torch.load(checkpoint, weights_only=True)["state_dict"]
