"""Whether a run was set up as the paper's was."""

import json
from functools import cache
from pathlib import Path

import pytest

from permille.config.compose import compose_program
from permille.config.differing import differing
from permille.config.schema import Program
from permille.config.secrets import plain_settings
from permille.run.folder import write_json
from permille.run.paper_setup import setup_differences

PAPER = ["experiment=paper", "task=qa"]


@cache
def defaults(program: Program) -> dict[str, object]:
    return plain_settings(compose_program(program, []))


def reported(*overrides: str, program: Program = Program.train, task: str = "qa") -> dict:
    """Return what report.json says of a run's settings."""
    config = plain_settings(compose_program(program, list(overrides)))
    settings = differing(config, defaults(program))
    return json.loads(
        json.dumps({"task": task, "settings": settings, "provenance": {"program": str(program)}})
    )


def differences(folder: Path, *overrides: str, **of: object) -> list[str]:
    write_json(folder / "report.json", reported(*overrides, **of))
    return setup_differences(folder)


@pytest.mark.parametrize("task", ["dialogue", "summarization", "qa", "translation", "sentiment"])
def test_the_experiment_is_the_paper_s_set_up(tmp_path: Path, task: str) -> None:
    assert differences(tmp_path, "experiment=paper", f"task={task}", task=task) == []


ALTERED = {
    "align.th1=0.9": "align.th1 is 0.9, not 0.3",
    "audit.decoding.num_beams=4": "audit.decoding.num_beams is 4, not 1",
    "audit.max_new_tokens=20": "audit.max_new_tokens is 20, not 100",
    "audit.num_prompts=200": "audit.num_prompts is 200, not 10000",
    "audit.prefix_tokens=10": "audit.prefix_tokens is 10, not 50",
    "audit.prompt=input": "audit.prompt is input, not prefix",
    "audit.weights=best": "audit.weights is best, not last",
    "data.canaries=5": "data.canaries is 5, not 0",
    "data.num_train=100": "data.num_train is 100, not 20000",
    "judge.threshold=0.9": "judge.threshold is 0.9, not 0.5",
    "model.learning_rate=0.01": "model.learning_rate is 0.01, not 0.001",
    "model.name=mine/t5-base": "model.name is mine/t5-base, not google-t5/t5-base",
    "retrieve.top_k=1": "retrieve.top_k is 1, not 10",
    "task.hub.name=mine": "task.hub.name is mine, not rajpurkar/squad_v2",
    "task.max_source_tokens=64": "task.max_source_tokens is 64, not 512",
    "trainer.max_epochs=1": "trainer.max_epochs is 1, not null",
}


def test_every_altered_setting_is_named(tmp_path: Path) -> None:
    assert set(differences(tmp_path, *PAPER, *ALTERED)) == set(ALTERED.values())


def test_one_altered_setting_is_enough(tmp_path: Path) -> None:
    assert differences(tmp_path, *PAPER, "audit.max_new_tokens=20") == [
        "audit.max_new_tokens is 20, not 100"
    ]


def test_what_decides_most_is_named_first(tmp_path: Path) -> None:
    found = differences(tmp_path, "task=qa", "audit.prefix_tokens=10")
    assert found[:2] == [
        "model.name is mini, not google-t5/t5-base",
        "data.source is builtin, not hub",
    ]
    assert "audit.prefix_tokens is 10, not 50" in found


def test_what_changes_no_figure_or_was_not_fixed_by_the_paper_is_the_same_set_up(
    tmp_path: Path,
) -> None:
    found = differences(
        tmp_path,
        *(*PAPER, "seed=7", "track=files", "report=off", "attention=off", "trainer=cpu"),
        *("data.split_seed=3", "model.eval_batch_size=8", "model.attn_implementation=eager"),
        *("audit.num_workers=2", "audit.cache_dir=here", "audit.chunk_size=16"),
        *("audit.every_n_epochs=2", "retrieve.url=http://node:9200", "retrieve.parallel=1"),
    )
    assert found == []


def evaluated(folder: Path, *overrides: str) -> list[str]:
    return differences(
        folder, *PAPER, f"run={folder / 'trained'}", *overrides, program=Program.evaluate
    )


def test_a_model_that_another_run_trained_is_as_that_run_was_set_up(tmp_path: Path) -> None:
    trained = tmp_path / "trained"
    trained.mkdir()
    assert evaluated(tmp_path) == [f"how {trained} was trained is not known"]
    write_json(trained / "report.json", reported(*PAPER))
    assert evaluated(tmp_path) == []
    assert evaluated(tmp_path, "align.th1=0.9") == ["align.th1 is 0.9, not 0.3"]
    write_json(trained / "report.json", reported(*PAPER, "model.epochs=3", "audit=standard"))
    assert evaluated(tmp_path) == ["model.epochs is 3, not 10"]


def test_a_checkpoint_of_unknown_origin_is_not_the_paper_s_set_up(tmp_path: Path) -> None:
    found = differences(tmp_path, *PAPER, "checkpoint=mine", program=Program.evaluate)
    assert found == ["checkpoint is mine, not null"]


def test_texts_of_foreign_origin_have_no_set_up(tmp_path: Path) -> None:
    write_json(tmp_path / "report.json", {"task": None, "settings": {}, "provenance": {}})
    assert setup_differences(tmp_path) == ["its set-up is not known"]
