"""The JSON object of a line, or what is wrong with it and what to do."""

import orjson


def parse_object(line: bytes) -> dict[str, object]:
    r"""Return the object of a line of JSON lines, UTF-8; a byte order mark is passed over.

    Raises:
        ValueError: If it is none; the message says what was wanted, what came, and what to do.

    >>> parse_object(b'{"id": "1"}\n')
    {'id': '1'}
    """
    encoding = _other_encoding(line)
    if encoding is not None:
        raise ValueError(f"want UTF-8, got {encoding}; {_save_as_utf8(encoding)}")
    try:
        text = line.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        got = f"byte 0x{line[error.start]:02x} at position {error.start}"
        raise ValueError(f"want UTF-8, got {got}; {_save_as_utf8('latin1')}") from error
    try:
        values = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if error.msg == "unexpected end of data":
            raise ValueError(
                f"want a whole JSON object on one line, got one that ends at column {error.colno};"
                " the file was cut off, or a line break stands in it, which JSON writes as \\n"
            ) from error
        if "surrogate" in error.msg:
            raise ValueError(
                f"want Unicode text, got a lone surrogate at column {error.colno}, half of a"
                " pair such as \\ud83d\\ude00; replace it, by \\ufffd for example"
            ) from error
        raise ValueError(
            f"want a JSON object on one line, got {error.msg} at column {error.colno}"
        ) from error
    if not isinstance(values, dict):
        raise ValueError(f"want a JSON object, got {type(values).__name__}")
    return values


def _other_encoding(line: bytes) -> str | None:
    """Return the name of UTF-16 where a line is written in it, as its mark or zero bytes tell."""
    if line[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if line.count(0) > len(line) // 4:
        return "utf-16be" if line[:1] == b"\0" else "utf-16le"
    return None


def _save_as_utf8(encoding: str) -> str:
    """Say how a file is brought into UTF-8."""
    name = {"latin1": "Latin-1"}.get(encoding, encoding.upper())
    return f"save the file as UTF-8, as iconv -f {encoding} -t utf-8 does with {name}"
