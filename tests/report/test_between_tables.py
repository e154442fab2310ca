"""What runs say together, as tables for Markdown and CSV."""

from permille.measure.counterfactual import ExampleMemory, counterfactual_mean
from permille.report.between_tables import Table, between_tables

from .made_run import ratios

SPREAD = {"permille": 65.0, "sd": 49.5, "range": [30.0, 100.0], "half_width": 48.4, "n": 2}
NONE = {"permille": None, "reason": "1 of 2 runs have this ratio"}
SEEDS = [
    {
        **{"overrides": ["task=qa"], "runs": 2, "any": SPREAD},
        **{"verbatim": SPREAD, "paraphrase": NONE, "idea": NONE},
    }
]
EXAMPLES = [ExampleMemory("a", 2, 2, 1, 0), ExampleMemory("b", 2, 0, 1, 0)]
FOUND = [{"overrides": [], "models": 3, **counterfactual_mean(EXAMPLES)}]


def tables(**comparison: object) -> dict[str, Table]:
    return {table.name: table for table in between_tables(comparison)}


def test_the_spread_between_seeds_has_a_row_a_kind() -> None:
    table = tables(seeds=SEEDS)["seeds"]
    lines = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert [line["kind"] for line in lines] == ["any", "verbatim", "paraphrase", "idea"]
    assert lines[0] == {
        **{"settings": "task=qa", "kind": "any", "runs": 2, "mean_permille": 65.0, "sd": 49.5},
        **{"lowest": 30.0, "highest": 100.0, "half_width": 48.4, "reason": None},
    }
    assert lines[2]["mean_permille"] is None
    assert lines[2]["reason"] == "1 of 2 runs have this ratio"


def test_what_examples_owe_to_training_has_a_mean_and_a_row_an_example() -> None:
    found = tables(counterfactual=FOUND)
    (mean,) = found["counterfactual"].rows
    assert mean == ("the defaults", 3, 2, 500.0, *FOUND[0]["ci95"], None)
    assert found["counterfactual_examples"].rows == [
        ("the defaults", "a", 2, 2, 0, 1, 1.0),
        ("the defaults", "b", 0, 2, 0, 1, 0.0),
    ]


def test_a_group_without_an_example_says_why() -> None:
    group = {"overrides": [], "models": 2, **counterfactual_mean([])}
    (mean,) = tables(counterfactual=[group])["counterfactual"].rows
    assert mean[2:] == (0, None, None, None, "no example was in and out")


def test_the_matrix_of_a_mixture_has_a_row_a_pair_of_tasks() -> None:
    ratio = ratios(1, 9)["any"]
    matrix = {"qa": {"qa": ratio, "dialogue": ratio}, "dialogue": {"qa": ratio}}
    rows = [{"run": "x/mix", "task": "multitask", "overrides": [], "task_matrix": matrix}]
    table = tables(rows=rows)["task_matrix"]
    assert len(table.rows) == 3
    assert table.rows[1] == ("multitask", "qa", "dialogue", 1, 9, 111.1, *ratio["ci95"])


def test_what_there_is_not_has_no_table() -> None:
    rows = [{"run": "x", "task": "qa", "overrides": [], "task_matrix": {}}]
    assert tables(seeds=[], counterfactual=[], rows=rows) == {}


def test_tables_are_written_as_markdown_and_as_csv() -> None:
    table = Table("t", "A title.", ("name", "value"), [("a|b", 1.5), ("c", None)])
    assert table.markdown() == [
        *("A title.", "", "| name | value |", "| --- | --- |", "| a\\|b | 1.5 |", "| c |  |")
    ]
    assert table.csv() == "name,value\r\na|b,1.5\r\nc,\r\n"


def test_a_long_table_is_cut_in_markdown_and_says_where_the_rest_is() -> None:
    table = Table("t", "A title.", ("name",), [(str(place),) for place in range(25)])
    lines = table.markdown()
    assert len(lines) == 2 + 2 + 20 + 2
    assert lines[-1] == "5 more rows stand in comparison_t.csv."


def drawn(*counts: int) -> dict[str, object]:
    return {
        split: {f"n={n},p=0.5": ratios(count, 100)["any"] for n, count in enumerate(counts, 1)}
        for split in ("train", "heldout")
    }


def test_what_drawing_would_find_has_a_row_a_scheme_and_split_once_for_runs_of_one_model() -> None:
    shared = {"top_k=40": drawn(3, 5)}
    undefined = {"num_beams=4": {"missing": "undefined for beam search"}}
    rows = [
        {"run": f"x/{name}", "task": "qa", "overrides": [], "sampled": shared | own}
        for name, own in (("a", {"greedy": drawn(7, 7)}), ("b", undefined))
    ]
    table = tables(rows=rows)["sampled"]
    assert table.columns == ("run", "scheme", "targets", "n=1,p=0.5", "n=2,p=0.5")
    assert [row[:3] for row in table.rows] == [
        ("all 2", "top_k=40", "train"),
        ("all 2", "top_k=40", "heldout"),
        ("a", "greedy", "train"),
        ("a", "greedy", "heldout"),
        ("b", "num_beams=4", "undefined for beam search"),
    ]
    assert table.rows[0][3] == "30.0 ‰ [10.3, 84.5]"
    assert table.rows[-1][3:] == (None, None)


def test_runs_whose_figures_differ_have_rows_of_their_own() -> None:
    rows = [
        {"run": f"x/{n}", "task": "qa", "overrides": [], "sampled": {"greedy": drawn(n)}}
        for n in (3, 4)
    ]
    assert [row[0] for row in tables(rows=rows)["sampled"].rows] == ["3", "3", "4", "4"]
