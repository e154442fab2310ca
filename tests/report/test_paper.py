"""Beside the paper only what can be compared with it."""

from permille.report.paper import SETUP, paper_rows, setup_differences

from .made_run import ratios


def row(task: str, settings: dict[str, object]) -> dict[str, object]:
    return {"run": "r", "task": task, "overrides": [], "ratios": ratios(1, 9), "settings": settings}


def test_another_set_up_is_no_replication_and_says_why() -> None:
    (found,) = paper_rows([row("dialogue", {"audit.num_prompts": 200})])
    assert found["paper"] == "high"
    assert not found["same_setup"]
    assert "not a replication" in found["note"]
    assert "audit.num_prompts is 200, not 10000" in found["note"]
    assert "model.name is the default, not t5-base" in found["note"]


def test_the_paper_s_set_up_is_said_to_be_so() -> None:
    settings = {**SETUP, "model.name": "google-t5/t5-base", "audit.num_prompts": 10000}
    assert setup_differences(row("qa", settings)) == []
    assert paper_rows([row("qa", settings)])[0]["note"].endswith("The set-up is the paper's.")


def test_other_tasks_have_no_row() -> None:
    assert paper_rows([row("multitask", {})]) == []
