"""A line's JSON object, and what is said of a line that holds none."""

import pytest

from permille.core.json_object import parse_object

LINE = '{"id": "1", "text": "Grüße"}\n'


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
def test_an_object_is_read_with_and_without_a_byte_order_mark(start: bytes) -> None:
    assert parse_object(start + LINE.encode()) == {"id": "1", "text": "Grüße"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param(LINE.encode("utf-16"), r"got utf-16; .* iconv -f utf-16 -t", id="utf-16"),
        pytest.param(
            LINE.encode("utf-16-le"), r"got utf-16le; .* iconv -f utf-16le -t", id="utf-16le"
        ),
        pytest.param(
            LINE.encode("utf-16-be"), r"got utf-16be; .* iconv -f utf-16be -t", id="utf-16be"
        ),
        pytest.param(
            LINE.encode("latin1"),
            r"want UTF-8, got byte 0xfc at position 23; .* iconv -f latin1 -t",
            id="latin1",
        ),
        pytest.param(
            b'{"id": "1", "text": "Gr\n',
            r"want a whole JSON object on one line, got one that ends at column 24; .* cut off",
            id="cut within a text",
        ),
        pytest.param(
            b'{"id": "1"}}\n', "got unexpected content after document at column 12", id="more"
        ),
        pytest.param(b'{"a": "\t"}\n', "got unexpected control character", id="a tab in a text"),
        *(
            pytest.param(
                b'{"id": "1", "text": "a ' + text + b'"}\n',
                r"got a lone surrogate at column 24, .*; replace it, by \\ufffd",
                id=f"a lone surrogate: {text.decode()}",
            )
            for text in (rb"\ud800 b", rb"\ud800", rb"\udc00 b", rb"\ud800\u0041")
        ),
        pytest.param(b"[1]\n", "want a JSON object, got list", id="a list"),
    ],
)
def test_a_line_without_an_object_says_why_and_what_to_do(line: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_object(line)
