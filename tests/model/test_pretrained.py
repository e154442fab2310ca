import json
import shutil
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import (
    AutoModelForSeq2SeqLM,
    BartConfig,
    BartForConditionalGeneration,
    BartTokenizer,
    GPT2Config,
    GPT2LMHeadModel,
    LEDConfig,
    LEDForConditionalGeneration,
    MT5Config,
    MT5ForConditionalGeneration,
    PreTrainedTokenizerBase,
    T5Config,
    T5EncoderModel,
    T5Tokenizer,
    WhisperConfig,
)

from permille.core import hub
from permille.core.errors import SettingsError
from permille.core.records import Prompt, Split
from permille.model import pretrained
from permille.model.checkpoints import export
from permille.model.config import ModelConfig
from permille.model.decoding import generate
from permille.model.module import Seq2SeqModule
from permille.model.pretrained import load_pretrained


def config_of(name: object, **settings) -> ModelConfig:
    return ModelConfig(source="pretrained", name=str(name), **settings)


@pytest.fixture
def folder(mini, tmp_path) -> Path:
    export(mini.model, mini.tokenizer, tmp_path / "model")
    return tmp_path / "model"


def small_bart(vocab_size: int) -> BartForConditionalGeneration:
    return BartForConditionalGeneration(
        BartConfig(
            vocab_size=vocab_size,
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
            forced_eos_token_id=1,
        )
    )


def small_mt5(vocab_size: int) -> MT5ForConditionalGeneration:
    shape = MT5Config(vocab_size=vocab_size, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2)
    shape.decoder_start_token_id = 0
    return MT5ForConditionalGeneration(shape)


def test_a_saved_model_comes_back_as_it_was(mini, folder):
    model, tokenizer = load_pretrained(config_of(folder))
    state = model.state_dict()
    assert all(torch.equal(state[n], value) for n, value in mini.model.state_dict().items())
    assert tokenizer("the doctor").input_ids == mini.tokenizer("the doctor").input_ids


@pytest.mark.parametrize("build", [small_bart, small_mt5], ids=["bart", "mt5"])
def test_other_encoder_decoders_load_train_and_generate(mini, tmp_path, build):
    torch.manual_seed(0)
    export(build(len(mini.tokenizer)), mini.tokenizer, tmp_path / "other")
    model, tokenizer = load_pretrained(config_of(tmp_path / "other"))
    batch = dict(tokenizer(["the doctor", "a fever"], padding=True, return_tensors="pt"))
    loss = Seq2SeqModule(model, ModelConfig())(batch | {"labels": batch["input_ids"]})
    loss.backward()
    prompt = Prompt("the doctor", "e", "dialogue", Split.TRAIN, True, 10)
    written = generate(model, tokenizer, [prompt], max_new_tokens=4)
    assert loss.item() > 0
    assert written[0].num_tokens <= 4


def test_an_mt5_with_only_a_sentencepiece_file_loads_and_reads_text(tmp_path, examples):
    from sentencepiece import SentencePieceTrainer

    SentencePieceTrainer.train(
        sentence_iterator=iter([example.input for example in examples]),
        model_prefix=str(tmp_path / "spiece"),
        vocab_size=80,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        minloglevel=2,
    )
    (tmp_path / "tokenizer_config.json").write_text('{"extra_ids": 0}')
    small_mt5(vocab_size=200).save_pretrained(tmp_path)
    _, tokenizer = load_pretrained(config_of(tmp_path))
    ids = tokenizer("fever of the doctor").input_ids
    assert ids[-1] == tokenizer.eos_token_id == 1
    assert tokenizer.decode(ids, skip_special_tokens=True) == "fever of the doctor"


def t5_tokenizer() -> PreTrainedTokenizerBase:
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    pieces += [(piece, -3.0) for piece in ["▁", *"<>/_0abdeiknprstux"]]
    return T5Tokenizer(vocab=[*pieces, ("<extra_id_0>", 0.0)], extra_ids=1)


def bart_tokenizer() -> PreTrainedTokenizerBase:
    pieces = ["<pad>", "</s>", "<unk>", "<s>", "<mask>", "Ġ", *"<>/_0abdeiknprstuxm"]
    return BartTokenizer(vocab={piece: number for number, piece in enumerate(pieces)}, merges=[])


@pytest.mark.parametrize("build", [t5_tokenizer, bart_tokenizer])
def test_the_names_of_control_tokens_in_a_text_are_text(tmp_path, build):
    own = build()
    names = [one for one in own.all_special_tokens if one != own.unk_token]
    assert {"<pad>", "</s>"} < set(names)
    export(small_mt5(vocab_size=200), own, tmp_path / "first")
    _, once = load_pretrained(config_of(tmp_path / "first"))
    export(small_mt5(vocab_size=200), once, tmp_path / "again")
    _, twice = load_pretrained(config_of(tmp_path / "again"))
    text = " ".join([*names, "a" + "".join(names)])
    for tokenizer in (once, twice):
        ids = tokenizer(text, add_special_tokens=False).input_ids
        assert not set(ids) & set(tokenizer.all_special_ids)
        assert tokenizer.decode(ids).strip() == text
        assert tokenizer(text).input_ids[-1] == tokenizer.eos_token_id
        assert tokenizer("a desk").input_ids == own("a desk").input_ids


def test_an_output_layer_of_its_own_as_in_flan_t5_stays_one(mini, folder):
    state = load_file(folder / "model.safetensors")
    torch.manual_seed(0)
    state["lm_head.weight"] = torch.randn_like(state["shared.weight"])
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    model, tokenizer = load_pretrained(config_of(folder))
    assert torch.equal(model.lm_head.weight, state["lm_head.weight"])
    export(model, tokenizer, folder.with_name("again"))
    again, _ = load_pretrained(config_of(folder.with_name("again")))
    assert torch.equal(again.lm_head.weight, state["lm_head.weight"])
    assert torch.equal(again.shared.weight, state["shared.weight"])


def test_weights_are_loaded_in_float32(mini, tmp_path):
    export(mini.model.to(torch.bfloat16), mini.tokenizer, tmp_path / "half")
    model, _ = load_pretrained(config_of(tmp_path / "half"))
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}


@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
def test_attention_is_computed_as_set(folder, implementation):
    model, _ = load_pretrained(config_of(folder, attn_implementation=implementation))
    assert model.config._attn_implementation == implementation


@pytest.mark.parametrize(("setting", "wanted"), [(None, 0.0), (0.3, 0.3)])
def test_dropout_is_the_models_own_unless_set(folder, setting, wanted):
    model, _ = load_pretrained(config_of(folder, dropout=setting))
    assert {m.p for m in model.modules() if isinstance(m, torch.nn.Dropout)} == {wanted}


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (GPT2Config(n_layer=1, n_embd=8, n_head=2), "which is no encoder-decoder .gpt2."),
        (WhisperConfig(), "which is another encoder-decoder .whisper."),
    ],
    ids=["decoder-only", "speech"],
)
def test_a_folder_of_another_architecture_is_named(tmp_path, shape, message):
    shape.save_pretrained(tmp_path)
    with pytest.raises(SettingsError, match=f"want an encoder-decoder for text .*{message}"):
        load_pretrained(config_of(tmp_path))


def test_a_whole_decoder_only_model_is_refused(mini, tmp_path):
    model = GPT2LMHeadModel(
        GPT2Config(vocab_size=len(mini.tokenizer), n_layer=1, n_embd=8, n_head=2)
    )
    export(model, mini.tokenizer, tmp_path / "gpt")
    with pytest.raises(SettingsError, match=r"no encoder-decoder .gpt2.; name another model"):
        load_pretrained(config_of(tmp_path / "gpt"))


def test_an_encoder_alone_is_not_filled_up_with_random_weights(mini, tmp_path):
    shape = T5Config(vocab_size=len(mini.tokenizer), d_model=8, d_kv=4, d_ff=8, num_layers=1)
    export(T5EncoderModel(shape), mini.tokenizer, tmp_path / "encoder")
    with pytest.raises(SettingsError, match=r"want all weights of a T5F.* \(decoder\..*, \.\.\.\)"):
        load_pretrained(config_of(tmp_path / "encoder"))


def test_a_folder_that_is_no_model_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"want a model's folder with config\.json, got .* w"):
        load_pretrained(config_of(tmp_path))


@pytest.mark.parametrize("name", ["./missing", "/missing/model", "a/b/c"])
def test_a_folder_that_is_not_there_is_named(name):
    with pytest.raises(SettingsError, match="want a folder or a hub name, got no folder"):
        load_pretrained(config_of(name))


@pytest.mark.parametrize(
    "content", ["{", "{}", '{"model_type": "never heard of"}'], ids=["broken", "empty", "unknown"]
)
def test_a_config_that_transformers_does_not_know_is_named(tmp_path, content):
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(SettingsError, match=r"want a config\.json that transformers knows in"):
        load_pretrained(config_of(tmp_path))


def test_a_folder_without_weights_is_named(folder):
    (folder / "model.safetensors").unlink()
    with pytest.raises(SettingsError, match=r"want weights in safetensors in .*allow_pickle=true"):
        load_pretrained(config_of(folder))


def test_weights_that_were_cut_off_are_named_without_talk_of_pickles(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(SettingsError, match=r"want weights in .* cut off: copy it here") as raised:
        load_pretrained(config_of(folder))
    assert "allow_pickle" not in str(raised.value)


def test_broken_weights_are_named(folder):
    (folder / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(SettingsError, match=r"want weights in safetensors in .* damaged"):
        load_pretrained(config_of(folder))


def test_pickled_weights_are_read_only_where_they_are_trusted(mini, folder):
    (folder / "model.safetensors").unlink()
    torch.save(mini.model.state_dict(), folder / "pytorch_model.bin")
    with pytest.raises(SettingsError, match=r"only with model\.allow_pickle=true"):
        load_pretrained(config_of(folder))
    model, _ = load_pretrained(config_of(folder, allow_pickle=True))
    assert model.num_parameters() == mini.model.num_parameters()


def test_a_folder_without_a_tokenizer_is_named(folder):
    for path in folder.glob("*token*"):
        path.unlink()
    with pytest.raises(SettingsError, match="want a tokenizer in"):
        load_pretrained(config_of(folder))


def test_the_tokenizer_of_another_model_is_named(mini, folder):
    config = json.loads((folder / "config.json").read_text())
    small = AutoModelForSeq2SeqLM.from_config(
        T5Config.from_dict(config | {"vocab_size": 20}), attn_implementation="eager"
    )
    small.save_pretrained(folder)
    with pytest.raises(SettingsError, match=r"want at most 20 tokens, as many as .* embeds, got"):
        load_pretrained(config_of(folder))


@pytest.fixture
def without_network(monkeypatch):
    """A hub that is asked for and does not answer."""
    monkeypatch.setattr(hub, "is_offline_mode", lambda: False)
    monkeypatch.setattr(hub, "answers", lambda *_: False)


def test_without_network_a_hub_name_fails_at_once_and_says_what_to_do(without_network):
    started = time.monotonic()
    with pytest.raises(
        SettingsError,
        match=r"of google-t5/t5-none, got none in the local cache, and http.* does not answer;"
        r" connect, or name a folder with the model, or use model=mini",
    ):
        load_pretrained(config_of("google-t5/t5-none"))
    assert time.monotonic() - started < 5


def test_a_model_in_the_local_cache_needs_no_network(
    without_network, folder, tmp_path, monkeypatch
):
    cache = tmp_path / "cache" / "models--someone--small"
    (cache / "refs").mkdir(parents=True)
    (cache / "refs" / "main").write_text("0" * 40)
    shutil.copytree(folder, cache / "snapshots" / ("0" * 40))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    model, _ = load_pretrained(config_of("someone/small"))
    assert model.num_parameters() > 0


def test_a_folder_never_asks_the_hub(folder, monkeypatch):
    monkeypatch.setattr(pretrained, "offline_reason", lambda: 1 / 0)
    model, _ = load_pretrained(config_of(folder))
    assert model.num_parameters() > 0


REAL_SHAPES = {
    "t5_small": ({"d_model": 512, "d_ff": 2048, "num_layers": 6, "num_heads": 8}, 60_506_624),
    "t5_base": ({"d_model": 768, "d_ff": 3072, "num_layers": 12, "num_heads": 12}, 222_903_552),
    "flan_t5_small": (
        {
            "d_model": 512,
            "d_ff": 1024,
            "num_layers": 8,
            "num_heads": 6,
            "feed_forward_proj": "gated-gelu",
        },
        60_511_616,
    ),
    "flan_t5_base": (
        {
            "d_model": 768,
            "d_ff": 2048,
            "num_layers": 12,
            "num_heads": 12,
            "feed_forward_proj": "gated-gelu",
        },
        222_903_552,
    ),
}


@pytest.mark.parametrize(("shape", "num_parameters"), REAL_SHAPES.values(), ids=REAL_SHAPES)
def test_the_named_models_build_from_their_published_shapes(shape, num_parameters):
    config = T5Config.from_dict({"vocab_size": 32128, "d_kv": 64, **shape})
    with torch.device("meta"):
        model = AutoModelForSeq2SeqLM.from_config(config)
    module = Seq2SeqModule(model, ModelConfig(source="pretrained", name="meta"))
    assert module.model.num_parameters() == num_parameters


def test_a_family_without_sdpa_is_refused_once_with_all_that_it_needs(tmp_path: Path) -> None:
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    sizes = {"d_model": 8, "encoder_layers": 1, "decoder_layers": 1, "vocab_size": 300}
    config = LEDConfig(attention_window=4, **sizes, **heads)
    LEDForConditionalGeneration(config).save_pretrained(tmp_path)
    with pytest.raises(
        SettingsError, match=r"sdpa; use model\.attn_implementation=eager, and attention=off where"
    ):
        load_pretrained(config_of(tmp_path))
