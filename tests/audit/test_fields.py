"""Fields that nobody reads, and a split on some lines only, are told once a file."""

import json

import pytest

from permille.audit.files import read_documents, read_generations

LINES = [
    {"id": "a", "text": "x", "exampleId": 1},
    {"id": "b", "text": "y", "note": None, "split": "heldout"},
    {"id": "c", "text": "z", "exampleId": 2, "note": 7},
]


def warnings_of(file, caplog, times=1):
    caplog.clear()
    for _ in range(times):
        list(file)
    return [record.message for record in caplog.records]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "texts.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    return path


@pytest.mark.parametrize("read", [read_generations, read_documents])
def test_fields_that_are_not_read_are_named_with_line_number_and_what_may_be_meant(
    path, caplog, read
):
    unknown, split = warnings_of(read(path), caplog, times=3)
    assert unknown == (
        f'{path}: fields that are not read: "exampleId" (line 1 first, 2 of 3 lines; did you mean '
        '"example_id"?), "note" (line 2 first, 2 of 3 lines)'
    )
    assert split == f'{path}: "split" stands on 1 of 3 lines; the other 2 count as train'


def test_a_file_that_was_not_read_to_its_end_is_told_of_when_it_is(path, caplog):
    file = read_generations(path)
    next(iter(file))
    assert not caplog.records
    assert "2 of 3 lines" in warnings_of(file, caplog)[0]


@pytest.mark.parametrize(
    "lines",
    [
        [{"id": "a", "text": "x"}, {"id": "b", "text": "y", "split": None}],
        [{"id": "a", "text": "x", "split": "train"}, {"id": "b", "text": "y", "split": "heldout"}],
        [{"id": "a", "text": "x", "example_id": 1, "task": "qa"}],
    ],
)
def test_nothing_is_said_of_a_file_as_it_should_be(tmp_path, caplog, lines):
    path = tmp_path / "texts.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert warnings_of(read_documents(path), caplog) == []
