"""Tasks alone and in a mixture."""

import pytest

from permille.report.multitask import multitask_rows

from .made_run import ratios


def rows(*extra: str) -> list[dict[str, object]]:
    tasks = {"qa": {"ratios": ratios(5, 50)}, "dialogue": {"ratios": ratios(9, 50)}}
    alone = {"run": "a", "task": "qa", "overrides": ["task=qa", "seed=1"], "ratios": ratios(20, 50)}
    mixed = ["task=multitask", "seed=1", *extra]
    return [alone, {"run": "m", "task": "multitask", "overrides": mixed, "tasks": tasks}]


def test_the_difference_is_mixture_minus_alone_with_its_interval() -> None:
    (found,) = multitask_rows(rows())
    assert (found["task"], found["alone"], found["mixture"]) == ("qa", "qa", "multitask")
    assert found["difference"]["permille"] == pytest.approx(100.0 - 400.0)
    low, high = found["difference"]["ci95"]
    assert low < -300 < high < 0


def test_a_mixture_s_own_settings_do_not_matter_but_others_do() -> None:
    assert len(multitask_rows(rows("task.budget=steps"))) == 1
    assert multitask_rows(rows("trainer.max_epochs=3")) == []
