"""Files of generations and documents."""

import gzip
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.audit.files import (
    document_values,
    generation_values,
    read_documents,
    read_generations,
    write_documents,
    write_generations,
)
from permille.core.errors import DataError
from permille.core.records import Arm, Document, Generation, Part, Split

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)
optional_texts = st.none() | texts
generations = st.builds(
    Generation,
    id=st.just("replaced"),
    text=texts,
    task=optional_texts,
    example_id=st.none() | texts.filter(bool),
    split=st.sampled_from(Split),
    model=st.sampled_from(Arm),
    prompt=optional_texts,
    whole_input=st.booleans(),
    num_tokens=st.none() | st.integers(0, 2**40),
    is_cut=st.booleans(),
)
documents = st.builds(
    Document,
    id=st.just("replaced"),
    text=texts,
    example_id=st.none() | texts.filter(bool),
    part=st.none() | st.sampled_from(Part),
    split=st.sampled_from(Split),
    task=optional_texts,
)


@given(records=st.lists(generations, min_size=1, max_size=5))
def test_generations_come_back_as_they_were_written(tmp_path_factory, records):
    path = tmp_path_factory.mktemp("files") / "generations.jsonl"
    written = [replace(g, id=f"g{i}") for i, g in enumerate(records)]
    assert write_generations(path, written) == len(written)
    assert list(read_generations(path)) == written


@given(records=st.lists(documents, min_size=1, max_size=5))
def test_documents_come_back_as_they_were_written_in_gzip(tmp_path_factory, records):
    path = tmp_path_factory.mktemp("files") / "documents.jsonl.gz"
    written = [replace(d, id=f"d{i}") for i, d in enumerate(records)]
    assert write_documents(path, written) == len(written)
    assert list(read_documents(path)) == written


def test_a_generation_has_the_fields_of_the_contract():
    values = generation_values(Generation("g", "text", split=Split.HELDOUT, model=Arm.BASE))
    assert values == {
        "id": "g",
        "task": None,
        "example_id": None,
        "split": "heldout",
        "model": "base",
        "prompt": None,
        "text": "text",
        "whole_input": False,
        "num_tokens": None,
        "is_cut": False,
    }


def test_a_document_has_the_fields_of_the_contract():
    values = document_values(Document("d", "text", "e", Part.SUFFIX, Split.TRAIN, "qa"))
    assert values == {
        "id": "d",
        "example_id": "e",
        "part": "suffix",
        "split": "train",
        "task": "qa",
        "text": "text",
    }


def test_only_id_and_text_are_required(tmp_path):
    path = tmp_path / "texts.jsonl"
    path.write_bytes(b'{"id": 7, "text": "one"}\n{"id": "8", "text": ""}\n')
    assert list(read_generations(path)) == [Generation("7", "one"), Generation("8", "")]
    assert list(read_documents(path)) == [Document("7", "one"), Document("8", "")]


def test_null_is_as_good_as_no_field(tmp_path):
    path = tmp_path / "texts.jsonl"
    path.write_bytes(
        b'{"id": "g", "text": "x", "split": null, "model": null, "prompt": null, '
        b'"whole_input": null, "num_tokens": null, "example_id": null, "part": null}'
    )
    assert list(read_generations(path)) == [Generation("g", "x")]
    assert list(read_documents(path)) == [Document("g", "x")]


def test_a_file_can_be_read_again(tmp_path):
    path = tmp_path / "texts.jsonl"
    path.write_bytes(b'{"id": "1", "text": "one"}\n')
    stream = read_generations(path)
    assert list(stream) == list(stream)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param({"id": "a"}, 'a text in "text", got no such field', id="missing text"),
        pytest.param({"id": "a", "text": 3}, 'a text in "text", got int', id="text is a number"),
        pytest.param({"id": "a", "text": None}, 'in "text", got NoneType', id="text is null"),
        pytest.param({"text": "x"}, 'in "id", got no such field', id="missing id"),
        pytest.param({"id": "", "text": "x"}, 'not empty in "id"', id="empty id"),
        pytest.param({"id": True, "text": "x"}, 'in "id", got bool', id="id is a flag"),
        pytest.param(
            {"id": "a", "text": "x", "split": "test"},
            "want one of train, heldout in \"split\", got 'test'",
            id="wrong split",
        ),
        pytest.param(
            {"id": "a", "text": "x", "model": "gpt"}, "want one of tuned, base", id="wrong model"
        ),
        pytest.param(
            {"id": "a", "text": "x", "prompt": 5}, 'in "prompt", got int', id="prompt is a number"
        ),
        pytest.param(
            {"id": "a", "text": "x", "whole_input": "yes"},
            "want true or false in \"whole_input\", got 'yes'",
            id="flag is a text",
        ),
        pytest.param(
            {"id": "a", "text": "x", "num_tokens": -1},
            'want a whole number of at least 0 in "num_tokens", got -1',
            id="negative count",
        ),
    ],
)
def test_a_wrong_field_is_named_with_file_and_line(tmp_path, values, said):
    path = tmp_path / "wrong.jsonl"
    path.write_bytes(b'{"id": "first", "text": "fine"}\n' + orjson.dumps(values) + b"\n")
    with pytest.raises(DataError, match=r"wrong\.jsonl, line 2: ") as caught:
        list(read_generations(path))
    assert said in str(caught.value)


def test_a_wrong_part_of_a_document_is_named(tmp_path):
    path = tmp_path / "wrong.jsonl"
    path.write_bytes(b'{"id": "d", "text": "fine", "part": "prefix"}')
    with pytest.raises(DataError, match=r"line 1: want one of target, input, suffix in \"part\""):
        list(read_documents(path))


def test_gzip_is_known_by_its_bytes_and_not_by_the_name(tmp_path: Path):
    path = tmp_path / "documents.jsonl"
    path.write_bytes(gzip.compress(b'{"id": "d", "text": "fine"}'))
    assert list(read_documents(path)) == [Document("d", "fine")]
