"""The comparison over the runs of a sweep."""

import csv
import json
import re
from html import unescape
from pathlib import Path

import pytest

from permille.measure.counterfactual import ExampleMemory, counterfactual_mean
from permille.report.across_tasks import across_tasks
from permille.report.comparison import (
    FailedCell,
    compare,
    comparison_row,
    write_comparison,
)


def ratio(permille: float) -> dict[str, object]:
    return {"count": 1, "of": 9, "permille": permille, "ci95": [0.0, 9.0], "method": "wilson"}


def row(task: str, cad: float | None, permille: float | None, run: str = "r") -> dict[str, object]:
    found = ratio(permille) if permille is not None else {"permille": None, "reason": "nothing"}
    return {
        "run": run,
        "task": task,
        "overrides": [f"task={task}"],
        "generations": {"measurable": 9, "total": 9},
        "ratios": {"any": found},
        "heldout": {},
        "difference": {},
        "cad": cad,
        "utility": {},
    }


def correlation(rows: list[dict[str, object]]) -> dict[str, object]:
    """What a comparison says of CAD and ratio."""
    found = compare(rows, [])["correlation"]
    assert isinstance(found, dict)
    return dict(found["cad_vs_any"])


ROWS = [row("a", 0.1, 1.0), row("b", 0.2, 2.0), row("c", 0.3, 3.0)]


def test_the_correlation_of_rising_points_is_one_and_says_that_it_is_weak() -> None:
    found = correlation(ROWS)
    assert found["spearman"] == pytest.approx(1)
    assert found["n"] == 3
    assert "so few points" in str(found["warning"])
    assert "smallest_p" not in str(found["warning"])


@pytest.mark.parametrize(
    "extra", [row("multitask", 0.9, 0.0), row("qa", None, 1.0), row("qa", 0.4, None)]
)
def test_a_pooled_run_or_one_without_both_figures_takes_no_part(extra: dict[str, object]) -> None:
    assert correlation([*ROWS, extra]) == correlation(ROWS)


def test_with_two_points_the_correlation_is_null_with_a_reason() -> None:
    found = correlation(ROWS[:2])
    assert found["spearman"] is None
    assert found["reason"] == "2 points have no rank correlation"


def test_what_is_said_across_tasks_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(
        "permille.report.comparison.across_tasks",
        lambda rows: asked.append(rows) or across_tasks(rows),
    )
    found = compare(ROWS, [])
    assert len(asked) == 1
    assert found["correlation"]["cad_vs_any"]["spearman"] == pytest.approx(1)


def test_failed_cells_are_named() -> None:
    failed = compare(ROWS, [FailedCell("task=qa", "no rows")])["failed"]
    assert failed == [{"cell": "task=qa", "error": "no rows"}]


@pytest.mark.parametrize(
    ("settings", "curve", "cad"),
    [
        ({}, [0.5, 0.7, 0.9], 0.9),
        ({}, [0.5, 0.7, None], None),
        ({}, [0.5, 0.7], None),
        ({"audit.weights": "best"}, [0.5, 0.7, 0.9], 0.7),
        ({"audit.weights": "best"}, [0.5, None, 0.9], None),
    ],
)
def test_a_row_has_the_cad_of_the_audited_weights_or_none(
    settings: dict[str, str], curve: list[float | None], cad: float | None, tmp_path: Path
) -> None:
    report = {
        "task": "qa",
        "ratios": {},
        "attention": {"cad": {"train": curve}},
        "settings": settings,
        "provenance": {"times": {"duration_s": 61.5, "stages_s": {"train": 50.0}}},
    }
    (tmp_path / "report.json").write_text(json.dumps(report))
    losses = {"train/loss": [3, 2, 1], "val/loss": [3, 2, 4]}
    lines = [
        {"name": name, "value": value, "epoch": epoch}
        for name, values in losses.items()
        for epoch, value in enumerate(values)
    ]
    (tmp_path / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    made = comparison_row(tmp_path, ["task=qa"])
    assert (made["cad"], made["overrides"], made["run"]) == (cad, ["task=qa"], str(tmp_path))
    assert (made["duration_s"], made["stages_s"]) == (61.5, {"train": 50.0})


CONTRAST = {"permille": 61.0, "ci95": [30.1, 95.5], "p": 0.004}
COVERED = {"permille": 7.5, "ci95": [-5.0, 20.0], "p": 0.31}


def made_row(folder: Path, name: str, base: dict[str, object] | None) -> dict[str, object]:
    """The row of a run with an effect against held-out prompts and, it may be, a base model."""
    controls: dict[str, object] = {"heldout": {"difference": {"any": CONTRAST}}}
    missing = {"missing": "the model was made from scratch"}
    controls["difference_in_differences"] = missing if base is None else {"any": base}
    report = {"task": "qa", "ratios": {"any": ratio(9.0)}, "controls": controls}
    (folder / name).mkdir()
    (folder / name / "report.json").write_text(json.dumps(report))
    return comparison_row(folder / name, ["task=qa"])


def test_the_headline_and_the_row_say_what_the_run_s_own_page_claims(tmp_path: Path) -> None:
    made = made_row(tmp_path, "one", COVERED)
    assert made["difference"] == CONTRAST
    assert made["difference_in_differences"] == COVERED
    assert made["claimed"] == {**COVERED, "against": "held-out prompts and the base model"}
    path = write_comparison(tmp_path, [made], [])
    (stored,) = json.loads(path.read_text())["rows"]
    assert stored["claimed"]["p_holm"] == 0.31
    said = (
        "None of 1 run is shown to give back more on training than on held-out prompts and the "
        "base model."
    )
    page = (tmp_path / "comparison.html").read_text()
    assert f'<p class="claim">{said}</p>' in page
    assert "over all prompts of each; of a run with a base model the difference in" in page
    assert '<button type="button">difference in differences</button>' in page
    assert '<td class="figure" data-number="7.5">7.5 ‰ [-5.0, 20.0], covers 0</td>' in page


def test_each_run_is_held_against_what_its_own_page_holds_it_against(tmp_path: Path) -> None:
    rows = [made_row(tmp_path, "with", COVERED), made_row(tmp_path, "without", None)]
    claimed = [one["claimed"] for one in compare(rows, [])["rows"]]
    assert [one["p_holm"] for one in claimed] == [0.31, 0.008]
    assert claimed[1]["against"] == "held-out prompts"
    assert rows[1]["difference_in_differences"] == {}


def test_every_form_holds_every_row(tmp_path: Path) -> None:
    rows = [row("qa", 0.1, 1.0, "x/one"), row("qa", 0.2, 2.0, "x/two"), ROWS[0]]
    path = write_comparison(tmp_path, rows, [FailedCell("seed=3", "<b>out of memory</b>")])
    assert path == tmp_path / "comparison.json"
    assert len(json.loads(path.read_text())["rows"]) == 3
    with (tmp_path / "comparison.csv").open() as file:
        assert [cells[0] for cells in csv.reader(file)] == ["run", "one", "two", "a"]
    markdown = (tmp_path / "comparison.md").read_text()
    assert "- seed=3: <b>out of memory</b>" in markdown
    assert "&lt;b&gt;out of memory" in (tmp_path / "comparison.html").read_text()
    assert (tmp_path / "comparison.svg").read_text().startswith("<svg")


def test_a_sweep_of_which_every_run_failed_says_that_and_draws_nothing(tmp_path: Path) -> None:
    write_comparison(tmp_path, [], [FailedCell("seed=3", "out of memory")])
    page = (tmp_path / "comparison.html").read_text()
    assert "out of memory" in page
    assert "<svg" not in page
    assert "What attention says" not in page


def test_the_page_says_what_attention_says_across_tasks(tmp_path: Path) -> None:
    write_comparison(tmp_path, ROWS, [])
    page = (tmp_path / "comparison.html").read_text()
    assert "What attention says across tasks" in page
    assert "over tasks, CAD against the ratio: Spearman 1.00 over 3, p = 0.333" in page
    (apart,) = re.findall("<summary>Tests without a result.*?</summary>(.*)</details>", page)
    assert "0 points have no rank correlation: over tasks, CAD against the token score; " in apart
    assert ": none (" not in page


def test_the_page_tells_what_each_example_owes_to_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = [ExampleMemory("<a>", 2, 2, 1, 0), *[ExampleMemory("b", 2, 1, 1, 0)] * 11]
    found = {"overrides": ["task=qa"], "models": 3, **counterfactual_mean(examples)}
    monkeypatch.setattr("permille.report.comparison.counterfactuals", lambda _: [found])
    write_comparison(tmp_path, ROWS, [])
    page = (tmp_path / "comparison.html").read_text()
    assert "task=qa that differ in who was held out, 12 examples that some were trained" in page
    assert "given back more often where trained on, 541.7 ‰ [" in page
    assert '<th scope="row">&lt;a&gt;</th><td>2 of 2</td><td>0 of 1</td><td>1.0</td>' in page


def test_what_the_paper_reports_stands_once_in_each_form(tmp_path: Path) -> None:
    write_comparison(tmp_path, [row("qa", 0.1, 1.0), row("dialogue", 0.2, 2.0)], [])
    for name in ("comparison.md", "comparison.html"):
        text = (tmp_path / name).read_text()
        assert text.count("reports high memorization for summarization, dialogue") == 1
        said = "Set-up of all runs: Not the paper's set-up, so not a replication: its set-up is not"
        assert unescape(text).count(said) == 1


def test_the_paper_s_figures_stand_without_a_unit_or_kind_that_their_source_does_not_print(
    tmp_path: Path,
) -> None:
    write_comparison(tmp_path, [row("summarization", 0.1, 1.0)], [])
    page, markdown = ((tmp_path / f"comparison.{form}").read_text() for form in ("html", "md"))
    assert '<th scope="col">paper</th><th scope="col">here, any kind</th>' in page
    for text in (page, markdown):
        assert text.count("prints no unit and no kind") == 1
        assert "high: 222, before fine-tuning 110" in text


def test_what_runs_say_together_stands_in_markdown_csv_and_page(tmp_path: Path) -> None:
    matrix = {"qa": {"qa": ratio(1.5)}, "dialogue": {"qa": ratio(2.5)}}
    rows = [
        {**row("qa", 0.1, seed * 1.0, f"x/{seed}"), "overrides": [f"seed={seed}"]}
        for seed in (1, 2)
    ]
    write_comparison(tmp_path, [*rows, {**row("multitask", 0.1, 1.0), "task_matrix": matrix}], [])
    markdown = (tmp_path / "comparison.md").read_text()
    assert "| the defaults | any | 2 | 1.5 | 0.7 | 1.0 | 2.0 | 4.5 |  |" in markdown
    assert "| multitask | dialogue | qa | 1 | 9 | 2.5 | 0.0 | 9.0 |" in markdown
    with (tmp_path / "comparison_seeds.csv").open() as file:
        assert next(csv.DictReader(file))["kind"] == "any"
    with (tmp_path / "comparison_task_matrix.csv").open() as file:
        assert [line["permille"] for line in csv.DictReader(file)] == ["1.5", "2.5"]
    assert not (tmp_path / "comparison_counterfactual.csv").exists()
    assert "Whose prompt gives back whose document" in (tmp_path / "comparison.html").read_text()


def test_what_drawing_would_find_stands_in_markdown_csv_and_page(tmp_path: Path) -> None:
    sampled = {
        "greedy": {"train": {"n=1,p=0.5": ratio(1.5)}, "heldout": {"n=1,p=0.5": ratio(0.5)}},
        "num_beams=4": {"missing": "undefined for beam search"},
    }
    write_comparison(tmp_path, [{**row("qa", 0.1, 1.0), "sampled": sampled}], [])
    with (tmp_path / "comparison_sampled.csv").open() as file:
        assert [line["targets"] for line in csv.DictReader(file)] == [
            *("train", "heldout", "undefined for beam search")
        ]
    assert "| qa | greedy | train | 1.5 ‰" in (tmp_path / "comparison.md").read_text()
    page = (tmp_path / "comparison.html").read_text()
    assert "What drawing n times would find" in page
    assert '<td colspan="2">undefined for beam search</td>' in page


def test_attention_that_no_run_measured_has_no_part_of_the_page(tmp_path: Path) -> None:
    for name, cad in (("with", 0.1), ("without", None)):
        folder = tmp_path / name
        folder.mkdir()
        write_comparison(folder, [row("qa", cad, 1.0), row("dialogue", cad, 2.0)], [])
        page = (folder / "comparison.html").read_text()
        assert ("What attention says across tasks" in page) == (cad is not None)
