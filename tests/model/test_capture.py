"""What is measured on the way equals what eager attention returns, in every family."""

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    LEDConfig,
    LEDForConditionalGeneration,
    MarianConfig,
    MarianMTModel,
    MBartConfig,
    MBartForConditionalGeneration,
    MT5Config,
    MT5ForConditionalGeneration,
    PegasusConfig,
    PegasusForConditionalGeneration,
    PreTrainedModel,
    T5Config,
    T5ForConditionalGeneration,
)
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from permille.core.errors import SettingsError
from permille.measure.attention import METRICS, masked_weights, mean_over_steps, step_measures
from permille.model import capture
from permille.model.capture import IMPLEMENTATION, AttentionRecorder, routed_attention
from permille.model.capture_probe import MapChoice
from permille.model.capture_sites import AttentionKind, find_sites

T5_SIZES = {"d_model": 32, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 4}
BART_SIZES = {
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 3,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 32,
    "decoder_ffn_dim": 32,
    "max_position_embeddings": 64,
}
FAMILIES: dict[str, Callable[[], PreTrainedModel]] = {
    "t5": lambda: T5ForConditionalGeneration(
        T5Config(vocab_size=60, decoder_start_token_id=0, **T5_SIZES)
    ),
    "mt5": lambda: MT5ForConditionalGeneration(
        MT5Config(vocab_size=60, decoder_start_token_id=0, **T5_SIZES)
    ),
    "bart": lambda: BartForConditionalGeneration(BartConfig(vocab_size=60, **BART_SIZES)),
    "mbart": lambda: MBartForConditionalGeneration(MBartConfig(vocab_size=60, **BART_SIZES)),
    "pegasus": lambda: PegasusForConditionalGeneration(PegasusConfig(vocab_size=60, **BART_SIZES)),
    "marian": lambda: MarianMTModel(
        MarianConfig(
            vocab_size=60, pad_token_id=1, decoder_start_token_id=1, eos_token_id=2, **BART_SIZES
        )
    ),
}
Batch = dict[str, Tensor]


def built(family: str, implementation: str = "sdpa") -> PreTrainedModel:
    """A model with weights large enough that attention is far from uniform."""
    torch.manual_seed(0)
    model = FAMILIES[family]()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "layer_norm" not in name and "layernorm" not in name:
                parameter.normal_(std=0.3)
    model.set_attn_implementation(implementation)
    return model.eval()


def batch_of(model: PreTrainedModel) -> Batch:
    """Three examples of other lengths, one with a single source position."""
    generator = torch.Generator().manual_seed(1)
    input_ids = torch.randint(4, 60, (3, 11), generator=generator)
    labels = torch.randint(4, 60, (3, 6), generator=generator)
    source_mask = torch.arange(11) < torch.tensor([[11], [7], [1]])
    target_mask = torch.arange(6) < torch.tensor([[3], [6], [4]])
    return {
        "input_ids": input_ids.masked_fill(~source_mask, model.config.pad_token_id),
        "attention_mask": source_mask.long(),
        "labels": labels.masked_fill(~target_mask, -100),
    }


def recorded(model: PreTrainedModel, batch: Batch, **options: object) -> AttentionRecorder:
    recorder = AttentionRecorder(
        find_sites(model),
        source_mask=batch["attention_mask"],
        target_mask=batch["labels"] >= 0,
        **options,
    )
    with torch.no_grad(), routed_attention(model, recorder):
        model(**batch, use_cache=False)
    return recorder


def eager(model: PreTrainedModel, batch: Batch) -> dict[AttentionKind, tuple[Tensor, ...]]:
    """The weights that the library itself returns."""
    model.set_attn_implementation("eager")
    with torch.no_grad():
        out = model(**batch, use_cache=False, output_attentions=True)
    return {
        AttentionKind.CROSS: out.cross_attentions,
        AttentionKind.ENCODER: out.encoder_attentions,
        AttentionKind.DECODER: out.decoder_attentions,
    }


def expected(kind: AttentionKind, weights_BHTS: Tensor, batch: Batch) -> Tensor:
    """Every measure of one layer's eager weights, of shape (M, B, H)."""
    source, target = batch["attention_mask"].bool(), batch["labels"] >= 0
    queries, allowed = target, source[:, None]
    if kind is AttentionKind.ENCODER:
        queries = source
    if kind is AttentionKind.DECODER:
        steps = target.shape[1]
        allowed = target[:, None] & torch.ones(steps, steps, dtype=torch.bool).tril()
    weights, counts = masked_weights(weights_BHTS.double(), allowed)
    return mean_over_steps(step_measures(weights, counts), queries & (counts > 1))


@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
@pytest.mark.parametrize("family", FAMILIES)
def test_every_layer_and_head_agrees_with_eager_attention(family: str, implementation: str) -> None:
    model = built(family, implementation)
    batch = batch_of(model)
    recorder = recorded(model, batch)
    assert model.config._attn_implementation == implementation
    weights = eager(model, batch)
    assert len(recorder.measures) == sum(map(len, weights.values()))
    for site, measures in recorder.measures.items():
        wanted = expected(site.kind, weights[site.kind][site.layer], batch)
        torch.testing.assert_close(measures, wanted, atol=1e-5, rtol=1e-5, equal_nan=True)
        if site.kind is not AttentionKind.DECODER:
            assert measures[:, 2].isnan().all()
    cad = recorder.measures[find_sites(model)[0]][METRICS.index("cad"), :2]
    assert (cad < 0.95).any()


@pytest.mark.parametrize("family", ["t5", "bart"])
def test_blocks_of_any_size_give_the_same(family: str) -> None:
    model = built(family)
    whole = recorded(model, batch_of(model), map_examples=(1,))
    for max_block_weights in (1, 100, 500):
        parts = recorded(
            model, batch_of(model), map_examples=(1,), max_block_weights=max_block_weights
        )
        for site, wanted in whole.measures.items():
            found = parts.measures[site]
            torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-5, equal_nan=True)
        for key, weights in whole.maps.items():
            torch.testing.assert_close(parts.maps[key], weights)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_models_output_is_what_it_is_without_measuring(family: str) -> None:
    model = built(family)
    batch = batch_of(model)
    recorder = AttentionRecorder(
        find_sites(model),
        source_mask=batch["attention_mask"],
        target_mask=batch["labels"] >= 0,
    )
    with torch.no_grad():
        wanted = model(**batch, use_cache=False).logits
        with routed_attention(model, recorder):
            found = model(**batch, use_cache=False).logits
    real = batch["labels"] >= 0
    torch.testing.assert_close(found[real], wanted[real], atol=2e-5, rtol=1e-4)


def test_maps_are_the_weights_averaged_over_heads() -> None:
    model = built("t5")
    batch = batch_of(model)
    recorder = recorded(model, batch, map_examples=(0, 1))
    weights = eager(model, batch)[AttentionKind.CROSS]
    assert {(site.layer, row) for site, row in recorder.maps} == {(0, 0), (0, 1), (1, 0), (1, 1)}
    for (site, row), found in recorder.maps.items():
        assert site.kind is AttentionKind.CROSS
        torch.testing.assert_close(found[0], weights[site.layer][row].mean(dim=0))


def test_maps_of_every_head_stand_behind_the_mean() -> None:
    model = built("t5")
    batch = batch_of(model)
    choice = MapChoice(layers=frozenset({1}), with_heads=True)
    recorder = recorded(model, batch, map_examples=(1,), map_choice=choice, max_block_weights=100)
    weights = eager(model, batch)[AttentionKind.CROSS]
    ((site, row), found), *others = recorder.maps.items()
    assert (site.layer, row, others) == (1, 1, [])
    torch.testing.assert_close(found[1:], weights[1][1])


@pytest.mark.parametrize("family", ["t5", "bart"])
def test_narrow_weights_are_reduced_in_float32(family: str) -> None:
    model = built(family).to(torch.bfloat16)
    batch = batch_of(model)
    recorder = recorded(model, batch)
    weights = eager(model, batch)
    for site, measures in recorder.measures.items():
        assert measures.dtype == torch.float64
        wanted = expected(site.kind, weights[site.kind][site.layer], batch)
        cads = measures[0] - wanted[0]
        assert cads[~cads.isnan()].abs().max() < 0.03


def test_a_flash_model_is_measured_through_its_queries_and_keys() -> None:
    model = built("bart")
    batch = batch_of(model)
    wanted = recorded(model, batch)
    model.config._attn_implementation = "flash_attention_2"
    found = recorded(model, batch)
    assert model.config._attn_implementation == "flash_attention_2"
    for site, measures in wanted.measures.items():
        torch.testing.assert_close(found.measures[site], measures, equal_nan=True)


def test_nothing_is_left_behind_even_after_an_error() -> None:
    model = built("t5")
    recorder = AttentionRecorder((), source_mask=torch.ones(1, 1), target_mask=torch.ones(1, 1))

    def interrupted() -> None:
        with routed_attention(model, recorder):
            assert model.encoder.config._attn_implementation == IMPLEMENTATION
            raise RuntimeError("stop here")

    with pytest.raises(RuntimeError, match="stop here"):
        interrupted()
    assert {c._attn_implementation for c in (model.config, model.encoder.config)} == {"sdpa"}
    assert IMPLEMENTATION not in ALL_ATTENTION_FUNCTIONS


def test_weights_that_are_not_finite_are_told_apart_from_undefined_ones() -> None:
    model = built("t5")
    assert recorded(model, batch_of(model)).not_finite == ()
    with torch.no_grad():
        model.decoder.block[1].layer[1].EncDecAttention.q.weight[0, 0] = torch.nan
    broken = recorded(model, batch_of(model)).not_finite
    assert [(site.kind, site.layer) for site in broken] == [(AttentionKind.CROSS, 1)]


def test_a_family_that_keeps_its_attention_to_itself_is_refused() -> None:
    torch.manual_seed(0)
    sizes = {**BART_SIZES, "max_encoder_position_embeddings": 64}
    del sizes["max_position_embeddings"]
    model = LEDForConditionalGeneration(
        LEDConfig(vocab_size=60, attention_window=4, max_decoder_position_embeddings=64, **sizes)
    ).eval()
    with pytest.raises(SettingsError, match="cannot see the cross attention of layer 0 in a model"):
        recorded(model, batch_of(model))


def test_scores_that_a_family_caps_are_refused() -> None:
    model = built("t5")
    site = find_sites(model)[0]
    recorder = AttentionRecorder(
        (site,), source_mask=torch.ones(1, 2), target_mask=torch.ones(1, 2)
    )
    states = torch.zeros(1, 4, 2, 8)
    with pytest.raises(SettingsError, match="caps its scores, which is not measured here"):
        recorder.attend(site.module, states, states, states, None, softcap=50.0)


def test_keys_shared_by_heads_are_repeated_for_them() -> None:
    model = built("t5")
    site = find_sites(model)[0]
    generator = torch.Generator().manual_seed(0)
    query = torch.randn(1, 4, 3, 8, generator=generator)
    key, value = torch.randn(2, 1, 2, 5, 8, generator=generator)
    masks = {"source_mask": torch.ones(1, 5), "target_mask": torch.ones(1, 3)}
    shared, apart = (AttentionRecorder((site,), **masks) for _ in range(2))
    found, _ = shared.attend(site.module, query, key, value, None)
    twice = (states.repeat_interleave(2, dim=1) for states in (key, value))
    wanted, _ = apart.attend(site.module, query, *twice, None)
    torch.testing.assert_close(found, wanted)
    torch.testing.assert_close(shared.measures[site], apart.measures[site])


@pytest.mark.parametrize("masked", [torch.finfo(torch.float32).min, -torch.inf, -1e9, -1e4])
def test_an_additive_mask_counts_as_a_mask(masked: float) -> None:
    model = built("t5")
    site = find_sites(model)[0]
    states = torch.randn(1, 4, 5, 8, generator=torch.Generator().manual_seed(0))
    allowed = torch.tensor([True, True, True, False, False])[None, None, None]
    additive = torch.zeros(1, 1, 1, 5).masked_fill(~allowed, masked)
    masks = {"source_mask": torch.ones(1, 5), "target_mask": torch.ones(1, 5)}
    by_kind = [AttentionRecorder((site,), **masks) for _ in range(2)]
    for recorder, mask in zip(by_kind, (allowed, additive), strict=True):
        recorder.attend(site.module, states, states, states, mask)
    torch.testing.assert_close(by_kind[0].measures[site], by_kind[1].measures[site])


class NoDoubles(TorchDispatchMode):
    """Refuses what Apple's processors refuse."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        made = func(*args, **(kwargs or {}))
        assert getattr(made, "dtype", None) != torch.float64, func
        return made


def test_no_double_precision_is_used_on_devices_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert capture.widest_float(torch.device("mps")) == torch.float32
    assert capture.widest_float(torch.device("cpu")) == torch.float64
    monkeypatch.setattr(capture, "widest_float", lambda _: torch.float32)
    model = built("t5")
    site = find_sites(model)[0]
    states = torch.randn(1, 4, 5, 8, generator=torch.Generator().manual_seed(0))
    masks = {"source_mask": torch.ones(1, 5), "target_mask": torch.ones(1, 5)}
    recorder = AttentionRecorder((site,), **masks)
    with NoDoubles():
        recorder.attend(site.module, states, states, states, None)
    assert recorder.measures[site].isfinite().all()


MEMORY = """
import resource, torch
from permille.model.capture import AttentionRecorder
from permille.model.capture_probe import MapChoice
from permille.model.capture_sites import AttentionKind, AttentionSite
module = torch.nn.Identity()
site = AttentionSite(AttentionKind.ENCODER, 0, module)
states = torch.randn(3, 8, 12, 1024, 64)
mask = torch.ones(8, 1, 1, 1024, dtype=torch.bool)
recorder = AttentionRecorder((site,), source_mask=mask[:, 0, 0], target_mask=mask[:, 0, 0, :256])
AttentionRecorder((site,), source_mask=mask[:1, 0, 0, :8], target_mask=mask[:1, 0, 0, :8]).attend(
    module, *states[:, :1, :, :8], None)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with torch.no_grad():
    recorder.attend(module, *states, mask)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def test_a_layer_of_t5_bases_shape_stays_within_the_memory_bound() -> None:
    run = subprocess.run(
        [sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True, timeout=120
    )
    extra_mib = float(run.stdout)
    whole_layer_mib = np.prod([8, 12, 1024, 1024, 4]) / 2**20
    assert extra_mib < 200 < whole_layer_mib
