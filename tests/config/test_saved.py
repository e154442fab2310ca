"""What a run was started with, as the start of another."""

from pathlib import Path

import pytest

from permille.config.compose import compose_program
from permille.config.saved import effective_overrides, saved_overrides, value_of
from permille.config.schema import Program
from permille.core.errors import SettingsError


@pytest.fixture
def run(tmp_path: Path) -> Path:
    lines = ["task=qa", "data.num_train=40", "resume=elsewhere", "audit.prefix_tokens=10"]
    (tmp_path / "overrides.yaml").write_text("".join(f"- {line}\n" for line in lines))
    return tmp_path


def test_an_evaluation_starts_from_the_overrides_of_the_run(run: Path) -> None:
    given = [f'run="{run}"', "audit.prefix_tokens=20"]
    assert effective_overrides(Program.evaluate, given) == [
        "task=qa",
        "data.num_train=40",
        "audit.prefix_tokens=10",
        *given,
    ]


def test_a_resumed_training_starts_from_its_own_overrides(run: Path) -> None:
    found = effective_overrides(Program.train, [f'resume="{run}"'])
    assert found[:2] == ["task=qa", "data.num_train=40"]


def test_a_resumed_sweep_starts_from_its_own_grid_and_overrides(tmp_path: Path) -> None:
    (tmp_path / "overrides.yaml").write_text('- grid=seeds\n- overrides=["task=qa"]\n')
    given = [f'resume="{tmp_path}"']
    found = effective_overrides(Program.sweep, given)
    assert found == ["grid=seeds", 'overrides=["task=qa"]', *given]


def test_a_sweep_is_resumed_in_the_folder_of_one_alone(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere", "/dev/null"):
        with pytest.raises(SettingsError, match=r"resume: want the folder of a sweep, such"):
            effective_overrides(Program.sweep, [f'resume="{folder}"'])


def test_what_the_earlier_call_resumed_is_not_taken_over(run: Path) -> None:
    assert "resume=elsewhere" not in saved_overrides(run, "run")


def test_a_checkpoint_of_others_is_read_at_the_lengths_of_a_pretrained_model() -> None:
    given = ["checkpoint=google/flan-t5-small", "task=qa"]
    found = effective_overrides(Program.evaluate, given)
    assert found == ["model=hf", 'model.name="google/flan-t5-small"', *given]
    config = compose_program(Program.evaluate, found)
    assert (config.task.max_source_tokens, config.task.max_target_tokens) == (512, 256)


@pytest.mark.parametrize(
    ("saved", "kept"),
    [
        pytest.param(["task=qa"], [], id="of mini"),
        pytest.param(
            ["model=t5_small", "model.epochs=3", "task.max_source_tokens=99", "seed=1"],
            ["model=t5_small", "model.epochs=3", "task.max_source_tokens=99"],
            id="of another model",
        ),
        pytest.param(
            ["experiment=paper"], ["model=hf", 'model.name="{checkpoint}"'], id="of an experiment"
        ),
    ],
)
def test_a_checkpoint_of_a_run_is_read_at_the_lengths_of_the_run(
    tmp_path: Path, saved: list[str], kept: list[str]
) -> None:
    (tmp_path / "overrides.yaml").write_text("".join(f"- {line}\n" for line in saved) or "[]\n")
    checkpoint = tmp_path / "checkpoints" / "model"
    given = [f'checkpoint="{checkpoint}"']
    wanted = [one.format(checkpoint=checkpoint) for one in kept]
    assert effective_overrides(Program.evaluate, given) == [*wanted, *given]


def test_a_run_beside_other_things_to_audit_is_left_to_the_rules() -> None:
    given = ["run=nowhere", "generations=g", "documents=d"]
    assert effective_overrides(Program.evaluate, given) == given


def test_a_model_that_is_named_beside_a_checkpoint_counts() -> None:
    given = ["checkpoint=google/flan-t5-small", "model=t5_small"]
    assert effective_overrides(Program.evaluate, given) == given


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("- 'a\n- b: [", id="no YAML"),
        pytest.param("- task=qa\n- task=a=(b\n", id="no overrides"),
        pytest.param("- task=q\udcff\n", id="no UTF-8"),
    ],
)
def test_broken_overrides_of_a_run_are_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "overrides.yaml").write_text(content, errors="surrogateescape")
    with pytest.raises(SettingsError, match=r"overrides\.yaml: want a list of overrides, got"):
        saved_overrides(tmp_path, "resume")


@pytest.mark.parametrize("program", Program)
def test_without_a_run_the_given_overrides_count(program: Program) -> None:
    assert effective_overrides(program, ["seed=1"]) == ["seed=1"]


def test_the_last_value_of_a_setting_counts() -> None:
    assert value_of(["seed=1", "task=qa", "seed=2"], "seed") == "2"
    assert value_of(["seed=1"], "task") is None
    assert value_of(["run=null"], "run") is None


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"resume: want the folder of a run.*no overrides.yaml"):
        saved_overrides(tmp_path, "resume")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"run: want the folder of a run.*is no folder"):
        saved_overrides(tmp_path / "nowhere", "run")


def test_overrides_that_are_no_list_are_refused(tmp_path: Path) -> None:
    (tmp_path / "overrides.yaml").write_text("a: b\n")
    with pytest.raises(SettingsError, match="want a list of overrides"):
        saved_overrides(tmp_path, "run")


@pytest.mark.parametrize("annotate", ["export", "import"])
def test_a_folder_of_exported_pairs_is_no_run_and_the_run_is_named(
    tmp_path: Path, annotate: str
) -> None:
    (tmp_path / "overrides.yaml").write_text(f"- run=outputs/day/run\n- annotate={annotate}\n")
    with pytest.raises(SettingsError, match=rf"annotate={annotate}; .*run=outputs/day/run$"):
        saved_overrides(tmp_path, "run")
