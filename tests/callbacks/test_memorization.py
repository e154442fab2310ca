"""The audit that is repeated while a model is trained."""

import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pytorch_lightning import Callback, LightningModule, Trainer

from permille.callbacks.memorization import (
    EpochAudit,
    MemorizationCallback,
    scalars,
    unchanged_training,
)
from permille.core.records import KINDS_BY_STRENGTH, Kind

pytestmark = [
    # both are Lightning's own, the second about loaders as small as a test's
    pytest.mark.filterwarnings("ignore:`isinstance.treespec:FutureWarning"),
    pytest.mark.filterwarnings("ignore:The 'train_dataloader' does not have many workers"),
]


class Line(LightningModule):
    """Fits a line, with dropout so that random numbers matter."""

    def __init__(self):
        super().__init__()
        self.line = torch.nn.Linear(2, 1)
        self.drop = torch.nn.Dropout(0.5)

    def training_step(self, batch, batch_index):
        inputs, targets = batch
        return ((self.line(self.drop(inputs)) - targets) ** 2).mean()

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


class KeepLogged(Callback):
    """Keeps what was logged in each epoch."""

    def __init__(self):
        self.epochs = []

    def on_train_epoch_end(self, trainer, pl_module):
        logged = {name: float(value) for name, value in trainer.callback_metrics.items()}
        self.epochs.append(logged)


def fit(tmp_path, callbacks, max_epochs=4):
    torch.manual_seed(0)
    module = Line()
    data = torch.utils.data.TensorDataset(torch.randn(16, 2), torch.randn(16, 1))
    loader = torch.utils.data.DataLoader(data, batch_size=4, shuffle=True)
    trainer = Trainer(
        max_epochs=max_epochs,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        log_every_n_steps=1,
        default_root_dir=tmp_path,
        callbacks=callbacks,
    )
    trainer.fit(module, loader)
    return module


def careless(module, epoch):
    """An audit that draws random numbers and switches modes."""
    assert not module.training
    torch.rand(3 + epoch)
    random.random()
    module.train()
    return EpochAudit([Kind.VERBATIM] * (epoch + 1) + [Kind.NONE] * (3 - epoch), 0.25)


def forbidden(module, epoch):
    raise AssertionError("audited")


def test_an_audit_does_not_change_training(tmp_path):
    alone = fit(tmp_path, [])
    audited = fit(tmp_path, [MemorizationCallback(careless, 1)])
    assert torch.equal(alone.line.weight, audited.line.weight)
    assert audited.training == alone.training


def test_ratios_are_logged_in_the_epochs_whose_turn_it_is(tmp_path):
    seen = []

    def audit(module, epoch):
        seen.append(epoch)
        return careless(module, epoch)

    logged = KeepLogged()
    fit(tmp_path, [MemorizationCallback(audit, 2), logged])
    assert seen == [1, 3]
    assert logged.epochs[1]["memorization/any_permille"] == pytest.approx(500)
    assert logged.epochs[3]["memorization/verbatim_permille"] == pytest.approx(1000)
    assert logged.epochs[3]["memorization/ngram_overlap"] == pytest.approx(0.25)


def test_zero_never_audits(tmp_path):
    fit(tmp_path, [MemorizationCallback(forbidden, 0)], max_epochs=1)


def test_a_process_that_found_nothing_logs_nothing(tmp_path):
    logged = KeepLogged()
    fit(tmp_path, [MemorizationCallback(lambda module, epoch: None, 1), logged], max_epochs=1)
    assert logged.epochs == [{}]


def test_the_scalars_have_the_names_of_the_contract():
    found = EpochAudit([Kind.IDEA, Kind.PARAPHRASE, Kind.NONE, Kind.NONE], 0.5)
    assert scalars(found) == {
        "memorization/any_permille": 500.0,
        "memorization/verbatim_permille": 0.0,
        "memorization/paraphrase_permille": 250.0,
        "memorization/idea_permille": 250.0,
        "memorization/ngram_overlap": 0.5,
    }


def test_a_ratio_of_nothing_is_left_out():
    assert scalars(EpochAudit([])) == {}


@given(kinds=st.lists(st.sampled_from(Kind), min_size=1))
def test_the_kinds_add_up_to_any(kinds):
    values = scalars(EpochAudit(kinds))
    parts = sum(values[f"memorization/{kind}_permille"] for kind in KINDS_BY_STRENGTH)
    assert values["memorization/any_permille"] == pytest.approx(parts)


def test_modes_and_random_states_are_put_back():
    module = Line()
    module.drop.eval()
    torch.manual_seed(1)
    random.seed(1)
    expected = torch.rand(2), random.random()
    torch.manual_seed(1)
    random.seed(1)
    with unchanged_training(module):
        assert not module.training
        assert not torch.is_grad_enabled()
        torch.rand(5)
        random.random()
        module.train()
    assert torch.equal(torch.rand(2), expected[0])
    assert random.random() == expected[1]
    assert module.training
    assert not module.drop.training


def test_modes_are_put_back_after_an_error():
    module = Line()

    def fail():
        with unchanged_training(module):
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        fail()
    assert module.training
    assert torch.is_grad_enabled()
