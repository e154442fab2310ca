import errno
import os
import zipfile
from pathlib import Path

import pytest
import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from permille.core.errors import PermilleError, SettingsError
from permille.model.checkpoints import (
    AtomicCheckpointIO,
    checkpoint_callbacks,
    export,
    load_weights,
    write_whole,
)
from permille.model.mini import build_mini


def test_a_file_is_replaced_whole_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "new" / "file"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


@pytest.fixture
def full_disk(monkeypatch):
    def fail(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)


def test_a_full_disk_is_named_and_the_old_content_stays(tmp_path, full_disk):
    path = tmp_path / "last.ckpt"
    path.write_bytes(b"old")
    with pytest.raises(
        PermilleError, match=r"cannot write .*last\.ckpt \(3 bytes\): No space left"
    ):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_killed_writer_leaves_the_old_checkpoint(tmp_path):
    path = tmp_path / "last.ckpt"
    AtomicCheckpointIO().save_checkpoint({"epoch": 1}, path)
    child = os.fork()
    if child == 0:
        os.fsync = lambda _: os.kill(os.getpid(), 9)
        AtomicCheckpointIO().save_checkpoint({"epoch": 2}, path)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == 9
    assert torch.load(path, weights_only=True) == {"epoch": 1}
    AtomicCheckpointIO().save_checkpoint({"epoch": 3}, path)
    assert torch.load(path, weights_only=True) == {"epoch": 3}
    assert list(tmp_path.iterdir()) == [path]


def test_a_checkpoint_reads_back(tmp_path):
    state = {"state_dict": {"weight": torch.arange(3)}, "epoch": 2}
    AtomicCheckpointIO().save_checkpoint(state, tmp_path / "a" / "last.ckpt")
    again = AtomicCheckpointIO().load_checkpoint(tmp_path / "a" / "last.ckpt", weights_only=True)
    assert torch.equal(again["state_dict"]["weight"], torch.arange(3))


def lightning_checkpoint(model, path: Path) -> Path:
    state = {f"model.{name}": value for name, value in model.state_dict().items()}
    torch.save({"state_dict": state}, path)
    return path


def test_weights_of_a_checkpoint_come_back(mini, mini_config, tmp_path):
    path = lightning_checkpoint(mini.model, tmp_path / "best.ckpt")
    other = build_mini(mini_config, mini.tokenizer, seed=99)
    load_weights(other, path)
    state = mini.model.state_dict()
    assert all(torch.equal(value, state[name]) for name, value in other.state_dict().items())


def test_weights_of_another_model_are_named(mini, mini_config, tmp_path):
    mini_config.d_ff += 8
    other = build_mini(mini_config, mini.tokenizer, seed=1)
    mini_config.d_ff -= 8
    path = lightning_checkpoint(other, tmp_path / "last.ckpt")
    with pytest.raises(SettingsError, match=r"last\.ckpt: want the weights of this run's model"):
        load_weights(mini.model, path)


def test_a_checkpoint_that_is_not_there_is_named(mini, tmp_path):
    with pytest.raises(SettingsError, match=r"best\.ckpt: want a checkpoint of a run, got no such"):
        load_weights(mini.model, tmp_path / "best.ckpt")


@pytest.mark.parametrize("content", [b"", b"broken", b"PK\x03\x04"])
def test_a_broken_checkpoint_is_named(mini, tmp_path, content):
    (tmp_path / "last.ckpt").write_bytes(content)
    with pytest.raises(
        SettingsError, match=r"last\.ckpt: want a checkpoint of a run, got a broken"
    ):
        load_weights(mini.model, tmp_path / "last.ckpt")


@pytest.mark.parametrize("member", ["/data.pkl", "/data/0"], ids=["its list", "a tensor"])
def test_a_checkpoint_that_is_damaged_inside_is_named(mini, tmp_path, member):
    path = lightning_checkpoint(mini.model, tmp_path / "last.ckpt")
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith(member))
        start = path.read_bytes().index(archive.read(name))
    with path.open("r+b") as file:
        file.seek(start + 8)
        file.write(b"\xff\xfe" * 8)
    with pytest.raises(
        SettingsError, match=r"last\.ckpt: want .*, got a broken file; .* or start the run anew"
    ):
        load_weights(mini.model, path)


def test_an_exported_model_is_read_by_transformers_and_writes_the_same_logits(mini, tmp_path):
    export(mini.model, mini.tokenizer, tmp_path / "model")
    model = AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "model").eval()
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "model")
    batch = tokenizer(["the doctor", "winter"], padding=True, return_tensors="pt")
    assert (
        batch.input_ids.tolist() == mini.tokenizer(["the doctor", "winter"], padding=True).input_ids
    )
    wanted = mini.model.eval()(**batch, labels=batch.input_ids).logits
    assert torch.equal(model(**batch, labels=batch.input_ids).logits, wanted)


def test_a_second_export_replaces_the_first_in_whole(mini, tmp_path):
    folder = tmp_path / "model"
    export(mini.model, mini.tokenizer, folder)
    (folder / "stale").touch()
    names = {path.name for path in folder.iterdir()} - {"stale"}
    export(mini.model, mini.tokenizer, folder)
    assert {path.name for path in folder.iterdir()} == names
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_an_export_onto_a_full_disk_is_named(mini, tmp_path, monkeypatch):
    def fail(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(mini.model, "save_pretrained", fail)
    with pytest.raises(PermilleError, match=r"cannot write .*model: No space left on device"):
        export(mini.model, mini.tokenizer, tmp_path / "model")


class Worsens(pl.LightningModule):
    """Its validation loss is lowest after the first epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(()))

    def training_step(self, batch, batch_idx):
        return self.weight * batch.sum()

    def validation_step(self, batch, batch_idx) -> None:
        self.log("val/loss", float(self.current_epoch))

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


@pytest.mark.filterwarnings("ignore:The '.*_dataloader' does not have many workers")
@pytest.mark.filterwarnings("ignore:.*LeafSpec.* is deprecated")
@pytest.mark.parametrize(("has_validation", "best_epoch"), [(True, 0), (False, 2)])
def test_the_last_checkpoint_is_of_the_last_epoch_and_the_best_of_the_lowest_validation_loss(
    tmp_path, has_validation, best_epoch
):
    trainer = pl.Trainer(
        accelerator="cpu",
        max_epochs=3,
        callbacks=checkpoint_callbacks(tmp_path, has_validation=has_validation),
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        limit_val_batches=1 if has_validation else 0,
        log_every_n_steps=1,
    )
    batches = DataLoader(torch.ones(2, 1))
    trainer.fit(Worsens(), batches, batches)
    epochs = {
        path.name: torch.load(path, weights_only=True)["epoch"] for path in tmp_path.iterdir()
    }
    assert epochs == {"last.ckpt": 2, "best.ckpt": best_epoch}
