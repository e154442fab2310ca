"""Tasks alone and in a mixture."""

import pytest

from permille.report.multitask import multitask_rows

from .made_run import ratios


def rows(*extra: str) -> list[dict[str, object]]:
    tasks = {
        "qa": {"generations": {"total": 100}, "ratios": ratios(5, 50)},
        "dialogue": {"generations": {"total": 50}, "ratios": ratios(9, 50)},
    }
    alone = {
        "run": "a",
        "task": "qa",
        "overrides": ["task=qa", "seed=1"],
        "generations": {"total": 80},
        "ratios": ratios(20, 50),
    }
    mixed = ["task=multitask", "seed=1", *extra]
    return [alone, {"run": "m", "task": "multitask", "overrides": mixed, "tasks": tasks}]


def test_the_difference_is_mixture_minus_alone_with_its_interval() -> None:
    (found,) = multitask_rows(rows())
    assert (found["task"], found["alone"], found["mixture"]) == ("qa", "qa", "multitask")
    assert found["difference"]["permille"] == pytest.approx(50.0 - 250.0)
    low, high = found["difference"]["ci95"]
    assert low < -200 < high < 0


def test_which_generations_are_measurable_does_not_make_the_difference() -> None:
    (found,) = multitask_rows(rows())
    measurable_only = found["difference"]["measurable_only"]
    assert measurable_only["permille"] == pytest.approx(100.0 - 400.0)


def test_without_the_number_of_prompts_there_is_no_difference_but_that_of_measurable_ones() -> None:
    alone, mixture = rows()
    (found,) = multitask_rows([{**alone, "generations": {}}, mixture])
    assert "how many prompts" in found["difference"]["reason"]
    assert found["difference"]["measurable_only"]["ci95"] is not None


def test_p_values_are_corrected_over_all_tasks_and_mixtures() -> None:
    alone, mixture = rows()
    other = {**alone, "run": "b", "task": "dialogue", "overrides": ["task=dialogue", "seed=1"]}
    found = multitask_rows([alone, other, mixture])
    first, second = sorted((one["difference"] for one in found), key=lambda one: one["p"])
    assert first["p_holm"] == pytest.approx(2 * first["p"], rel=0.01)
    assert second["p_holm"] >= second["p"]


def test_a_mixture_s_own_settings_do_not_matter_but_others_do() -> None:
    assert len(multitask_rows(rows("task.budget=steps"))) == 1
    assert multitask_rows(rows("trainer.max_epochs=3")) == []
