import pytest
import pytorch_lightning as pl
import torch
from torch import nn
from torch.utils.data import DataLoader
from transformers import BartConfig, BartForConditionalGeneration

from permille.core.batches import IGNORED_LABEL
from permille.core.errors import SettingsError
from permille.model.config import ModelConfig, TrainerConfig
from permille.model.load import LoadedModel
from permille.model.module import Seq2SeqModule
from permille.model.trainer import build_trainer


def batch_of(tokenizer, examples, size=4):
    """Return inputs and masked labels as the data module collates them."""
    inputs = tokenizer([e.input for e in examples[:size]], padding=True, return_tensors="pt")
    targets = tokenizer(
        [" ".join(e.target.split()[: 3 + n]) for n, e in enumerate(examples[:size])],
        padding=True,
        return_tensors="pt",
    )
    labels = targets.input_ids.masked_fill(targets.attention_mask == 0, IGNORED_LABEL)
    return {
        "input_ids": inputs.input_ids,
        "attention_mask": inputs.attention_mask,
        "labels": labels,
    }


@pytest.fixture
def batch(mini: LoadedModel, examples):
    return batch_of(mini.tokenizer, examples)


def by_hand(model, batch):
    """Return the cross-entropy of each label behind the start token, padding left out."""
    labels = batch["labels"]
    start = torch.full_like(labels[:, :1], model.config.decoder_start_token_id)
    known = labels.masked_fill(labels == IGNORED_LABEL, model.config.pad_token_id)
    logits = model(
        input_ids=batch["input_ids"],
        attention_mask=batch["attention_mask"],
        decoder_input_ids=torch.cat([start, known[:, :-1]], dim=1),
    ).logits
    chosen = logits.log_softmax(-1).gather(2, known[:, :, None])[:, :, 0]
    return -chosen[labels != IGNORED_LABEL].mean()


def test_the_loss_is_the_models_own(mini, mini_config, batch):
    module = Seq2SeqModule(mini.model, mini_config)
    assert module(batch).item() == mini.model(**batch).loss.item()


def test_the_loss_counts_each_label_behind_the_start_token_and_no_padding(mini, mini_config, batch):
    module = Seq2SeqModule(mini.model, mini_config).eval()
    assert (batch["labels"] == IGNORED_LABEL).any()
    assert module(batch).item() == pytest.approx(by_hand(mini.model.eval(), batch).item(), rel=1e-5)


def test_the_loss_of_bart_counts_alike(mini, mini_config, batch):
    torch.manual_seed(0)
    shape = BartConfig(
        vocab_size=len(mini.tokenizer),
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=1,
        decoder_start_token_id=1,
        forced_eos_token_id=None,
    )
    model = BartForConditionalGeneration(shape).eval()
    module = Seq2SeqModule(model, mini_config).eval()
    assert module(batch).item() == pytest.approx(by_hand(model, batch).item(), rel=1e-5)


def test_more_padding_changes_no_loss(mini, mini_config, batch):
    module = Seq2SeqModule(mini.model, mini_config).eval()
    wider = {
        "input_ids": nn.functional.pad(batch["input_ids"], (0, 5), value=0),
        "attention_mask": nn.functional.pad(batch["attention_mask"], (0, 5), value=0),
        "labels": nn.functional.pad(batch["labels"], (0, 7), value=IGNORED_LABEL),
    }
    assert module(wider).item() == pytest.approx(module(batch).item(), rel=1e-5)


def test_other_keys_of_a_batch_are_left_alone(mini, mini_config, batch):
    module = Seq2SeqModule(mini.model, mini_config)
    assert module({**batch, "example_ids": ["a"]}).item() == module(batch).item()


def test_gradient_checkpointing_gives_the_same_gradients(mini, batch):
    plain = ModelConfig()
    gradients = []
    for config in (plain, ModelConfig(gradient_checkpointing=True)):
        mini.model.zero_grad()
        module = Seq2SeqModule(mini.model, config).train()
        module(batch).backward()
        gradients.append([weight.grad.clone() for weight in mini.model.parameters()])
    assert mini.model.is_activation_checkpointing
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other)


def test_a_network_that_cannot_recompute_is_named(mini, monkeypatch):
    monkeypatch.setattr(type(mini.model), "supports_gradient_checkpointing", False)
    with pytest.raises(SettingsError, match=r"got T5ForConditionalGeneration; use model\.gradient"):
        Seq2SeqModule(mini.model, ModelConfig(gradient_checkpointing=True))


@pytest.mark.filterwarnings(
    "ignore:The '.*_dataloader' does not have many workers",
    "ignore:.*LeafSpec.* is deprecated:FutureWarning",
)
def test_training_logs_both_losses_by_token_and_learns(mini, mini_config, examples):
    batches = [batch_of(mini.tokenizer, examples), batch_of(mini.tokenizer, examples[4:], size=2)]
    loader = DataLoader(batches, batch_size=None)
    module = Seq2SeqModule(mini.model, mini_config)
    trainer = pl.Trainer(
        max_epochs=8,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )
    before = module(batches[0]).item()
    trainer.fit(module, loader, loader)
    module.eval()
    losses = [module(batch).item() for batch in batches]
    tokens = [(batch["labels"] != IGNORED_LABEL).sum().item() for batch in batches]
    mean = sum(loss * count for loss, count in zip(losses, tokens, strict=True)) / sum(tokens)
    assert trainer.callback_metrics["val/loss"].item() == pytest.approx(mean, rel=1e-4)
    assert losses[0] < before
    assert "train/loss" in trainer.callback_metrics


@pytest.mark.filterwarnings(
    "ignore:The '.*_dataloader' does not have many workers",
    "ignore:.*LeafSpec.* is deprecated:FutureWarning",
)
@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed", "bf16-true"])
def test_every_precision_trains_with_clipped_gradients(
    mini, mini_config, batch, precision, tmp_path
):
    module = Seq2SeqModule(mini.model, mini_config)
    before = mini.model.get_input_embeddings().weight.detach().clone()
    config = TrainerConfig(
        accelerator="cpu", precision=precision, max_epochs=1, gradient_clip_val=1.0
    )
    trainer = build_trainer(config, mini_config, checkpoints=tmp_path, seed=0)
    loader = DataLoader([batch], batch_size=None)
    trainer.fit(module, loader, loader)
    assert not torch.equal(mini.model.get_input_embeddings().weight.float(), before)
