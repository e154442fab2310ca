"""Combinations that cannot be run are refused with what to do instead."""

from pathlib import Path

import pytest

from permille.config.compose import compose_program
from permille.config.schema import ROOTS, Program
from permille.config.settings import to_settings
from permille.core.errors import SettingsError


def check(program: Program, *overrides: str) -> None:
    to_settings(compose_program(program, list(overrides)), ROOTS[program])


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        pytest.param(["seed=-3"], "seed: want at least 0, got -3", id="negative seed"),
        pytest.param(
            ["data=files", "data.dir=nowhere"],
            "data.dir: want the folder of the tasks' files, got nowhere",
            id="missing folder",
        ),
        pytest.param(["model=hf"], "add model.name=NAME", id="hf without a name"),
        pytest.param(
            ["trainer=ddp", "trainer.devices=1"], "one process needs no ddp", id="ddp of one"
        ),
        pytest.param(
            ["audit.weights=best", "data.num_heldout=0"],
            "which needs a validation loss",
            id="best without validation",
        ),
        pytest.param(
            ["audit=off", "audit.every_n_epochs=2"],
            "audit.every_n_epochs: want 0 with audit=off, got 2",
            id="ignored setting",
        ),
        pytest.param(["resume=nowhere"], "resume: want the folder of a run", id="no run"),
        pytest.param(
            ["retrieve=elasticsearch", 'retrieve.url="https://me:secret@host:9200"'],
            "retrieve.url: want an address without user and password",
            id="a password in a setting",
        ),
        pytest.param(
            ["retrieve=elasticsearch", 'retrieve.url="https//me:secret@host:9200"'],
            "retrieve.url: want an address without user and password",
            id="a password in a miswritten setting",
        ),
        pytest.param(
            ["retrieve=elasticsearch", 'retrieve.url="https://host:9200/?api_key=secret"'],
            "retrieve.url: want an address without user and password",
            id="a key in the query of a setting",
        ),
    ],
)
def test_train_refuses(overrides: list[str], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        check(Program.train, *overrides)


def test_a_refused_address_is_not_repeated() -> None:
    with pytest.raises(SettingsError, match=r"retrieve\.url") as raised:
        check(Program.train, 'retrieve.url="https://me:secret@host:9200"')
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        pytest.param([], "got none of them", id="nothing to audit"),
        pytest.param(["run=a", "checkpoint=b"], "got run= and checkpoint=", id="two things"),
        pytest.param(["generations=g"], "got only one of them", id="no documents"),
        pytest.param(
            ["generations=g", "documents=d"],
            "generations: want a file of JSON lines, got g",
            id="missing files",
        ),
        pytest.param(
            ["generations=g", "documents=d", "audit=off"],
            "audit: want standard, full or paper with generations=, got off",
            id="texts and no audit",
        ),
        pytest.param(["checkpoint=a", "redraw=true"], "want run= with it", id="redraw alone"),
        pytest.param(["checkpoint=a", "unseen=true"], "want run= with it", id="unseen alone"),
        pytest.param(["run=a", "annotate=expotr"], "want export or import", id="mistyped"),
        pytest.param(["checkpoint=a", "annotate=export"], "want run= with it", id="no run"),
        pytest.param(["run=a", "annotate=import"], "labels: want annotate=import", id="no labels"),
        pytest.param(["run=a", "labels=[x]"], "labels: want annotate=import", id="ignored labels"),
    ],
)
def test_evaluate_refuses(overrides: list[str], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        check(Program.evaluate, *overrides)


def test_evaluate_takes_two_files(tmp_path: Path) -> None:
    for name in ("g", "d"):
        (tmp_path / name).write_text("{}")
    check(
        Program.evaluate,
        f'generations="{tmp_path / "g"}"',
        f'documents="{tmp_path / "d"}"',
    )


def test_a_model_may_be_evaluated_without_an_audit() -> None:
    check(Program.evaluate, "checkpoint=a", "audit=off")


@pytest.mark.parametrize("extra", ['grid.cells=[["seed=1"]]', 'overrides=["seed=1"]'])
def test_a_simulation_takes_neither_cells_nor_overrides(extra: str) -> None:
    with pytest.raises(SettingsError, match="want no cells and no overrides with the simulation"):
        check(Program.sweep, "grid=sparse_coding", extra)


def test_sweep_refuses_a_grid_of_nothing() -> None:
    with pytest.raises(SettingsError, match="want cells or a product of values, got neither"):
        check(Program.sweep, "~grid.product.task", "grid.cells=[]")


def test_sweep_refuses_a_model_that_no_cell_would_evaluate() -> None:
    with pytest.raises(SettingsError, match=r"grid\.before: want program: evaluate"):
        check(Program.sweep, "grid.before=[]")


@pytest.mark.parametrize(
    ("program", "name"),
    [(Program.evaluate, "checkpoint"), (Program.train, "model.name")],
    ids=["evaluate", "train"],
)
def test_a_folder_that_holds_no_model_is_named_at_once(
    program: Program, name: str, tmp_path: Path
) -> None:
    given = [f'{name}="{tmp_path}"', "task=qa", "model=hf"]
    with pytest.raises(SettingsError, match=f"{name}: want .*, got .*, which has no config.json"):
        check(program, *given)
    (tmp_path / "config.json").write_text("{}")
    check(program, *given)


@pytest.mark.parametrize("model", [[], ["model=hf"], ["model=mini"]])
def test_a_checkpoint_that_is_not_there_is_named_at_once(model: list[str]) -> None:
    with pytest.raises(
        SettingsError, match="checkpoint: want a hub name or a model's folder, got /nowhere"
    ) as told:
        check(Program.evaluate, "checkpoint=/nowhere", "task=qa", *model)
    assert "model.name" not in str(told.value)


def test_a_hub_name_is_no_missing_folder() -> None:
    check(Program.evaluate, "checkpoint=google/t5-small", "task=qa")


def test_a_models_folder_that_is_not_there_is_named_before_anything_is_loaded() -> None:
    with pytest.raises(SettingsError, match=r"model\.name: want .* a folder, got \./none"):
        check(Program.train, "model=hf", "model.name=./none")
