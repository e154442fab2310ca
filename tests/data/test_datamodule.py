"""Tokenized examples, and what Lightning gets of them."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import pytorch_lightning as pl
import torch
from transformers import PreTrainedTokenizerFast

from permille.core.records import Example
from permille.data.config import TaskConfig, TaskName
from permille.data.datamodule import Seq2SeqDataModule, encode

ReadTask = Callable[[str], TaskConfig]
TASK = TaskConfig(template="question : {input}", max_source_tokens=6, max_target_tokens=4)


def examples(count: int, task: str = "dialogue") -> list[Example]:
    return [
        Example(f"{task}-{i}", task, " ".join([f"w{i}"] * (i % 5 + 1)), f"w{i} w{i + 1}")
        for i in range(count)
    ]


def test_an_example_is_its_instruction_input_and_end(tokenizer: PreTrainedTokenizerFast) -> None:
    (row,) = encode([Example("1", "dialogue", "w3 w4", "w5")], tokenizer, TASK)
    assert tokenizer.decode(row.input_ids) == "question : w3 w4 </s>"
    assert tokenizer.decode(row.labels) == "w5 </s>"


def test_what_is_too_long_is_cut_and_still_ends(tokenizer: PreTrainedTokenizerFast) -> None:
    long = Example("1", "dialogue", " ".join(["w7"] * 40), " ".join(["w8"] * 40))
    (row,) = encode([long], tokenizer, TASK)
    assert (len(row.input_ids), len(row.labels)) == (6, 4)
    assert row.input_ids[-1] == row.labels[-1] == tokenizer.eos_token_id


def test_each_task_of_a_mixture_has_its_own_template_and_lengths(
    tokenizer: PreTrainedTokenizerFast, read_task: ReadTask
) -> None:
    mixture = read_task("multitask")
    mixture = replace(
        mixture,
        tasks=[TaskName.dialogue, TaskName.qa],
        components={
            "dialogue": TASK,
            "qa": TaskConfig(name="qa", max_source_tokens=2, max_target_tokens=2),
        },
    )
    mixed = [examples(1)[0], examples(2, "qa")[1], examples(3)[2]]
    rows = encode(mixed, tokenizer, mixture)
    assert [tokenizer.decode(row.input_ids) for row in rows] == [
        "question : w0 </s>",
        "w1 </s>",
        "question : w2 w2 w2 </s>",
    ]


def test_an_example_of_another_task_is_refused(tokenizer: PreTrainedTokenizerFast) -> None:
    with pytest.raises(ValueError, match="want examples of dialogue, got qa"):
        encode(examples(2, "qa"), tokenizer, TASK)


def test_each_text_is_tokenized_once(
    tokenizer: PreTrainedTokenizerFast, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Seq2SeqDataModule(examples(20), examples(5), tokenizer, TASK, batch_size=4)

    def refuse(*_: object) -> None:
        raise AssertionError("tokenized again")

    monkeypatch.setattr(PreTrainedTokenizerFast, "__call__", refuse)
    for _ in range(2):
        assert sum(len(batch["labels"]) for batch in data.train_dataloader()) == 20
        assert sum(len(batch["labels"]) for batch in data.val_dataloader()) == 5


class Recorder(pl.LightningModule):
    """Trains nothing, and notes what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.seen: dict[int, list[list[list[int]]]] = {}
        self.validated = 0

    def training_step(self, batch: dict[str, torch.Tensor], _: int) -> torch.Tensor:
        self.seen.setdefault(self.current_epoch, []).append(batch["labels"].tolist())
        return self.weight.sum()

    def validation_step(self, batch: dict[str, torch.Tensor], _: int) -> None:
        self.validated += len(batch["labels"])

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.1)


def fit(
    tokenizer: PreTrainedTokenizerFast, epochs: int, *, to: str | None = None, go_on: bool = False
) -> Recorder:
    """Trains up to an epoch, from the beginning or from the checkpoint at `to`."""
    module = Recorder()
    data = Seq2SeqDataModule(examples(30), examples(7), tokenizer, TASK, batch_size=4, seed=3)
    trainer = pl.Trainer(
        max_epochs=epochs,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
        num_sanity_val_steps=0,
    )
    trainer.fit(module, data, ckpt_path=to if go_on else None, weights_only=True)
    if to and not go_on:
        trainer.save_checkpoint(to)
    return module


lightnings_own_warnings = pytest.mark.filterwarnings(
    "ignore:The '.*' does not have many workers", "ignore:.*LeafSpec:FutureWarning"
)


@lightnings_own_warnings
def test_a_run_that_goes_on_sees_what_an_uninterrupted_one_sees(
    tokenizer: PreTrainedTokenizerFast, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = str(tmp_path_factory.mktemp("run") / "last.ckpt")
    whole = fit(tokenizer, 4)
    fit(tokenizer, 2, to=path)
    rest = fit(tokenizer, 4, to=path, go_on=True)
    assert sorted(rest.seen) == [2, 3]
    assert {epoch: whole.seen[epoch] for epoch in (2, 3)} == rest.seen
    assert whole.seen[0] != whole.seen[1]


@lightnings_own_warnings
def test_every_held_out_example_is_validated_once_an_epoch(
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    assert fit(tokenizer, 2).validated == 2 * 7
