"""What a sweep says about attention across tasks."""

import json
from itertools import permutations
from pathlib import Path

import pytest
from scipy import stats

from permille.report.across_tasks import across_tasks, curves_of, path_of, paths_of

TASKS = ("dialogue", "summarization", "qa", "translation", "sentiment")


def row(task: str, cad: float, permille: float | None, token: float, run: str = "none") -> dict:
    return {
        "run": run,
        "task": task,
        "cad": cad,
        "ratios": {"any": {"permille": permille}},
        "token_score": {"difference": token},
    }


ROWS = [
    row("dialogue", 0.1, 5.0, 0.5),
    row("summarization", 0.2, 7.0, 0.4),
    row("qa", 0.3, None, 0.3),
    row("translation", 0.4, 9.0, 0.2),
    row("sentiment", 0.5, None, 0.1),
]


def write_curves(run: Path, curves: dict[str, list[float]]) -> None:
    run.mkdir()
    lines = [
        {"name": name, "value": value, "epoch": epoch, "step": epoch}
        for name, values in curves.items()
        for epoch, value in enumerate(values)
    ]
    (run / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_tasks_without_a_ratio_still_have_a_token_score() -> None:
    found = across_tasks(ROWS)
    assert found["cad_vs_any"]["n"] == 3
    assert found["cad_vs_any"]["smallest_p"] == pytest.approx(2 / 6, abs=1e-3)
    assert found["cad_vs_token_score"]["n"] == 5
    assert found["cad_vs_token_score"]["spearman"] == pytest.approx(-1)
    assert found["cad_vs_token_score"]["p"] == pytest.approx(2 / 120, abs=1e-4)
    assert found["cad_vs_token_score"]["ci95"] is None


def test_the_mixture_is_left_out() -> None:
    assert across_tasks([*ROWS, row("multitask", 0.9, 1.0, 0.9)]) == across_tasks(ROWS)


def test_several_runs_of_a_task_are_one_point() -> None:
    twice = [*ROWS, row("dialogue", 0.3, 6.0, 0.7)]
    found = across_tasks(twice)["cad_vs_any"]
    assert found["n"] == 3
    assert found["points"]["dialogue"] == pytest.approx([0.2, 5.5])


def test_epochs_of_a_task_stay_together_when_tasks_are_permuted(tmp_path: Path) -> None:
    cads = [[0.1, 0.2], [0.5, 0.3], [0.4, 0.9], [0.7, 0.8]]
    ratios = [[0.0, 3.0], [8.0, 1.0], [2.0, 9.0], [7.0, 4.0]]
    rows = []
    for place, task in enumerate(TASKS[:4]):
        run = tmp_path / task
        curves = {"attention/cad": cads[place], "memorization/any_permille": ratios[place]}
        write_curves(run, curves)
        rows.append(row(task, cads[place][-1], ratios[place][-1], 0.0, str(run)))
    found = across_tasks(rows)["over_epochs"]["cad_vs_any"]
    flat = [cad for task in cads for cad in task]
    drawn = [
        stats.spearmanr(flat, [v for task in order for v in task]).statistic
        for order in permutations(ratios)
    ]
    assert found["n"] == 4
    assert found["epochs"] == [0, 1]
    assert found["spearman"] == pytest.approx(drawn[0], abs=1e-3)
    as_far = sum(abs(one) >= abs(drawn[0]) - 1e-9 for one in drawn)
    assert found["p"] == pytest.approx(as_far / 24, abs=1e-3)
    assert found["smallest_p"] <= found["p"]


def test_epochs_of_one_task_have_a_correlation_and_no_p_value(tmp_path: Path) -> None:
    run = tmp_path / "run"
    curves = {
        "attention/cad": [0.1, 0.2, 0.3],
        "attention/token_accuracy": [0.2, 0.6, 0.9],
        "attention/token_accuracy_heldout": [0.2, 0.3, 0.3],
    }
    write_curves(run, curves)
    found = across_tasks([row("qa", 0.3, None, 0.6, str(run))])["by_epoch"]["qa"]
    assert found["cad_vs_token"]["spearman"] == pytest.approx(1)
    assert found["cad_vs_token"]["p"] is None
    assert "epochs follow one another" in found["cad_vs_token"]["reason"]
    assert found["cad_vs_any"]["reason"] == "0 points have no rank correlation"
    assert curves_of(run)["token"] == pytest.approx({0: 0.0, 1: 0.3, 2: 0.6})


def test_epochs_of_several_runs_of_a_task_are_their_mean_in_any_order(tmp_path: Path) -> None:
    rows = []
    for name, cads in (("one", [0.9, 0.8, 0.1]), ("two", [0.1, 0.6, 0.3, 0.5])):
        ratios = [100.0 * epoch for epoch in range(len(cads))]
        write_curves(tmp_path / name, {"attention/cad": cads, "memorization/any_permille": ratios})
        rows.append(row("qa", cads[-1], 300.0, 0.1, str(tmp_path / name)))
    found = across_tasks(rows)
    assert found["by_epoch"] == across_tasks(rows[::-1])["by_epoch"]
    # means 0.5, 0.7 and 0.2 at the three epochs that both runs have
    assert found["by_epoch"]["qa"]["cad_vs_any"]["spearman"] == pytest.approx(-0.5)
    assert found["by_epoch"]["qa"]["cad_vs_any"]["n"] == 3
    assert found["over_epochs"]["cad_vs_any"]["epochs"] == [0, 1, 2]


def test_a_path_has_the_epochs_at_which_both_figures_are_known(tmp_path: Path) -> None:
    for task, ratios in (("qa", [1.0, 2.0]), ("dialogue", [5.0])):
        curves = {"attention/cad": [0.1, 0.2, 0.3], "memorization/any_permille": ratios}
        write_curves(tmp_path / task, curves)
    assert path_of(tmp_path / "qa") == {0: (0.1, 1.0), 1: (0.2, 2.0)}
    rows = [row(t, 0.3, 2.0, 0.1, str(tmp_path / t)) for t in ("qa", "dialogue")]
    assert paths_of([*rows, row("multitask", 0.1, 1.0, 0.1, rows[0]["run"])]) == {
        "qa": {0: (0.1, 1.0), 1: (0.2, 2.0)}
    }


def test_a_sweep_of_texts_alone_has_nothing_to_correlate() -> None:
    found = across_tasks([row("multitask", 0.1, 1.0, 0.1)])
    assert found["cad_vs_any"]["n"] == 0
    assert found["over_epochs"]["cad_vs_any"]["spearman"] is None
    assert found["by_epoch"] == {}


def test_the_ratio_of_the_best_weights_stands_at_their_epoch(tmp_path: Path) -> None:
    run = tmp_path / "run"
    write_curves(run, {"attention/cad": [0.1, 0.2, 0.3], "val/loss": [2.0, 1.0, 3.0]})
    lines = [
        {"name": "memorization/any_permille", "value": value, "epoch": epoch, "step": step}
        # the last one is what the audit after the training found
        for epoch, value, step in ((0, 4.0, 10), (2, 5.0, 30), (2, 6.0, None))
    ]
    with (run / "metrics.jsonl").open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    assert path_of(run) == {0: (0.1, 4.0), 2: (0.3, 6.0)}
    report = {"settings": {"audit.weights": "best"}, "ratios": {"any": {"permille": 6.0}}}
    (run / "report.json").write_text(json.dumps(report))
    assert path_of(run) == {0: (0.1, 4.0), 1: (0.2, 6.0), 2: (0.3, 5.0)}
