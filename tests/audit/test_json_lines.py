"""JSON lines and their errors."""

import gzip

import pytest

from permille.audit.json_lines import (
    LineReader,
    fault,
    read_lines,
    read_unique,
    write_aside,
    write_lines,
)
from permille.core.errors import DataError


def values_of(path):
    return [line.values for line in read_lines(path)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "line 1: the file is empty", id="empty"),
        pytest.param(b"\n \n", "line 1: the file is empty", id="only white space"),
        pytest.param(
            b'{"a": 1}\n{"a": \n', "line 2: want a whole JSON object on one", id="cut off"
        ),
        pytest.param(b'{"a": 1}\n[1]\n', "line 2: want a JSON object, got list", id="a list"),
        pytest.param(
            b'{"a": "\xff"}\n', "line 1: want UTF-8, got byte 0xff at .* 7.*iconv", id="not UTF-8"
        ),
        pytest.param(
            b'{"a": "\\ud800"}\n', "line 1: want Unicode text, got", id="half a surrogate pair"
        ),
        pytest.param(
            gzip.compress(b'{"a": 1}\n' * 999)[:-20],
            r"line \d+: the gzip stream is broken",
            id="cut-off gzip",
        ),
        pytest.param(b"\x1f\x8b\x08nothing", r"line 1: the gzip stream", id="broken gzip"),
    ],
)
def test_a_broken_file_is_named_with_its_line(tmp_path, content, said):
    path = tmp_path / "broken.jsonl"
    path.write_bytes(content)
    with pytest.raises(DataError, match=rf"broken\.jsonl, {said}"):
        values_of(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none\.jsonl: cannot be read \(No such file"):
        values_of(tmp_path / "none.jsonl")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(DataError, match=r"cannot be read \(Is a directory"):
        values_of(tmp_path)


def test_a_byte_order_mark_and_blank_lines_are_passed_over(tmp_path):
    path = tmp_path / "marked.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\r\n\r\n{"a": 2}\r\n')
    assert values_of(path) == [{"a": 1}, {"a": 2}]


def test_line_numbers_count_blank_lines(tmp_path):
    path = tmp_path / "blank.jsonl"
    path.write_bytes(b'{"a": 1}\n\n\n{"a": 2}\n')
    assert [line.number for line in read_lines(path)] == [1, 4]


def test_a_repeated_id_is_named_with_its_line(tmp_path):
    path = tmp_path / "twice.jsonl"
    path.write_bytes(b'{"id": "a"}\n{"id": "b"}\n{"id": "a"}\n')
    with pytest.raises(DataError, match=r"twice\.jsonl, line 3: the id 'a' stood in an earlier"):
        list(read_unique(read_lines(path), LineReader.identifier))


def test_a_number_and_the_same_number_as_text_are_one_id(tmp_path):
    path = tmp_path / "twice.jsonl"
    path.write_bytes(b'{"id": 1}\n{"id": "1"}\n')
    with pytest.raises(DataError, match="line 2: the id '1'"):
        list(read_unique(read_lines(path), LineReader.identifier))


def test_a_fault_names_file_and_line(tmp_path):
    assert str(fault(tmp_path / "x.jsonl", 7, "is wrong")).endswith("x.jsonl, line 7: is wrong")


def test_what_is_written_can_be_read(tmp_path):
    path = tmp_path / "folder" / "lines.jsonl.gz"
    assert write_lines(path, [{"a": 1}, {"a": "ü"}]) == 2
    assert values_of(path) == [{"a": 1}, {"a": "ü"}]


def test_two_gzips_of_the_same_lines_are_the_same_bytes(tmp_path):
    for name in ("a.jsonl.gz", "b.jsonl.gz"):
        write_lines(tmp_path / name, [{"a": 1}])
    assert (tmp_path / "a.jsonl.gz").read_bytes() == (tmp_path / "b.jsonl.gz").read_bytes()


def test_an_interrupted_write_leaves_what_was_there(tmp_path):
    path = tmp_path / "kept.jsonl"
    path.write_text("before")

    def lines():
        yield {"a": 1}
        raise KeyboardInterrupt("stopped")

    with pytest.raises(KeyboardInterrupt, match="stopped"):
        write_lines(path, lines())
    assert path.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["kept.jsonl"]


def test_a_file_appears_only_when_it_is_whole(tmp_path):
    path = tmp_path / "late.jsonl"
    with write_aside(path) as file:
        file.write(b"{}\n")
        assert not path.exists()
    assert path.read_bytes() == b"{}\n"
