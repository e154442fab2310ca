"""Overrides are read one by one, and what is wrong with them is said in our own words."""

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given
from hypothesis import strategies as st

from permille.config.compose import composing
from permille.config.overrides import as_value, explain, quoted, read_overrides
from permille.config.saved import value_of
from permille.config.schema import TrainSettings


def read(*overrides: str, is_multirun: bool = False) -> tuple[list[list[str]], list[str]]:
    with composing() as loader:
        found = read_overrides(overrides, loader, is_multirun=is_multirun)
    return found.cells, found.faults


def test_overrides_of_one_run_make_one_cell() -> None:
    assert read("task=qa", "seed=1") == ([["task=qa", "seed=1"]], [])


def test_no_overrides_make_one_cell() -> None:
    assert read() == ([[]], [])


def test_a_sweep_makes_a_cell_of_each_combination() -> None:
    cells, faults = read("task=qa,dialogue", "seed=range(2)", is_multirun=True)
    assert faults == []
    assert cells == [
        ["task=qa", "seed=0"],
        ["task=qa", "seed=1"],
        ["task=dialogue", "seed=0"],
        ["task=dialogue", "seed=1"],
    ]


def test_a_glob_of_tasks_makes_six_cells() -> None:
    cells, _ = read("task=glob(*)", is_multirun=True)
    assert sorted(cell[0] for cell in cells) == [
        "task=dialogue",
        "task=multitask",
        "task=qa",
        "task=sentiment",
        "task=summarization",
        "task=translation",
    ]


def test_a_sweep_of_one_run_says_what_to_write_instead() -> None:
    _, faults = read("model.name=a,b")
    assert faults == [
        "model.name=a,b: want one value, got several; add -m to run each, write"
        " 'model.name=[a,b]' for a list, or 'model.name=\"a,b\"' for one text with a comma"
    ]


@pytest.mark.parametrize(
    ("override", "signs", "instead"),
    [
        pytest.param("data.dir=/a/b=c", "=", "'data.dir=\"/a/b=c\"'", id="an equals sign"),
        pytest.param("run=/a b(1)", "blanks ( )", "'run=\"/a b(1)\"'", id="parentheses"),
        pytest.param(
            "overrides=[seed=1,task=qa]",
            "[ = , ]",
            '\'overrides=["seed=1","task=qa"]\'',
            id="a list of overrides",
        ),
    ],
)
def test_a_value_that_hydra_cannot_read_is_shown_quoted(
    override: str, signs: str, instead: str
) -> None:
    _, faults = read(override)
    assert faults == [f"{override}: a value with {signs} has to be quoted twice: {instead}"]


def test_an_override_without_a_value_is_no_override() -> None:
    assert read("dialogue")[1] == ["dialogue: want GROUP=OPTION or SETTING=VALUE, got no ="]


def test_faults_do_not_hide_each_other() -> None:
    cells, faults = read("foo", "seed=1", "data.dir=a=b")
    assert cells == [["seed=1", 'data.dir="a=b"']]
    assert [fault.split(":")[0] for fault in faults] == ["foo", "data.dir=a=b"]


PATHS = st.text(st.sampled_from("abc/ =,(){}.-_"), min_size=1).filter(lambda s: s.strip() == s)


@given(PATHS)
def test_what_is_shown_quoted_is_read_as_the_value_that_was_meant(path: str) -> None:
    shown = quoted(f"data.dir={path}")
    assert shown[0] == shown[-1] == "'"
    override = OverridesParser.create().parse_override(shown[1:-1])
    assert override.value() == path


@pytest.mark.parametrize(
    ("override", "message"),
    [
        pytest.param(
            "judge=lexicl",
            "judge=lexicl: want judge=one of cross_encoder, lexical, none, got lexicl;"
            " did you mean judge=lexical?",
            id="no option",
        ),
        pytest.param(
            "audit.weights=bst",
            "audit.weights=bst: want one of last, best, got bst (why)",
            id="no member",
        ),
        pytest.param("seed=x", "seed=x: want a whole number, got x (why)", id="wrong type"),
        pytest.param("sed=1", "sed: no such setting; did you mean seed?", id="mistyped"),
        pytest.param("hydra.zzz=1", "hydra.zzz=1: why", id="of Hydra itself"),
    ],
)
def test_a_wrong_override_is_explained(override: str, message: str) -> None:
    with composing() as loader:
        assert explain(override, TrainSettings, loader, ValueError("why\nmore")) == message


SIGNS = st.text(st.sampled_from("ab\"'\\${}=,( \n\t#@:1"), max_size=8)


@given(SIGNS | st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_any_text_comes_through_hydra_as_it_was(text: str) -> None:
    assert value_of([f"model.name={as_value(text)}"], "model.name") == text
