"""What names a document, and a set of documents, whatever the engine."""

from hashlib import blake2b

import orjson

from permille.core.errors import DataError
from permille.core.records import Document, Part, Split
from permille.retrieve.analysis import ANALYZER

_FIELDS = "id text example_id part split task"
_MODULUS = 1 << 128
_DIGEST_BITS = 47


def key_of(document_id: str) -> int:
    """Return the number that stands for a document's id in every corpus, 0 to 2**63 - 1."""
    return int.from_bytes(blake2b(document_id.encode(), digest_size=8).digest()) >> 1


def encode(document: Document) -> bytes:
    """Return a document as one JSON array.

    Raises:
        DataError: If a text has half a surrogate pair, which is no Unicode text.
    """
    values = (document.id, document.text, document.example_id)
    try:
        return orjson.dumps((*values, document.part, document.split, document.task))
    except orjson.JSONEncodeError as error:
        raise DataError(
            f"document id {document.id!r}: want Unicode text, got half a surrogate pair "
            "(\\ud800 to \\udfff); mend the text"
        ) from error


def decode(record: bytes) -> Document:
    """Return the document that `encode` wrote."""
    name, text, example_id, part, split, task = orjson.loads(record)
    return Document(name, text, example_id, Part(part) if part else None, Split(split), task)


def digest_of(record: bytes) -> int:
    """Return a number for one encoded document, 0 to 2**47 - 1."""
    return _hash(record) & ((1 << _DIGEST_BITS) - 1)


def _hash(record: bytes) -> int:
    return int.from_bytes(blake2b(record, digest_size=16).digest())


class Fingerprint:
    """Of a set of documents: ids, texts, other fields and the analyzer, in any order.

    A sum of hashes, so that it is known at every moment while documents come in.
    """

    def __init__(self) -> None:
        self._sum = 0
        self._count = 0

    def add(self, record: bytes) -> None:
        """Add one encoded document."""
        self._sum = (self._sum + _hash(record)) % _MODULUS
        self._count += 1

    def hex(self) -> str:
        """Return 32 hexadecimal digits."""
        parts = f"{ANALYZER} {_FIELDS} {self._count} {self._sum}"
        return blake2b(parts.encode(), digest_size=16).hexdigest()
