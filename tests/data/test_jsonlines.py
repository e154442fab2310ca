"""JSON lines, and what can be wrong with them."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.core.errors import DataError
from permille.data.jsonlines import read_rows

ROWS = [{"id": "1", "input": "Füße"}, {"id": "2", "input": "\u2028 x"}]


def written(path: Path, text: str | bytes) -> Path:
    data = text.encode() if isinstance(text, str) else text
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
def test_rows_come_with_the_numbers_of_their_lines(name: str, tmp_path: Path) -> None:
    text = "\n\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS)
    assert list(read_rows(written(tmp_path / name, text))) == [(1, ROWS[0]), (3, ROWS[1])]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.jsonl", b'\xef\xbb\xbf{"a": 1}\r\n{"a": 2}\r\n')
    assert [row for _, row in read_rows(path)] == [{"a": 1}, {"a": 2}]


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=9)), min_size=1, max_size=9))
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    written(path, "\n".join(json.dumps(row) for row in rows))
    assert [row for _, row in read_rows(path)] == rows


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            b'{"a": 1}\n{"a": \n',
            r"rows.jsonl:2: want a whole JSON object on one line, got one that ends",
        ),
        (b'{"a": 1}\n\n[1, 2]\n', r"rows.jsonl:3: want a JSON object, got list"),
        (
            b'{"a": 1}\n{"a": "\xe4"}\n',
            r"rows.jsonl:2: want UTF-8, got byte 0xe4 at position 7.*iconv",
        ),
        (b"", r"rows.jsonl: want at least one row, got an empty file"),
        (b" \n\n", r"rows.jsonl: want at least one row, got an empty file"),
    ],
    ids=["broken", "no object", "no UTF-8", "empty", "blank"],
)
def test_a_fault_is_named_with_file_and_line(text: bytes, message: str, tmp_path: Path) -> None:
    path = written(tmp_path / "rows.jsonl", text)
    with pytest.raises(DataError, match=message):
        list(read_rows(path))


def test_a_file_that_is_not_gzipped_as_its_name_says_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(b'{"a": 1}\n')
    with pytest.raises(
        DataError, match=r"rows.jsonl.gz: cannot be read .* want gzip.* take .gz off"
    ):
        list(read_rows(path))


def test_a_gzipped_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    text = "".join(json.dumps({"a": i * 7919 % 10007}) + "\n" for i in range(5000))
    path.write_bytes(gzip.compress(text.encode())[:-100])
    with pytest.raises(DataError, match=r"rows.jsonl.gz: cannot be read after line \d+: .*ended"):
        list(read_rows(path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none.jsonl: cannot be read after line 0: .*No such file"):
        list(read_rows(tmp_path / "none.jsonl"))


def test_lines_that_are_not_asked_for_are_not_looked_at(tmp_path: Path) -> None:
    rows = read_rows(written(tmp_path / "rows.jsonl", b'{"a": 1}\nbroken\n'))
    assert next(rows) == (1, {"a": 1})
