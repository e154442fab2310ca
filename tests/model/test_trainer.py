import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from permille.core.errors import SettingsError
from permille.model.checkpoints import AtomicCheckpointIO
from permille.model.config import Accelerator, ModelConfig, TrainerConfig
from permille.model.determinism import SeedByBatch
from permille.model.trainer import (
    build_trainer,
    resolve_accelerator,
    resolve_precision,
)


@pytest.fixture
def gpus(monkeypatch, request):
    """As many GPUs as the test asks for, with bf16 or without."""
    count, has_bf16 = request.param
    monkeypatch.setattr(torch.cuda, "device_count", lambda: count)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: has_bf16)


@pytest.fixture(autouse=True)
def _matmul_precision():
    before = torch.get_float32_matmul_precision()
    yield
    torch.set_float32_matmul_precision(before)


def build(tmp_path, **settings):
    config = TrainerConfig(accelerator="cpu", **settings)
    return build_trainer(config, ModelConfig(epochs=7), checkpoints=tmp_path / "c", seed=1)


@pytest.mark.parametrize(("set_epochs", "epochs"), [(None, 7), (3, 3)])
def test_epochs_are_the_models_unless_set(tmp_path, set_epochs, epochs):
    assert build(tmp_path, max_epochs=set_epochs).max_epochs == epochs


@pytest.mark.parametrize(("set_steps", "steps"), [(None, -1), (50, 50)])
def test_steps_are_unlimited_unless_set(tmp_path, set_steps, steps):
    assert build(tmp_path, max_steps=set_steps).max_steps == steps


def test_a_trainer_seeds_by_batch_and_writes_checkpoints_last_and_whole(tmp_path):
    trainer = build(tmp_path)
    assert isinstance(trainer.callbacks[0], SeedByBatch)
    assert trainer.callbacks[-2:] == trainer.checkpoint_callbacks
    assert {kept.dirpath for kept in trainer.checkpoint_callbacks} == {str(tmp_path / "c")}
    assert isinstance(trainer.strategy.checkpoint_io, AtomicCheckpointIO)


@pytest.mark.parametrize(("clip", "got"), [(0.0, None), (0.5, 0.5)])
def test_no_clipping_is_none_to_lightning(tmp_path, clip, got):
    assert build(tmp_path, gradient_clip_val=clip).gradient_clip_val == got


@pytest.mark.parametrize("name", ["highest", "medium"])
def test_matrices_are_multiplied_as_set(tmp_path, name):
    build(tmp_path, matmul_precision=name)
    assert torch.get_float32_matmul_precision() == name


@pytest.mark.parametrize(
    ("gpus", "settings", "accelerator"),
    [
        ((0, False), {}, Accelerator.cpu),
        ((1, True), {}, Accelerator.gpu),
        ((1, True), {"accelerator": "cpu"}, Accelerator.cpu),
        ((1, True), {"devices": 2, "strategy": "ddp"}, Accelerator.cpu),
        ((2, True), {"devices": 2, "strategy": "ddp"}, Accelerator.gpu),
    ],
    indirect=["gpus"],
)
@pytest.mark.usefixtures("gpus")
def test_the_accelerator_is_a_gpu_where_there_are_enough(settings, accelerator):
    assert resolve_accelerator(TrainerConfig(**settings)) is accelerator


@pytest.mark.parametrize("gpus", [(1, True)], indirect=True)
@pytest.mark.usefixtures("gpus")
def test_a_gpu_that_is_not_there_is_named():
    config = TrainerConfig(accelerator="gpu", devices=2, strategy="ddp")
    with pytest.raises(SettingsError, match=r"want 2 GPU\(s\) for gpu, got 1; use trainer=cpu"):
        resolve_accelerator(config)


@pytest.mark.parametrize(
    ("gpus", "setting", "precision"),
    [
        ((0, False), "auto", "32-true"),
        ((1, False), "auto", "32-true"),
        ((1, True), "auto", "bf16-mixed"),
        ((1, True), "32", "32-true"),
        ((0, False), "bf16-mixed", "bf16-mixed"),
    ],
    indirect=["gpus"],
)
@pytest.mark.usefixtures("gpus")
def test_precision_is_bf16_where_the_hardware_has_it(setting, precision):
    assert resolve_precision(TrainerConfig(precision=setting)) == precision


def test_float16_warns_of_overflow(caplog):
    assert resolve_precision(TrainerConfig(precision="16-mixed")) == "16-mixed"
    assert "T5's activations overflow float16" in caplog.text


@pytest.fixture(scope="module")
def ranks(tmp_path_factory):
    """What each of two processes that train together ends with."""
    folder = tmp_path_factory.mktemp("ddp")
    subprocess.run(
        [sys.executable, str(Path(__file__).with_name("train_with_ddp.py")), str(folder), "6"],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=True,
        timeout=300,
        capture_output=True,
    )
    return folder, [json.loads((folder / f"rank={rank}.json").read_text()) for rank in (0, 1)]


def test_two_processes_end_with_the_same_weights_and_losses(ranks):
    _, (first, second) = ranks
    assert first == second
    assert set(first["losses"]) == {"train/loss", "val/loss"}


def test_two_processes_halve_the_steps_of_an_epoch(ranks):
    _, (first, _) = ranks
    assert first["step"] == 2 * 3


def test_two_processes_leave_one_set_of_checkpoints(ranks):
    folder, _ = ranks
    names = {path.name for path in (folder / "checkpoints").iterdir()}
    assert names == {"last.ckpt", "best.ckpt"}
