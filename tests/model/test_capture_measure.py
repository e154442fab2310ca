"""Measuring probes: any batches and ranks give the same, and the model never notices."""

import numpy as np
import pytest
import torch
from transformers import (
    FSMTConfig,
    FSMTForConditionalGeneration,
    M2M100Config,
    M2M100ForConditionalGeneration,
    MBartConfig,
    MBartForConditionalGeneration,
    PreTrainedModel,
    T5Config,
    T5ForConditionalGeneration,
    T5GemmaConfig,
    T5GemmaForConditionalGeneration,
)

from permille.core.errors import SettingsError
from permille.core.records import Split
from permille.measure.attention import METRICS, cad
from permille.model.capture_measure import (
    AttentionMeasures,
    AttentionNotFiniteError,
    measure_attention,
    merge,
    token_accuracies,
    untouched,
)
from permille.model.capture_probe import MapChoice, ProbeExample, collate
from permille.model.capture_sites import AttentionKind, find_sites, last_decoder_block

MAPS = MapChoice(frozenset({"p5", "p1"}))
LENGTHS = [(9, 4), (2, 7), (12, 3), (1, 5), (5, 1), (7, 7), (3, 2)]
BART_SIZES = {
    "vocab_size": 50,
    "d_model": 16,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 16,
    "decoder_ffn_dim": 16,
    "max_position_embeddings": 32,
}


def t5() -> T5ForConditionalGeneration:
    torch.manual_seed(0)
    sizes = {"d_model": 16, "d_kv": 4, "d_ff": 32, "num_layers": 2, "num_heads": 4}
    config = T5Config(vocab_size=50, decoder_start_token_id=0, dropout_rate=0.5, **sizes)
    return T5ForConditionalGeneration(config)


def probes() -> list[ProbeExample]:
    generator = torch.Generator().manual_seed(1)
    made = []
    for index, (source, target) in enumerate(LENGTHS):
        ids = torch.randint(4, 50, (source + target,), generator=generator).tolist()
        split = Split.TRAIN if index < 4 else Split.HELDOUT
        made.append(ProbeExample(f"p{index}", split, tuple(ids[:source]), tuple(ids[source:])))
    return made


def measured(model: PreTrainedModel, **options: object) -> AttentionMeasures:
    chosen = {"with_scores": True, "maps": MAPS, **options}
    return merge(measure_attention(model, probes(), find_sites(model), **chosen), probes())


def assert_same(found: AttentionMeasures, wanted: AttentionMeasures, atol: float = 0) -> None:
    assert found.probes == wanted.probes
    assert found.layers == wanted.layers
    for arrays, others in ((found.values, wanted.values), (found.scores, wanted.scores)):
        assert arrays.keys() == others.keys()
        for name, array in arrays.items():
            np.testing.assert_allclose(array, others[name], atol=atol, rtol=0, err_msg=name)
    for one, other in zip(found.maps, wanted.maps, strict=True):
        assert (one.probe, one.layer) == (other.probe, other.layer)
        np.testing.assert_allclose(one.weights, other.weights, atol=atol)


def test_arrays_are_of_examples_layers_and_heads() -> None:
    found = measured(t5())
    assert set(found.values) == {f"{k}_{m}" for k in AttentionKind for m in METRICS}
    assert {array.shape for array in found.values.values()} == {(7, 2, 4)}
    assert found.layers == dict.fromkeys(AttentionKind, (0, 1))
    assert np.isnan(found.values["cross_cad"][3]).all()
    assert not np.isnan(found.values["cross_cad"][[0, 1, 2, 4, 5, 6]]).any()


@pytest.mark.parametrize("batch_size", [1, 3, 50])
def test_the_size_of_batches_changes_nothing_but_rounding(batch_size: int) -> None:
    model = t5()
    assert_same(measured(model, batch_size=batch_size), measured(model), atol=2e-5)


@pytest.mark.parametrize("ranks", [2, 3, 5])
def test_ranks_measure_each_probe_once_and_the_same_bit_for_bit(ranks: int) -> None:
    model = t5()
    parts = [
        part
        for rank in range(ranks)
        for part in measure_attention(
            model,
            probes(),
            find_sites(model),
            batch_size=2,
            maps=MAPS,
            with_scores=True,
            shard=(rank, ranks),
        )
    ]
    assert sorted(p.id for part in parts for p in part.probes) == [p.id for p in probes()]
    assert_same(merge(parts, probes()), measured(model, batch_size=2))


def test_scores_are_the_models_own_loss_and_accuracy() -> None:
    model = t5()
    found = measured(model, batch_size=2)
    for index, probe in enumerate(probes()):
        batch = collate([probe], pad_id=0, device=torch.device("cpu"))
        with torch.no_grad():
            out = model.eval()(input_ids=batch.input_ids, labels=batch.labels)
        assert found.scores["loss_nats"][index] == pytest.approx(out.loss.item(), abs=1e-4)
        hits = (out.logits.argmax(dim=-1) == batch.labels).double().mean().item()
        assert found.scores["token_accuracy"][index] == pytest.approx(hits)


def test_leaving_the_vocabulary_out_changes_no_attention() -> None:
    model = t5()
    found = measured(model, with_scores=False)
    assert found.scores == {}
    np.testing.assert_array_equal(found.values["cross_cad"], measured(model).values["cross_cad"])


def test_a_decoder_with_arguments_of_its_own_is_run_through_its_model() -> None:
    sizes = {name: size for name, size in BART_SIZES.items() if name != "vocab_size"}
    vocabularies = {"src_vocab_size": 50, "tgt_vocab_size": 50}
    model = FSMTForConditionalGeneration(FSMTConfig(langs=["en", "de"], **vocabularies, **sizes))
    with pytest.raises(SettingsError, match="cannot see the cross attention of layer 0 in a model"):
        measured(model, with_scores=False)
    assert token_accuracies(model, probes()).shape == (len(LENGTHS),)


def test_scores_alone_leave_the_models_attention_as_it_is() -> None:
    parts = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "head_dim": 8}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": 50}
    config = T5GemmaConfig(encoder=parts | heads, decoder=parts | heads, vocab_size=50)
    model = T5GemmaForConditionalGeneration(config).eval()
    model.set_attn_implementation("eager")
    shares = token_accuracies(model, probes())
    for probe, share in zip(probes(), shares, strict=True):
        batch = collate([probe], pad_id=0, device=torch.device("cpu"))
        with torch.no_grad():
            logits = model(input_ids=batch.input_ids, labels=batch.labels).logits
        hits = (logits.argmax(dim=-1) == batch.labels).double().mean().item()
        assert share == pytest.approx(hits)
    with pytest.raises(SettingsError, match="caps its scores, which is not measured here"):
        measure_attention(model, probes(), last_decoder_block(find_sites(model)))


@pytest.mark.parametrize("family", ["mbart", "m2m_100"])
def test_decoders_start_as_their_family_starts_them(family: str) -> None:
    torch.manual_seed(0)
    if family == "mbart":
        model: PreTrainedModel = MBartForConditionalGeneration(MBartConfig(**BART_SIZES))
    else:
        model = M2M100ForConditionalGeneration(M2M100Config(**BART_SIZES))
    model.set_attn_implementation("eager")
    model.eval()
    found = measured(model, with_scores=False, batch_size=50)
    batch = collate(probes(), pad_id=model.config.pad_token_id, device=torch.device("cpu"))
    with torch.no_grad():
        out = model(
            input_ids=batch.input_ids,
            attention_mask=batch.source_mask.long(),
            labels=batch.labels,
            output_attentions=True,
        )
    wanted = cad(
        out.cross_attentions[-1], source_mask=batch.source_mask, target_mask=batch.target_mask
    )
    last = found.values["cross_cad"][:, -1].mean(axis=1)
    np.testing.assert_allclose(last, wanted.numpy(), atol=1e-5)


def test_maps_are_cut_to_the_examples_own_tokens() -> None:
    maps = measured(t5()).maps
    assert [(found.probe.id, found.layer) for found in maps] == [
        ("p1", 0),
        ("p1", 1),
        ("p5", 0),
        ("p5", 1),
    ]
    assert [found.weights.shape for found in maps] == [(7, 2), (7, 2), (7, 7), (7, 7)]
    for found in maps:
        np.testing.assert_allclose(found.weights.sum(axis=1), 1, atol=1e-5)


def test_maps_of_chosen_layers_and_of_every_head_add_up_to_the_mean() -> None:
    maps = measured(t5(), maps=MapChoice(frozenset({"p1"}), frozenset({1}), with_heads=True)).maps
    assert [(found.layer, found.head) for found in maps] == [(1, h) for h in (None, 0, 1, 2, 3)]
    mean, *heads = (found.weights for found in maps)
    np.testing.assert_allclose(np.mean(heads, axis=0), mean, atol=1e-6)
    whole = {(found.layer, found.probe.id): found.weights for found in measured(t5()).maps}
    np.testing.assert_array_equal(whole[1, "p1"], mean)


def test_steps_are_counted_in_full_where_torchs_default_is_narrow() -> None:
    wide = t5().to(torch.bfloat16)
    long = [ProbeExample("long", Split.TRAIN, tuple(range(4, 24)), (7,) * 701)]
    sites = find_sites(wide)
    wanted = measure_attention(wide, long, sites)[0]
    torch.set_default_dtype(torch.bfloat16)
    try:
        found = measure_attention(wide, long, sites)[0]
    finally:
        torch.set_default_dtype(torch.float32)
    for name, array in wanted.values.items():
        np.testing.assert_allclose(found.values[name], array, rtol=1e-6, err_msg=name)


def test_the_last_blocks_mean_leaves_undefined_examples_out() -> None:
    model = t5()
    sites = last_decoder_block(find_sites(model))
    found = merge(measure_attention(model, probes(), sites), probes())
    assert found.layers == {AttentionKind.CROSS: (1,)}
    whole = measured(model)
    for split, rows in ((Split.TRAIN, [0, 1, 2]), (Split.HELDOUT, [4, 5, 6])):
        wanted = whole.values["cross_cad"][rows, -1].mean()
        assert found.last_block("cad", split) == pytest.approx(wanted, abs=1e-6)
        assert whole.last_block("cad", split) == pytest.approx(wanted, abs=1e-6)


def test_a_split_without_defined_values_has_no_mean() -> None:
    model = t5()
    only = [probes()[3]]
    found = merge(measure_attention(model, only, find_sites(model)), only)
    assert np.isnan(found.last_block("cad", Split.TRAIN))
    assert np.isnan(found.last_block("cad", Split.HELDOUT))


def test_modes_gradients_and_random_state_are_put_back() -> None:
    model = t5().train()
    model.decoder.block[0].eval()
    model.shared.weight.grad = torch.ones_like(model.shared.weight)
    modes = {name: module.training for name, module in model.named_modules()}
    state = torch.random.get_rng_state()
    measured(model)
    assert {name: module.training for name, module in model.named_modules()} == modes
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.equal(model.shared.weight.grad, torch.ones_like(model.shared.weight))
    assert torch.is_grad_enabled()


def test_dropout_is_off_while_measuring() -> None:
    model = t5().train()
    assert_same(measured(model), measured(model))


def test_modes_are_put_back_after_an_error() -> None:
    model = t5().train()

    def interrupted() -> None:
        with untouched(model):
            assert not any(module.training for module in model.modules())
            raise RuntimeError("stop here")

    with pytest.raises(RuntimeError, match="stop here"):
        interrupted()
    assert all(module.training for module in model.modules())


def test_gradient_checkpointing_changes_nothing() -> None:
    model = t5()
    wanted = measured(model)
    model.activation_checkpointing_enable()
    assert_same(measured(model.train()), wanted)


def test_autocast_measures_what_the_model_computes_in_bfloat16() -> None:
    model = t5()
    wanted = measured(model)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = measured(model)
    assert_same(found, wanted, atol=0.2)
    assert not np.array_equal(found.values["cross_cad"], wanted.values["cross_cad"])


def test_broken_weights_are_named() -> None:
    model = t5()
    with torch.no_grad():
        model.encoder.block[1].layer[0].SelfAttention.k.weight.fill_(torch.inf)
    with pytest.raises(
        AttentionNotFiniteError, match="the encoder attention of layer 1 is not finite"
    ):
        measured(model)
