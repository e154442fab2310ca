"""Every YAML file composes to settings that hold, and nothing else is an option."""

from pathlib import Path

import pytest
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra

import permille.conf
from permille.config.compose import compose_program, composing, knows_the_project
from permille.config.schema import (
    ROOTS,
    EvaluateSettings,
    Program,
    SweepSettings,
    TrainSettings,
)
from permille.config.settings import to_settings

CONF = Path(permille.conf.__file__).parent
GROUPS = sorted(
    folder.name for folder in CONF.iterdir() if folder.is_dir() and (folder.name != "hydra")
)
OPTIONS = [
    pytest.param(group, path.stem, id=f"{group}={path.stem}")
    for group in GROUPS
    for path in sorted((CONF / group).glob("*.yaml"))
]
NEEDED = {
    "data=files": ["data.dir=."],
    "model=hf": ["model.name=somewhere"],
    "trainer=ddp": ["trainer.devices=2"],
}
CONTRACT = {
    "task": {"dialogue", "summarization", "qa", "translation", "sentiment", "multitask"},
    "data": {"builtin", "files", "hub"},
    "model": {"mini", "t5_small", "t5_base", "flan_t5_small", "flan_t5_base", "hf"},
    "retrieve": {"tantivy", "elasticsearch"},
    "align": {"default", "paper", "pan"},
    "judge": {"lexical", "cross_encoder", "none"},
    "audit": {"standard", "full", "paper", "off"},
    "attention": {"last_block", "full", "off"},
    "track": {"wandb", "files"},
    "trainer": {"auto", "cpu", "gpu", "ddp"},
    "report": {"html", "off"},
    "experiment": {"paper"},
}


@pytest.mark.parametrize(("group", "option"), OPTIONS)
def test_every_option_composes_to_settings_that_hold(group: str, option: str) -> None:
    choice = f"{group}={option}"
    if group == "grid":
        settings = to_settings(compose_program(Program.sweep, [choice]), SweepSettings)
        assert settings.grid.name == option
        return
    overrides = [choice, *NEEDED.get(choice, [])]
    settings = to_settings(compose_program(Program.train, overrides), TrainSettings)
    assert isinstance(settings, TrainSettings)


@pytest.mark.parametrize("group", CONTRACT)
def test_a_group_has_exactly_the_options_that_are_documented(group: str) -> None:
    with composing() as loader:
        assert set(loader.get_group_options(group)) == CONTRACT[group]


def test_the_defaults_are_the_documented_ones() -> None:
    settings = to_settings(compose_program(Program.train, []), TrainSettings)
    assert (settings.task.name, settings.data.source, settings.model.source) == (
        "dialogue",
        "builtin",
        "mini",
    )
    assert (settings.retrieve.engine, settings.retrieve.top_k) == ("tantivy", 10)
    assert (settings.judge.kind, settings.judge.threshold) == ("lexical", 0.5)
    assert (settings.audit.prompt, settings.audit.prefix_tokens) == ("prefix", 50)
    assert (settings.audit.max_new_tokens, settings.audit.weights) == (100, "last")
    assert (settings.audit.every_n_epochs, settings.attention.every_n_epochs) == (0, 1)
    assert (settings.track.name, settings.report.name, settings.report.texts) == (
        "wandb",
        "html",
        "full",
    )


def test_the_paper_is_one_experiment() -> None:
    config = compose_program(Program.train, ["experiment=paper"])
    settings = to_settings(config, TrainSettings)
    assert (settings.data.source, settings.retrieve.engine) == ("hub", "elasticsearch")
    assert (settings.audit.name, settings.audit.num_prompts) == ("paper", 10000)
    assert settings.align.rules == "published"
    assert settings.model.name == "google-t5/t5-base"
    assert settings.judge.kind == "cross_encoder"
    assert (settings.audit.prefix_tokens, settings.audit.max_new_tokens) == (50, 100)
    assert (settings.audit.decoding.num_beams, settings.audit.decoding.do_sample) == (1, False)
    assert settings.retrieve.top_k == 10


def test_the_paper_has_as_many_training_examples_as_prompts() -> None:
    settings = to_settings(compose_program(Program.train, ["experiment=paper"]), TrainSettings)
    assert (settings.data.num_train or 0) >= (settings.audit.num_prompts or 0)


@pytest.mark.parametrize("model", ["t5_small", "t5_base", "flan_t5_small", "flan_t5_base", "hf"])
@pytest.mark.parametrize("task", ["summarization", "multitask"])
def test_a_pretrained_model_reads_longer_texts_than_mini_unless_told(model: str, task: str) -> None:
    choice = [f"model={model}", "model.name=x", f"task={task}"]
    config = compose_program(Program.train, choice)
    assert (config.task.max_source_tokens, config.task.max_target_tokens) == (512, 256)
    assert config.model.source == "pretrained"
    config = compose_program(Program.train, [*choice, "task.max_source_tokens=99"])
    assert config.task.max_source_tokens == 99


def test_an_option_given_beside_an_experiment_wins() -> None:
    config = compose_program(Program.train, ["experiment=paper", "audit.num_prompts=7"])
    assert config.audit.num_prompts == 7


def test_the_seed_of_a_run_is_that_of_its_audit_and_decoding() -> None:
    config = compose_program(Program.train, ["seed=5"])
    assert (config.audit.seed, config.audit.decoding.seed) == (5, 5)


@pytest.mark.parametrize("program", Program)
def test_every_program_has_a_root_with_a_schema_of_its_own(program: Program) -> None:
    overrides = ["generations=g", "documents=d"] if program is Program.evaluate else []
    config = compose_program(program, overrides)
    assert set(config) == set(ROOTS[program].__dataclass_fields__)


def test_a_folder_of_own_options_is_searched_as_well(tmp_path: Path) -> None:
    (tmp_path / "judge").mkdir()
    (tmp_path / "judge" / "mine.yaml").write_text("kind: none\nthreshold: 0.25\n")
    config = compose_program(Program.evaluate, ["judge=mine"], tmp_path)
    assert config.judge.threshold == 0.25


def test_the_hydra_of_another_program_is_left_as_it_was(tmp_path: Path) -> None:
    with initialize_config_dir(str(tmp_path), version_base="1.3"):
        before = GlobalHydra.instance().hydra
        assert not knows_the_project(GlobalHydra.instance().config_loader())
        assert compose_program(Program.train, []).seed == 0
        assert GlobalHydra.instance().hydra is before


def test_settings_of_evaluate_differ_from_those_of_train_by_what_is_audited() -> None:
    own = set(EvaluateSettings.__dataclass_fields__) - set(TrainSettings.__dataclass_fields__)
    assert own == {
        "run",
        "checkpoint",
        "generations",
        "documents",
        "annotate",
        "labels",
        "num_pairs",
        "redraw",
        "unseen",
    }
