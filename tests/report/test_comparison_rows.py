"""Rows of a comparison."""

from hypothesis import given
from hypothesis import strategies as st

from permille.report.comparison_rows import (
    frontier,
    named_rows,
    point_names,
    short_names,
    swept_settings,
    swept_text,
    utility_of,
)

POINTS = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=2),
    st.tuples(st.integers(0, 5).map(float), st.integers(0, 5).map(float)),
    max_size=8,
)


@given(POINTS)
def test_a_run_is_on_the_frontier_unless_another_is_better_and_no_worse(points) -> None:
    best = frontier(points)
    for name, (utility, permille) in points.items():
        is_beaten = any(
            (more > utility and less <= permille) or (more >= utility and less < permille)
            for more, less in points.values()
        )
        assert (name in best) is not is_beaten


def test_the_frontier_rises_in_utility() -> None:
    assert frontier({"c": (0.5, 9.0), "a": (0.2, 1.0), "b": (0.3, 8.0)}) == ["a", "b", "c"]


def test_settings_that_differ_are_swept_and_the_task_is_not() -> None:
    rows = [
        {"overrides": ["task=qa", "seed=1", "model=mini"]},
        {"overrides": ["task=dialogue", "seed=2", "model=mini"]},
        {"overrides": ["task=dialogue", "seed=2", "model=mini", "+data.x=3"]},
    ]
    assert swept_settings(rows) == ["data.x", "seed"]
    assert swept_text(rows[2], ["data.x", "seed"]) == "data.x=3, seed=2"


def test_rows_are_named_by_their_task_and_those_of_foreign_texts_are_texts() -> None:
    rows = [{"task": "qa", "run": "a"}, {"task": None, "run": "b"}]
    assert list(named_rows(rows)) == ["qa", "texts"]
    assert list(named_rows([*rows, {"task": None, "run": "top/c"}])) == ["qa", "b", "c"]


def mixture(tasks: str, budget: str, run: str) -> dict[str, object]:
    overrides = ["task=multitask", f"task.tasks=[{tasks}]", f"task.budget={budget}"]
    return {"task": "multitask", "run": run, "overrides": overrides}


def test_a_drawing_names_a_mixture_by_its_tasks_and_the_last_words_of_what_was_swept() -> None:
    alone = {"task": "qa", "run": "q", "overrides": ["task=qa"]}
    rows = [alone, mixture("qa,dialogue", "steps", "a"), mixture("a,b,c,d", "examples", "b")]
    wanted = {
        "qa": "qa",
        "a": "qa + dialogue (budget=steps)",
        "b": "4 tasks (budget=examples)",
    }
    assert short_names(rows) == wanted


def test_rows_that_a_short_name_would_confuse_keep_their_own() -> None:
    rows = [mixture("a,b,c,d", "steps", "one"), mixture("a,b,c,e", "steps", "two")]
    assert short_names(rows) == {"one": "one", "two": "two"}
    seeds = [{"task": "qa", "run": str(n), "overrides": ["x.seed=1", f"seed={n}"]} for n in (1, 2)]
    assert list(short_names(seeds).values()) == ["qa (seed=1)", "qa (seed=2)"]


def test_points_of_one_swept_setting_are_named_by_its_values() -> None:
    seeds = [{"task": "qa", "run": f"r{n}", "overrides": [f"x.seed={n}"]} for n in (1, 2)]
    assert point_names(seeds) == ({"r1": "1", "r2": "2"}, " Beside each point stands its x.seed.")
    both = [{**row, "overrides": [*row["overrides"], f"y={row['run']}"]} for row in seeds]
    assert point_names(both) == (short_names(both), "")


def test_the_first_score_is_the_utility() -> None:
    assert utility_of({"utility": {"note": "x", "rouge_l": 0.4, "f1": 0.2}}) == ("rouge_l", 0.4)
    assert utility_of({"utility": {}}) is None
