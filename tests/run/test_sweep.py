"""The cells of a grid, and the training that they start from."""

from pathlib import Path

import pytest

from permille.config.compose import compose_program
from permille.config.saved import value_of
from permille.config.schema import GridConfig, Program, SweepSettings
from permille.config.settings import to_settings
from permille.run.sweep import cells_of, first_of


def grid(name: str) -> GridConfig:
    return to_settings(compose_program(Program.sweep, [f"grid={name}"]), SweepSettings).grid


def test_the_tasks_and_their_mixture_are_six_cells(tmp_path: Path) -> None:
    cells = cells_of(grid("tasks"), ["seed=1"], tmp_path)
    assert [cell.name for cell in cells] == [
        "dialogue",
        "summarization",
        "qa",
        "translation",
        "sentiment",
        "multitask",
    ]
    assert all(cell.overrides[0] == "seed=1" for cell in cells)
    assert cells[2].folder.path == tmp_path / "cells" / "qa"
    assert first_of(grid("tasks"), [], tmp_path) is None


def test_a_grid_of_mixtures_takes_every_subset_with_every_budget(tmp_path: Path) -> None:
    cells = cells_of(grid("mixture"), [], tmp_path)
    mixtures = [cell for cell in cells if value_of(cell.overrides, "task") == "multitask"]
    budgets = [value_of(cell.overrides, "task.budget") for cell in mixtures]
    assert len(mixtures) == 2 * len({cell.overrides[1] for cell in mixtures})
    assert set(budgets) == {"steps", "examples"}


def test_a_grid_of_mixtures_has_each_task_alone_too(tmp_path: Path) -> None:
    alone = [
        one.overrides for one in cells_of(grid("mixture"), [], tmp_path) if len(one.overrides) == 1
    ]
    assert alone == [
        ["task=dialogue"],
        ["task=summarization"],
        ["task=qa"],
        ["task=translation"],
        ["task=sentiment"],
    ]


def test_a_grid_of_prompts_evaluates_one_model(tmp_path: Path) -> None:
    first = first_of(grid("prefix"), ["task=qa"], tmp_path)
    assert first is not None
    assert (first.program, first.overrides) == (Program.train, ["task=qa"])
    for cell in cells_of(grid("prefix"), ["task=qa"], tmp_path):
        assert cell.program is Program.evaluate
        assert value_of(cell.overrides, "run") == str(first.folder.path)


def test_a_grid_of_decodings_has_six_and_asks_each_what_drawing_would_find(tmp_path: Path) -> None:
    first = first_of(grid("decoding"), [], tmp_path)
    assert first is not None
    # the cells start from what the model's own run was told
    assert first.overrides == ["audit.looks.names=[extraction]"]
    prefix = "audit.decoding."
    assert [
        [one.removeprefix(prefix) for one in cell.overrides if one.startswith(prefix)]
        for cell in cells_of(grid("decoding"), [], tmp_path)
    ] == [
        ["num_beams=1"],
        ["num_beams=4"],
        ["do_sample=true", "temperature=0.7"],
        ["do_sample=true", "temperature=1.0"],
        ["do_sample=true", "top_k=40"],
        ["do_sample=true", "top_p=0.9"],
    ]


@pytest.mark.parametrize("own", [["task=qa", "seed=1"], ["model=hf", 'model.name="a,b"']])
def test_cells_that_are_listed_come_as_they_are(own: list[str], tmp_path: Path) -> None:
    (cell,) = cells_of(GridConfig(name="mine", cells=[own]), [], tmp_path)
    assert cell.overrides == own
