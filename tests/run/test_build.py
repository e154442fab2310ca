"""Every option of every group becomes the objects that it names."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from transformers import Adafactor, T5Config, T5ForConditionalGeneration

import permille.conf
from permille.align.aligner import Aligner
from permille.align.config import AlignConfig
from permille.core.errors import SettingsError
from permille.data.config import DataConfig
from permille.data.sources import load_task
from permille.data.tasks import single_tasks
from permille.judge.config import JudgeConfig, JudgeKind
from permille.judge.cross_encoder import CrossEncoderJudge
from permille.judge.lexical import LexicalJudge
from permille.model.checkpoints import export
from permille.model.config import Accelerator
from permille.model.load import load_model
from permille.model.module import Seq2SeqModule
from permille.model.optimizer import build_optimizer
from permille.model.trainer import build_trainer
from permille.retrieve.config import Engine
from permille.retrieve.engines import open_retriever
from permille.run.build import build_aligner, build_judge, open_tracker
from permille.run.loading import Loaded, texts_of
from permille.track.config import TrackName

from .conftest import train_settings

CONF = Path(permille.conf.__file__).parent
SMALL_FLAN = {"d_ff": 1024, "num_heads": 6, "num_layers": 8, "num_decoder_layers": 8}
BASE = {"d_model": 768, "num_heads": 12, "num_layers": 12, "num_decoder_layers": 12}
GATED = {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False}
SHAPES = {
    "t5_small": ({"d_model": 512, "d_ff": 2048, "num_heads": 8, "num_layers": 6}, 60_506_624),
    "t5_base": ({**BASE, "d_ff": 3072}, 222_903_552),
    "flan_t5_small": ({**SMALL_FLAN, **GATED, "d_model": 512}, 76_961_152),
    "flan_t5_base": ({**BASE, **GATED, "d_ff": 2048}, 247_577_856),
}
"""What the hub's configurations of these models say, and how many weights the models have."""
VOCABULARY = 32128


def options_of(group: str) -> list[str]:
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))


@pytest.mark.parametrize("option", options_of("task"))
def test_every_task_makes_examples_of_its_own(option: str) -> None:
    settings = train_settings(f"task={option}")
    for name, task in single_tasks(settings.task).items():
        examples = load_task(task, settings.data, seed=0)
        assert {example.task for example in examples} == {name}


@pytest.mark.parametrize("option", options_of("align"))
def test_every_option_of_align_is_a_detector(option: str) -> None:
    aligner = build_aligner(train_settings(f"align={option}").align)
    assert isinstance(aligner, Aligner)
    examples = load_task(train_settings("task=summarization").task, DataConfig(num_train=1), 0)
    text = examples[0].input
    assert aligner.align(f"Before it. {text}", f"{text} Behind it.").kind == "verbatim"


def test_the_options_of_align_are_those_that_python_names() -> None:
    assert train_settings("align=paper").align == AlignConfig.paper()
    assert train_settings("align=pan").align == AlignConfig.pan()
    assert train_settings("align=default").align == AlignConfig()


@pytest.mark.parametrize("option", options_of("judge"))
def test_every_option_of_judge_is_a_judge(option: str, tmp_path: Path) -> None:
    config = train_settings(f"judge={option}").judge
    assert config.kind == option
    match config.kind:
        case JudgeKind.none:
            assert build_judge(config) is None
        case JudgeKind.lexical:
            assert isinstance(build_judge(config), LexicalJudge)
        case JudgeKind.cross_encoder:
            assert isinstance(build_cross_encoder(config, tmp_path), CrossEncoderJudge)


def build_cross_encoder(config: JudgeConfig, folder: Path) -> object:
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "text"]
    (folder / "vocab.txt").write_text("\n".join(words))
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    shape = BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        id2label={0: "not_equivalent", 1: "equivalent"},
    )
    BertForSequenceClassification(shape).save_pretrained(folder)
    config.name = str(folder)
    return build_judge(config)


def test_with_entities_the_named_pipeline_takes_back_a_yes_below_certainty(monkeypatch) -> None:
    asked = []
    spacy = SimpleNamespace(load=lambda name: asked.append(name) or TwoNames())
    monkeypatch.setitem(sys.modules, "spacy", spacy)
    pair = ("he gave the old red book to ann", "he gave the old red book to bob")
    plain = build_judge(JudgeConfig()).probabilities([pair])
    config = JudgeConfig(entities=True, spacy_pipeline="some_pipeline")
    checked = build_judge(config).probabilities([pair, (pair[0], pair[0])])
    assert 0.5 < plain[0] < 0.99
    assert checked == [0.0, 1.0]
    assert asked == ["some_pipeline"]


class TwoNames:
    """Stands for a spaCy pipeline that knows two names."""

    def pipe(self, texts):
        for text in texts:
            yield SimpleNamespace(ents=sorted({"ann", "bob"} & set(text.split())))


def test_entities_are_looked_at_where_a_lower_threshold_is_tried(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", SimpleNamespace(load=lambda _: TwoNames()))
    pair = ("he gave the old red book to ann", "he gave the old red book to bob")
    (probability,) = build_judge(JudgeConfig()).probabilities([pair])
    config = JudgeConfig(entities=True, threshold=probability)
    assert build_judge(config).probabilities([pair]) == [0.0]


def test_without_spacy_a_judge_that_compares_entities_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(SettingsError, match=r"spacy is not installed; .*permille\[spacy\]"):
        build_judge(JudgeConfig(entities=True))


@pytest.mark.parametrize("option", options_of("track"))
def test_every_option_of_track_writes_the_file_of_numbers(option: str, tmp_path: Path) -> None:
    config = train_settings(f"track={option}").track
    assert config.name is TrackName(option)
    config.name = TrackName.files
    tracker = open_tracker(config, tmp_path, group=None, settings={})
    tracker.scalars({"train/loss": 1.0}, epoch=0, step=1)
    tracker.finish()
    assert json.loads((tmp_path / "metrics.jsonl").read_text())["name"] == "train/loss"


@pytest.mark.parametrize("option", options_of("retrieve"))
def test_every_option_of_retrieve_names_an_engine(option: str) -> None:
    config = train_settings(f"retrieve={option}").retrieve
    assert config.engine is Engine(option)
    if config.engine is Engine.tantivy:
        with open_retriever(config) as retriever:
            assert hasattr(retriever, "index")


@pytest.mark.parametrize("option", options_of("trainer"))
def test_every_option_of_trainer_is_a_trainer(option: str, tmp_path: Path) -> None:
    settings = train_settings(f"trainer={option}")
    if option == "gpu":
        assert settings.trainer.accelerator is Accelerator.gpu
        return
    trainer = build_trainer(settings.trainer, settings.model, checkpoints=tmp_path, seed=0)
    assert trainer.max_epochs == 1
    assert trainer.num_devices == (2 if option == "ddp" else 1)


@pytest.mark.parametrize("option", SHAPES)
def test_every_model_of_the_hub_is_trained_as_its_option_says(option: str) -> None:
    config = train_settings(f"model={option}").model
    values, num_parameters = SHAPES[option]
    with torch.device("meta"):
        network = T5ForConditionalGeneration(T5Config(vocab_size=VOCABULARY, d_kv=64, **values))
    # an output layer of its own, as in FLAN-T5, comes with the weights and not with the shape
    own_output = VOCABULARY * values["d_model"] if option.startswith("flan") else 0
    assert network.num_parameters() == num_parameters - own_output
    optimizer = build_optimizer(Seq2SeqModule(network, config).model, config)
    assert isinstance(optimizer, Adafactor)
    assert sum(len(group["params"]) for group in optimizer.param_groups) == len(
        list(network.parameters())
    )


@pytest.mark.parametrize("option", [*SHAPES, "hf", "mini"])
def test_every_option_of_model_is_a_network_and_its_tokenizer(
    option: str, loaded: Loaded, tmp_path: Path
) -> None:
    export(loaded.model, loaded.tokenizer, tmp_path / "model")
    name = [] if option == "mini" else [f'model.name="{tmp_path / "model"}"']
    settings = train_settings(f"model={option}", *name)
    found = load_model(settings.model, texts_of(settings, loaded.splits), seed=0)
    assert found.from_scratch is (option == "mini")
    assert found.model.num_parameters() == loaded.model.num_parameters()
    assert found.tokenizer.get_vocab() == loaded.tokenizer.get_vocab()
