"""From rows to examples."""

from collections.abc import Callable

import pytest

from permille.core.errors import DataError
from permille.core.records import Example
from permille.data.columns import RowReader
from permille.data.config import ColumnsConfig, TaskConfig

ReadTask = Callable[[str], TaskConfig]


def reader(task: TaskConfig, **columns: str) -> RowReader:
    return RowReader(task, ColumnsConfig(**columns), "task.columns")


def test_a_row_with_the_usual_columns_becomes_an_example() -> None:
    row = {"id": "a7", "input": "What?", "target": "That.", "other": 3}
    got = reader(TaskConfig()).read(row, 0, "f:1")
    assert got == Example("a7", "dialogue", "What?", "That.")


def test_a_row_without_an_id_is_named_by_its_task_and_number() -> None:
    row = {"input": "What?", "target": "That."}
    assert reader(TaskConfig()).read(row, 41, "f:42").id == "dialogue-000041"


def test_ids_are_passed_over_where_no_column_is_named() -> None:
    row = {"id": "a7", "input": "What?", "target": "That."}
    assert reader(TaskConfig(), id="").read(row, 3, "f:4").id == "dialogue-000003"


def test_a_number_is_an_id() -> None:
    row = {"id": 12, "input": "What?", "target": "That."}
    assert reader(TaskConfig()).read(row, 0, "f:1").id == "12"


def test_an_input_is_composed_of_several_columns() -> None:
    row = {"q": "Who?", "more": {"text": "She did."}, "target": "She"}
    got = reader(TaskConfig(), input="question: {q} context: {more.text}").read(row, 0, "f:1")
    assert got.input == "question: Who? context: She did."


def test_braces_in_a_column_are_left_as_they_are() -> None:
    row = {"q": "{more}?", "target": "x"}
    assert (
        reader(TaskConfig(), input="question: {q}").read(row, 0, "f").input == "question: {more}?"
    )


def test_of_several_answers_the_first_is_the_target_and_each_counts(read_task: ReadTask) -> None:
    row = {"input": "q", "answers": {"text": ["in 1066", "1066", "in 1066"]}}
    got = reader(read_task("qa"), target="answers.text", references="answers.text").read(row, 0, "")
    assert got.target == "in 1066"
    assert got.references == ("in 1066", "1066")


def test_a_question_without_an_answer_has_the_word_for_it(read_task: ReadTask) -> None:
    row = {"input": "q", "answers": {"text": []}}
    got = reader(read_task("qa"), target="answers.text", references="answers.text").read(row, 0, "")
    assert (got.target, got.references) == ("unanswerable", ())


@pytest.mark.parametrize(("label", "word"), [(0, "negative"), (1, "positive")])
def test_a_label_becomes_its_word(label: int, word: str, read_task: ReadTask) -> None:
    row = {"text": "A film.", "label": label}
    got = reader(read_task("sentiment"), input="text", target="label").read(row, 0, "f:1")
    assert got.target == word


def test_a_word_is_its_own_label(read_task: ReadTask) -> None:
    row = {"input": "A film.", "target": "positive"}
    assert reader(read_task("sentiment")).read(row, 0, "f:1").target == "positive"


@pytest.mark.parametrize(
    ("columns", "row", "message"),
    [
        (
            {},
            {"input": "a", "output": "b"},
            "f:9: want the column 'target', got input, output; name your column by"
            " task.columns.target",
        ),
        (
            {"target": "answers.text"},
            {"input": "a", "answers": {"words": 1}},
            r"f:9: want the column 'answers.text', got words; name .* task.columns.target",
        ),
        (
            {"target": "answers.text"},
            {"input": "a", "answers": "b"},
            "f:9: want the column 'answers.text', got no columns",
        ),
        ({}, {"input": " ", "target": "b"}, "f:9: want a text in 'input', got an empty one"),
        ({}, {"input": "a", "target": None}, "f:9: want a text for .*target, got NoneType None"),
        ({}, {"input": 7, "target": "b"}, "f:9: want a text for .*input, got int 7"),
        ({}, {"input": "a", "target": []}, "f:9: want at least one text for .*got an empty list"),
        (
            {"references": "more"},
            {"input": "a", "target": "b", "more": "c"},
            "f:9: want a list of texts for task.columns.references, got 'c'",
        ),
    ],
    ids=[
        "no column",
        "no inner column",
        "no mapping",
        "white space",
        "null",
        "number",
        "empty list",
        "no list",
    ],
)
def test_a_row_that_is_not_what_it_should_be_is_named(
    columns: dict[str, str], row: dict[str, object], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        reader(TaskConfig(), **columns).read(row, 8, "f:9")


@pytest.mark.parametrize("label", [-1, 2])
def test_a_label_without_a_word_is_refused(label: int, read_task: ReadTask) -> None:
    row = {"input": "A film.", "target": label}
    with pytest.raises(DataError, match=f"want a label from 0 to 1, got {label}; .*task.labels"):
        reader(read_task("sentiment")).read(row, 0, "f:1")


def test_the_required_columns_are_the_outermost_ones(read_task: ReadTask) -> None:
    found = RowReader(read_task("qa"), read_task("qa").hub.columns, "task.hub.columns").required()
    assert found == {"question": "input", "context": "input", "answers": "target"}
