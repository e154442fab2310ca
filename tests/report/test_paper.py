"""Beside the paper only what can be compared with it."""

from permille.report.paper import FIGURES_SOURCE, FINDINGS_TEXT, paper_rows, setup_groups

from .made_run import ratios


def row(task: str, differences: list[str] | None) -> dict[str, object]:
    known = {} if differences is None else {"paper_differences": differences}
    return {"run": "r", "task": task, "overrides": [], "ratios": ratios(1, 9), **known}


def test_another_set_up_is_no_replication_and_says_why() -> None:
    (found,) = paper_rows([row("dialogue", ["audit.num_prompts is 200, not 10000"])])
    assert (found["paper"], found["same_setup"]) == ("high", False)
    assert found["note"] == (
        "here 111.1 ‰ [19.9, 435.0]. Not the paper's set-up, so not a replication: "
        "audit.num_prompts is 200, not 10000."
    )


def test_of_many_differences_the_first_are_named_and_all_are_kept() -> None:
    differences = [f"setting {place}" for place in range(7)]
    (found,) = paper_rows([row("qa", differences)])
    assert found["differences"] == differences
    assert found["note"].endswith(
        ": setting 0; setting 1; setting 2; setting 3; and 3 more settings."
    )


def test_the_paper_s_set_up_is_said_to_be_so() -> None:
    (found,) = paper_rows([row("qa", [])])
    assert found["same_setup"]
    assert found["note"] == "here 111.1 ‰ [19.9, 435.0]. The set-up is the paper's."


def test_a_run_whose_set_up_is_not_known_is_not_taken_for_the_paper_s() -> None:
    (found,) = paper_rows([row("qa", None)])
    assert not found["same_setup"]
    assert found["note"].endswith("its set-up is not known.")


def test_what_the_paper_reports_is_said_once_and_not_in_each_row() -> None:
    assert "high memorization for summarization, dialogue" in FINDINGS_TEXT
    assert "low for qa, translation, sentiment" in FINDINGS_TEXT
    assert "reports" not in str(paper_rows([row("qa", []), row("dialogue", ["x"])]))


def test_the_paper_s_ratios_stand_beside_ours_where_they_are_known() -> None:
    (found,) = paper_rows([row("summarization", [])])
    assert (found["paper_permille"], found["paper_base_permille"]) == (222.0, 110.0)
    assert found["paper_text"] == "high: 222, before fine-tuning 110"
    (found,) = paper_rows([row("qa", [])])
    assert (found["paper_permille"], found["paper_text"]) == (None, "low")


def test_the_unit_of_the_paper_s_ratios_is_said_to_be_inferred() -> None:
    assert "which prints no unit and no kind" in FIGURES_SOURCE
    assert "per mille is inferred, because a share cannot exceed 100 per cent" in FIGURES_SOURCE


def test_runs_of_one_set_up_are_named_together() -> None:
    rows = [{**row("qa", [said]), "run": f"x/{place}"} for place, said in enumerate("aba")]
    assert setup_groups(paper_rows(rows)) == [
        ("0, 2", "Not the paper's set-up, so not a replication: a."),
        ("1", "Not the paper's set-up, so not a replication: b."),
    ]
    assert setup_groups(paper_rows(rows[::2]))[0][0] == "all runs"
    assert setup_groups(paper_rows(rows[:1]))[0][0] == "qa"


def test_other_tasks_have_no_row() -> None:
    assert paper_rows([row("multitask", [])]) == []
