"""Probes: what they are made of, and which are refused."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    BertConfig,
    EncoderDecoderConfig,
    EncoderDecoderModel,
    LEDConfig,
    LEDForConditionalGeneration,
    MarianConfig,
    MarianMTModel,
    PreTrainedModel,
    RobertaConfig,
    T5Config,
    T5ForConditionalGeneration,
)

from permille.core.batches import IGNORED_LABEL
from permille.core.errors import DataError, SettingsError
from permille.core.records import Split
from permille.model.capture_probe import (
    ProbeExample,
    check_probes,
    choose_indexes,
    collate,
    probes_from_texts,
)

from ..letters import END, Letters

TOKENS = st.lists(st.integers(1, 50), min_size=1, max_size=9).map(tuple)


def probe(name: str = "a", source: int = 3, target: int = 2) -> ProbeExample:
    return ProbeExample(name, Split.TRAIN, tuple(range(1, source + 1)), tuple(range(1, target + 1)))


def t5() -> T5ForConditionalGeneration:
    sizes = {"vocab_size": 20, "d_model": 8, "d_kv": 4, "d_ff": 8, "num_layers": 1, "num_heads": 2}
    return T5ForConditionalGeneration(T5Config(**sizes))


@given(st.lists(st.tuples(TOKENS, TOKENS), min_size=1, max_size=5))
def test_a_batch_holds_each_probe_and_can_be_taken_apart_again(
    rows: list[tuple[tuple[int, ...], tuple[int, ...]]],
) -> None:
    probes = [ProbeExample(str(i), Split.HELDOUT, *row) for i, row in enumerate(rows)]
    batch = collate(probes, pad_id=0, device=torch.device("cpu"))
    assert batch.labels[~batch.target_mask].eq(IGNORED_LABEL).all()
    assert batch.input_ids[~batch.source_mask].eq(0).all()
    for index, (source, target) in enumerate(rows):
        assert tuple(batch.input_ids[index][batch.source_mask[index]].tolist()) == source
        assert tuple(batch.labels[index][batch.target_mask[index]].tolist()) == target


def test_texts_are_cut_at_the_lengths_of_the_task() -> None:
    (made,) = probes_from_texts(
        Letters(),
        [("e1", "abcdef", "xyz")],
        split=Split.HELDOUT,
        max_source_tokens=4,
        max_target_tokens=None,
    )
    assert made == ProbeExample("e1", Split.HELDOUT, (19, 20, 21, END), (2, 3, 4, END))


@pytest.mark.parametrize(("source", "target"), [((), (1,)), ((1,), ())], ids=["source", "target"])
def test_an_empty_side_is_refused_by_name(
    source: tuple[int, ...], target: tuple[int, ...], request: pytest.FixtureRequest
) -> None:
    side = request.node.callspec.id
    with pytest.raises(DataError, match=f"attention probe 'e9': want one token .* an empty {side}"):
        ProbeExample("e9", Split.TRAIN, source, target)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 9))
def test_chosen_indexes_are_distinct_ascending_and_fixed_by_the_seed(
    num_available: int, num_wanted: int, seed: int
) -> None:
    chosen = choose_indexes(num_available, num_wanted, seed=seed)
    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(num_available, num_wanted)
    assert all(0 <= index < num_available for index in chosen)
    assert chosen == choose_indexes(num_available, num_wanted, seed=seed)


def test_other_seeds_choose_others() -> None:
    assert len({tuple(choose_indexes(100, 5, seed=seed)) for seed in range(10)}) == 10


def test_no_probe_at_all_is_refused() -> None:
    with pytest.raises(DataError, match="want one probe example or more, got none"):
        check_probes(t5(), [])


def test_a_probe_given_twice_is_refused() -> None:
    with pytest.raises(DataError, match="want each probe once, got 'b' more than once"):
        check_probes(t5(), [probe("a"), probe("b"), probe("b")])


@pytest.mark.parametrize(("source", "target"), [(17, 2), (3, 17)], ids=["source", "target"])
def test_a_probe_beyond_the_models_positions_is_refused(source: int, target: int) -> None:
    sizes = {"vocab_size": 20, "d_model": 8, "encoder_layers": 1, "decoder_layers": 1}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    model = BartForConditionalGeneration(BartConfig(max_position_embeddings=16, **sizes, **heads))
    check_probes(model, [probe(source=16, target=16)])
    with pytest.raises(SettingsError, match="'a': want at most the model's 16 positions, got 17"):
        check_probes(model, [probe(source=source, target=target)])


def test_each_side_has_positions_of_its_own_where_a_family_says_so() -> None:
    sizes = {"vocab_size": 30, "d_model": 8, "encoder_layers": 1, "decoder_layers": 1}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    positions = {"max_encoder_position_embeddings": 24, "max_decoder_position_embeddings": 16}
    check_each_side(LEDForConditionalGeneration(LEDConfig(**positions, **sizes, **heads)))


def test_a_model_of_two_models_has_the_positions_of_each() -> None:
    sizes = {"vocab_size": 30, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
    parts = (BertConfig(max_position_embeddings=limit, **sizes) for limit in (24, 16))
    config = EncoderDecoderConfig.from_encoder_decoder_configs(*parts)
    check_each_side(EncoderDecoderModel(config))


def check_each_side(model: PreTrainedModel) -> None:
    check_probes(model, [probe(source=24, target=16)])
    for source, target, limit, got in ((25, 2, 24, 25), (20, 17, 16, 17)):
        with pytest.raises(SettingsError, match=f"the model's {limit} positions, got {got} tokens"):
            check_probes(model, [probe(source=source, target=target)])


def test_t5_has_no_longest_probe() -> None:
    long = ProbeExample("a", Split.TRAIN, (1,) * 5000, (2,))
    check_probes(t5(), [long])


def test_positions_that_padding_takes_are_no_model_s_own() -> None:
    sizes = {"vocab_size": 30, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
    roberta = RobertaConfig(max_position_embeddings=26, pad_token_id=1, **sizes)
    bert = BertConfig(max_position_embeddings=16, **sizes)
    model = EncoderDecoderModel(EncoderDecoderConfig.from_encoder_decoder_configs(roberta, bert))
    check_each_side(model)
    longest = torch.arange(2, 26)[None]
    model.encoder(input_ids=longest)
    with pytest.raises(RuntimeError, match="out of bounds"):
        model.encoder(input_ids=torch.full((1, 25), 2))


@pytest.mark.parametrize(
    ("source", "target", "side", "got"),
    [
        ((3, 20), (1,), "source", 20),
        ((3, 4), (1, 99), "target", 99),
        ((-1, 4), (1,), "source", -1),
    ],
    ids=["source", "target", "negative"],
)
def test_a_token_that_is_not_in_the_vocabulary_is_refused_by_name(
    source: tuple[int, ...], target: tuple[int, ...], side: str, got: int
) -> None:
    given = [probe("a"), ProbeExample("e9", Split.TRAIN, source, target)]
    wanted = f"attention probe 'e9': want token ids from 0 to 19, .* got {got} in its {side}"
    with pytest.raises(SettingsError, match=wanted):
        check_probes(t5(), given)


def test_each_side_has_the_vocabulary_that_its_family_gives_it() -> None:
    sizes = {"d_model": 8, "encoder_layers": 1, "decoder_layers": 1, "pad_token_id": 0}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    two = {"decoder_vocab_size": 12, "share_encoder_decoder_embeddings": False}
    model = MarianMTModel(MarianConfig(vocab_size=20, **two, **sizes, **heads))
    check_probes(model, [ProbeExample("a", Split.TRAIN, (19,), (11,))])
    with pytest.raises(
        SettingsError, match=r"want token ids from 0 to 11, .* got 12 in its target"
    ):
        check_probes(model, [ProbeExample("a", Split.TRAIN, (19,), (12,))])
