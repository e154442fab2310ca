"""Settings that have no effect are told, and what has an effect is not."""

from pathlib import Path

import pytest

from permille.config.compose import compose_program
from permille.config.ignored import ignored_overrides, ignored_settings
from permille.config.overrides import as_value
from permille.config.schema import ROOTS, EvaluateSettings, Program
from permille.config.settings import to_settings


def ignored(program: Program, *overrides: str) -> list[str]:
    return ignored_settings(to_settings(compose_program(program, list(overrides)), ROOTS[program]))


@pytest.mark.parametrize(
    ("overrides", "setting", "why"),
    [
        (["model=t5_small", "model.d_model=64"], "model.d_model: 64", "this model"),
        (["model=mini", "model.name=t5-small"], "model.name: t5-small", "model=mini"),
        (["judge=none", "judge.threshold=0.7"], "judge.threshold: 0.7", "judge=none"),
        (["judge=lexical", "judge.name=a/b"], "judge.name: a/b", "judge=lexical"),
        (["task=qa", "task.mixing=equal"], "task.mixing: equal", "task=qa"),
        (["audit=off", "audit.num_prompts=9"], "audit.num_prompts: 9", "audit=off"),
        (
            ["audit.prompt=input", "audit.prefix_tokens=9"],
            "audit.prefix_tokens: 9",
            "audit.prompt=input",
        ),
    ],
)
def test_what_has_no_effect_is_told(overrides: list[str], setting: str, why: str) -> None:
    assert ignored(Program.train, *overrides) == [
        f"{setting} has no effect with {why}; leave it out, or choose another"
    ]


def test_all_tasks_of_a_mixture_are_told_of_a_single_task() -> None:
    (told,) = ignored(Program.train, "task=qa", "task.tasks=[dialogue,qa]")
    assert told.startswith("task.tasks: ")


@pytest.mark.parametrize(
    "overrides",
    [
        pytest.param([], id="defaults"),
        pytest.param(["task=multitask", "task.tasks=[qa,dialogue]"], id="a mixture"),
        pytest.param(["model.d_model=64", "judge.threshold=0.7"], id="sizes of mini"),
        pytest.param(["model=t5_small", "judge=cross_encoder", "judge.name=a/b"], id="names"),
        pytest.param(["audit.num_prompts=9", "audit.prefix_tokens=7"], id="prompts"),
        pytest.param(["experiment=paper"], id="the paper's settings"),
    ],
)
def test_what_has_an_effect_is_not_told(overrides: list[str]) -> None:
    assert ignored(Program.train, *overrides) == []


def test_the_name_of_a_checkpoint_has_an_effect() -> None:
    given = ["checkpoint=a/b", "task=qa", "model=mini", "model.revision=main"]
    assert ignored(Program.evaluate, *given) == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param(["task=qa", "model=t5_small"], ["task=qa", "model=t5_small"], id="groups"),
        pytest.param(
            ["model.d_ff=8", "trainer=cpu"], ["model.d_ff=8", "trainer=cpu"], id="a setting"
        ),
        pytest.param(["audit.decoding.seed=1"], ["audit.decoding.seed=1"], id="how it writes"),
        pytest.param(["audit.num_prompts=9"], ["audit.num_prompts=9"], id="prompts"),
        pytest.param(
            ["audit=paper", "judge=none", "seed=1", "audit.num_planted=2"], [], id="audit"
        ),
    ],
)
def test_what_is_of_a_model_has_no_effect_on_texts(
    given: list[str], told: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "texts.jsonl"
    file.touch()
    texts = [f"generations={as_value(str(file))}", f"documents={as_value(str(file))}"]
    overrides = [*texts, *given]
    settings = to_settings(compose_program(Program.evaluate, overrides), EvaluateSettings)
    why = "has no effect with generations=, since no model is asked; leave it out"
    assert ignored_overrides(settings, overrides) == [f"{one} {why}" for one in told]


def test_what_is_of_a_model_has_an_effect_where_there_is_one() -> None:
    overrides = ["checkpoint=a/b", "task=qa", "model.revision=main"]
    settings = to_settings(compose_program(Program.evaluate, overrides), EvaluateSettings)
    assert ignored_overrides(settings, overrides) == []
