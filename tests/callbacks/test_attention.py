"""The callback: what it logs and stores, and that training does not notice it."""

import json
import os
import runpy
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from pytorch_lightning import Callback, LightningModule, Trainer, seed_everything
from torch.utils.data import DataLoader
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    LEDConfig,
    LEDForConditionalGeneration,
    T5Config,
    T5ForConditionalGeneration,
)

from permille.callbacks.attention import AttentionCallback
from permille.callbacks.config import AttentionConfig, AttentionScope
from permille.core.errors import PermilleError, SettingsError
from permille.core.records import Split
from permille.measure.attention import cad
from permille.model.capture_measure import AttentionNotFiniteError
from permille.model.capture_probe import ProbeExample, collate

pytestmark = [
    # both are Lightning's own, the second about loaders as small as a test's
    pytest.mark.filterwarnings("ignore:`isinstance.treespec:FutureWarning"),
    pytest.mark.filterwarnings("ignore:The 'train_dataloader' does not have many workers"),
]
VOCABULARY = 50
Rows = list[dict[str, torch.Tensor]]


def tiny_t5(implementation: str = "sdpa", dropout: float = 0.1) -> T5ForConditionalGeneration:
    torch.manual_seed(0)
    config = T5Config(
        vocab_size=VOCABULARY,
        d_model=16,
        d_kv=4,
        d_ff=32,
        num_layers=2,
        num_heads=4,
        dropout_rate=dropout,
        decoder_start_token_id=0,
    )
    model = T5ForConditionalGeneration(config)
    model.set_attn_implementation(implementation)
    return model


class Foreign(LightningModule):
    """Anyone's LightningModule: nothing of this project in it."""

    def __init__(self, model: torch.nn.Module, learning_rate: float = 1e-2) -> None:
        super().__init__()
        self.model = model
        self.learning_rate = learning_rate
        self.losses: list[float] = []

    def training_step(self, batch: dict[str, torch.Tensor], index: int) -> torch.Tensor:
        loss = self.model(**batch).loss
        self.losses.append(loss.item())
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW(self.parameters(), lr=self.learning_rate)


class KeepLogged(Callback):
    """Keeps what was logged in each epoch."""

    def __init__(self) -> None:
        self.epochs: list[dict[str, float]] = []

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        logged = {name: float(value) for name, value in trainer.callback_metrics.items()}
        self.epochs.append(logged)


def probes(lengths: list[tuple[int, int]] | None = None) -> list[ProbeExample]:
    generator = torch.Generator().manual_seed(1)

    def tokens(number: int) -> tuple[int, ...]:
        return tuple(torch.randint(2, VOCABULARY, (number,), generator=generator).tolist())

    lengths = lengths or [(9, 4), (5, 7), (12, 3), (7, 7)]
    splits = [Split.TRAIN, Split.TRAIN, Split.HELDOUT, Split.HELDOUT]
    return [
        ProbeExample(f"probe-{index}", splits[index % 4], tokens(source), tokens(target))
        for index, (source, target) in enumerate(lengths)
    ]


def rows(number: int = 8) -> Rows:
    generator = torch.Generator().manual_seed(2)
    ids = torch.randint(2, VOCABULARY, (number, 9), generator=generator)
    labels = torch.randint(2, VOCABULARY, (number, 5), generator=generator)
    return [
        {"input_ids": source, "attention_mask": torch.ones_like(source), "labels": target}
        for source, target in zip(ids, labels, strict=True)
    ]


def fit(
    module: LightningModule,
    callbacks: list[Callback],
    folder: Path,
    *,
    epochs: int = 2,
    steps: int = -1,
    precision: str = "32-true",
) -> Trainer:
    seed_everything(0)
    trainer = Trainer(
        accelerator="cpu",
        max_epochs=epochs,
        max_steps=steps,
        precision=precision,
        callbacks=callbacks,
        default_root_dir=folder,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(module, DataLoader(rows(), batch_size=4, shuffle=True))
    return trainer


def test_what_is_logged_is_what_eager_attention_gives(tmp_path: Path) -> None:
    module = Foreign(tiny_t5())
    kept = KeepLogged()
    fit(module, [AttentionCallback(AttentionConfig(), probes(), tmp_path), kept], tmp_path)
    model = module.model.eval()
    model.set_attn_implementation("eager")
    batch = collate(probes(), pad_id=0, device=torch.device("cpu"))
    out = model(
        input_ids=batch.input_ids,
        attention_mask=batch.source_mask.long(),
        labels=batch.labels,
        output_attentions=True,
    )
    wanted = cad(
        out.cross_attentions[-1], source_mask=batch.source_mask, target_mask=batch.target_mask
    )
    assert kept.epochs[-1]["attention/cad"] == pytest.approx(wanted[:2].mean().item(), abs=1e-5)
    heldout = kept.epochs[-1]["attention/cad_heldout"]
    assert heldout == pytest.approx(wanted[2:].mean().item(), abs=1e-5)


class Switch(Callback):
    """Changes the model in the middle of a fit."""

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if trainer.current_epoch == 1:
            with torch.no_grad():
                pl_module.model.decoder.block[0].layer[0].SelfAttention.q.weight.fill_(torch.nan)


def arrays_of(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


@pytest.mark.parametrize("scope", list(AttentionScope), ids=str)
@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed"])
def test_training_is_the_same_bit_for_bit(
    tmp_path: Path, implementation: str, scope: AttentionScope, precision: str
) -> None:
    without, measured = (Foreign(tiny_t5(implementation)) for _ in range(2))
    fit(without, [], tmp_path, precision=precision)
    callback = AttentionCallback(AttentionConfig(name=scope), probes(), tmp_path)
    fit(measured, [callback], tmp_path, precision=precision)
    assert measured.losses == without.losses
    for one, other in zip(measured.parameters(), without.parameters(), strict=True):
        assert torch.equal(one, other)


def test_gradient_checkpointing_trains_and_measures_the_same(tmp_path: Path) -> None:
    plain, checkpointed = Foreign(tiny_t5(dropout=0.0)), Foreign(tiny_t5(dropout=0.0))
    checkpointed.model.activation_checkpointing_enable()
    curves = []
    for module in (plain, checkpointed):
        kept = KeepLogged()
        fit(module, [AttentionCallback(AttentionConfig(), probes(), tmp_path), kept], tmp_path)
        curves.append([epoch["attention/cad"] for epoch in kept.epochs])
    assert curves[1] == pytest.approx(curves[0], abs=1e-5)


def test_each_epoch_leaves_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "attention"
    callback = AttentionCallback(AttentionConfig(num_maps=1), probes(), folder)
    fit(Foreign(tiny_t5()), [callback], tmp_path, epochs=3)
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [
            *(f"epoch=00{epoch}.npz" for epoch in range(3)),
            *(f"maps_epoch=00{epoch}.{form}" for epoch in range(3) for form in ("npz", "json")),
            "manifest.json",
        ]
    )
    arrays = arrays_of(folder / "epoch=002.npz")
    assert arrays["cross_cad"].shape == (4, 1, 4)
    assert arrays["source_tokens"].tolist() == [9, 5, 12, 7]
    assert arrays["target_tokens"].tolist() == [4, 7, 3, 7]
    described = json.loads((folder / "maps_epoch=002.json").read_text())
    assert [row["example_id"] for row in described["maps"]] == ["probe-0", "probe-2"]


def test_a_map_has_a_row_for_each_step_and_the_tokens_of_both_sides(tmp_path: Path) -> None:
    def names(ids: list[int]) -> list[str]:
        return [f"<{token}>" for token in ids]

    callback = AttentionCallback(AttentionConfig(), probes(), tmp_path, names)
    fit(Foreign(tiny_t5()), [callback], tmp_path, epochs=1)
    row = json.loads((tmp_path / "maps_epoch=000.json").read_text())["maps"][0]
    weights = arrays_of(tmp_path / "maps_epoch=000.npz")[row["key"]]
    assert row["source_tokens"] == names(list(probes()[0].source_ids))
    assert row["target_tokens"] == names(list(probes()[0].target_ids))
    assert weights.shape == (4, 9)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)


def test_maps_of_chosen_examples_layers_and_heads_are_stored(tmp_path: Path) -> None:
    config = AttentionConfig(
        name=AttentionScope.full, map_examples=["probe-3"], map_layers=[0], map_heads=True
    )
    fit(Foreign(tiny_t5()), [AttentionCallback(config, probes(), tmp_path)], tmp_path, epochs=1)
    rows = json.loads((tmp_path / "maps_epoch=000.json").read_text())["maps"]
    assert {(row["example_id"], row["layer"]) for row in rows} == {("probe-3", 0)}
    assert [row["heads"] for row in rows] == ["mean", 0, 1, 2, 3]
    assert arrays_of(tmp_path / "maps_epoch=000.npz").keys() == {row["key"] for row in rows}


def test_maps_of_examples_that_are_no_probes_are_refused(tmp_path: Path) -> None:
    config = AttentionConfig(map_examples=["probe-0", "probe-9"])
    with pytest.raises(SettingsError, match=r"map_examples: want ids of probes \(probe-0, .*-9'"):
        AttentionCallback(config, probes(), tmp_path)


def test_maps_of_layers_that_are_not_measured_are_refused(tmp_path: Path) -> None:
    module = Foreign(tiny_t5())
    callback = AttentionCallback(AttentionConfig(map_layers=[1, 0]), probes(), tmp_path)
    with pytest.raises(
        SettingsError, match=r"map_layers: want decoder .* \(1\), got 0; attention=f"
    ):
        fit(module, [callback], tmp_path)
    assert module.losses == []


def test_the_whole_model_is_measured_where_that_is_asked_for(tmp_path: Path) -> None:
    config = AttentionConfig(name=AttentionScope.full)
    fit(Foreign(tiny_t5()), [AttentionCallback(config, probes(), tmp_path)], tmp_path, epochs=1)
    arrays = arrays_of(tmp_path / "epoch=000.npz")
    for kind in ("cross", "encoder", "decoder"):
        assert arrays[f"{kind}_gini"].shape == (4, 2, 4)
        assert arrays[f"{kind}_gini_residual"].shape == (4, 2, 4)
    assert arrays["loss_nats"].shape == arrays["token_accuracy"].shape == (4,)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["layers"] == {"cross": [0, 1], "encoder": [0, 1], "decoder": [0, 1]}


@pytest.mark.parametrize(
    ("every", "epochs", "measured"),
    [(1, 3, [0, 1, 2]), (2, 4, [1, 3]), (3, 5, [2, 4]), (9, 2, [1])],
)
def test_every_nth_epoch_and_the_last_are_measured(
    tmp_path: Path, every: int, epochs: int, measured: list[int]
) -> None:
    callback = AttentionCallback(AttentionConfig(every_n_epochs=every), probes(), tmp_path)
    fit(Foreign(tiny_t5()), [callback], tmp_path, epochs=epochs)
    assert sorted(path.stem for path in tmp_path.glob("epoch=*.npz")) == [
        f"epoch={epoch:03d}" for epoch in measured
    ]


@pytest.mark.parametrize(
    "steps", [pytest.param(4, id="at its end"), pytest.param(3, id="inside it")]
)
def test_the_last_epoch_is_measured_too_where_steps_end_the_training(
    tmp_path: Path, steps: int
) -> None:
    callback = AttentionCallback(AttentionConfig(every_n_epochs=9), probes(), str(tmp_path))
    fit(Foreign(tiny_t5()), [callback], tmp_path, epochs=50, steps=steps)
    assert [path.name for path in tmp_path.glob("epoch=*.npz")] == ["epoch=001.npz"]


def test_nothing_is_measured_when_it_is_off(tmp_path: Path) -> None:
    folder, kept = tmp_path / "attention", KeepLogged()
    config = AttentionConfig(name=AttentionScope.off)
    fit(Foreign(tiny_t5()), [AttentionCallback(config, [], folder), kept], tmp_path)
    assert not folder.exists()
    assert kept.epochs[-1] == {}


def test_without_held_out_probes_only_the_training_value_is_logged(tmp_path: Path) -> None:
    kept = KeepLogged()
    callback = AttentionCallback(AttentionConfig(), probes()[:2], tmp_path)
    fit(Foreign(tiny_t5()), [callback, kept], tmp_path, epochs=1)
    assert set(kept.epochs[0]) == {"attention/cad"}


def test_bart_is_measured_as_t5_is(tmp_path: Path) -> None:
    torch.manual_seed(0)
    sizes = {"d_model": 16, "encoder_layers": 1, "decoder_layers": 2, "vocab_size": VOCABULARY}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    model = BartForConditionalGeneration(BartConfig(max_position_embeddings=32, **sizes, **heads))
    kept = KeepLogged()
    callback = AttentionCallback(AttentionConfig(), probes(), tmp_path)
    fit(Foreign(model), [callback, kept], tmp_path, epochs=1)
    assert 0 < kept.epochs[0]["attention/cad"] <= 1
    assert json.loads((tmp_path / "manifest.json").read_text())["layers"] == {"cross": [1]}


def test_an_epoch_whose_loss_became_nan_is_named(tmp_path: Path) -> None:
    callback = AttentionCallback(AttentionConfig(), probes(), tmp_path)
    with pytest.raises(
        AttentionNotFiniteError, match=r"epoch 1: .* has the loss become NaN\? Lower"
    ):
        fit(Foreign(tiny_t5()), [Switch(), callback], tmp_path, epochs=3)
    assert sorted(path.name for path in tmp_path.glob("epoch=*.npz")) == ["epoch=000.npz"]


def test_probes_too_long_for_the_model_are_refused_before_training(tmp_path: Path) -> None:
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    sizes = {"d_model": 8, "encoder_layers": 1, "decoder_layers": 1, "vocab_size": VOCABULARY}
    module = Foreign(
        BartForConditionalGeneration(BartConfig(max_position_embeddings=10, **sizes, **heads))
    )
    callback = AttentionCallback(AttentionConfig(), probes(), tmp_path)
    with pytest.raises(SettingsError, match="'probe-2': want at most the model's 10 positions"):
        fit(module, [callback], tmp_path)
    assert module.losses == []


@pytest.mark.filterwarnings("ignore:Input ids are automatically padded")
def test_a_family_that_hides_its_attention_is_refused_before_training(tmp_path: Path) -> None:
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    sizes = {"d_model": 8, "encoder_layers": 1, "decoder_layers": 1, "vocab_size": VOCABULARY}
    config = LEDConfig(attention_window=4, **sizes, **heads)
    module = Foreign(LEDForConditionalGeneration(config))
    callback = AttentionCallback(AttentionConfig(), probes(), tmp_path)
    with pytest.raises(SettingsError, match="cannot see the cross attention of layer 0 in a model"):
        fit(module, [callback], tmp_path)
    assert module.losses == []


def test_a_module_without_a_hugging_face_model_is_refused(tmp_path: Path) -> None:
    module = Foreign(torch.nn.Linear(2, 2))
    callback = AttentionCallback(AttentionConfig(), probes(), tmp_path)
    with pytest.raises(SettingsError, match=r"want a Hugging Face model as `\.model` of Foreign"):
        fit(module, [callback], tmp_path)


def test_two_processes_measure_each_probe_once_and_the_same_as_one(tmp_path: Path) -> None:
    script = Path(__file__).with_name("attention_in_processes.py")
    folders = [tmp_path / "one", tmp_path / "two"]
    runpy.run_path(str(script))["main"](1, folders[0])
    subprocess.run(
        [sys.executable, script, "2", folders[1]],
        check=True,
        timeout=240,
        capture_output=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    one, two = (arrays_of(folder / "epoch=000.npz") for folder in folders)
    assert one.keys() == two.keys()
    for name, array in one.items():
        np.testing.assert_allclose(array, two[name], atol=1e-5, err_msg=name)
    manifests = [(folder / "manifest.json").read_text() for folder in folders]
    assert manifests[0] == manifests[1]
    logged = [json.loads((folder / "logged.json").read_text()) for folder in folders]
    assert logged[0] == pytest.approx(logged[1], abs=1e-6)


def test_an_error_of_one_process_leaves_no_other_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = T5Config(vocab_size=VOCABULARY, d_model=8, d_kv=4, d_ff=8, num_layers=1, num_heads=2)
    module = Foreign(T5ForConditionalGeneration(config))
    precision = SimpleNamespace(forward_context=nullcontext)
    trainer = SimpleNamespace(sanity_checking=False, max_epochs=9, current_epoch=3, world_size=2)
    trainer.precision_plugin, trainer.global_rank = precision, 1
    callback = AttentionCallback(AttentionConfig(), probes(), tmp_path)
    told: list[object] = []

    def gather(shares: list[object], own: object) -> None:
        told.append(own)
        shares[:] = [own, told[0]]

    def full_memory(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("no memory is left")

    monkeypatch.setattr("torch.distributed.all_gather_object", gather)
    monkeypatch.setattr("permille.callbacks.attention.measure_attention", full_memory)
    with pytest.raises(torch.OutOfMemoryError, match="no memory is left"):
        callback.on_train_epoch_end(trainer, module)
    assert len(told) == 1
    monkeypatch.undo()
    monkeypatch.setattr("torch.distributed.all_gather_object", gather)
    with pytest.raises(PermilleError, match="epoch 3: attention: another process ended with an"):
        callback.on_train_epoch_end(trainer, module)
