"""What names a document, and a set of documents, whatever the engine."""

from hashlib import blake2b

import orjson

from permille.core.records import Document, Part, Split
from permille.retrieve.analysis import ANALYZER

_FIELDS = "id text example_id part split task"
_MODULUS = 1 << 128
_DIGEST_BITS = 47


def key_of(document_id: str) -> int:
    """Return the number that stands for a document's id in every corpus, 0 to 2**63 - 1."""
    return int.from_bytes(blake2b(document_id.encode(), digest_size=8).digest()) >> 1


def encode(document: Document) -> bytes:
    """Return a document as one JSON array."""
    values = (document.id, document.text, document.example_id)
    return orjson.dumps((*values, document.part, document.split, document.task))


def decode(record: bytes) -> Document:
    """Return the document that `encode` wrote."""
    name, text, example_id, part, split, task = orjson.loads(record)
    return Document(name, text, example_id, Part(part) if part else None, Split(split), task)


class Fingerprint:
    """Of a set of documents: ids, texts, other fields and the analyzer, in any order.

    A sum of hashes, so that it is known at every moment while documents come in.
    """

    def __init__(self) -> None:
        self._sum = 0
        self._count = 0

    def add(self, record: bytes) -> int:
        """Add one encoded document; return a number of 47 bits for it alone."""
        digest = int.from_bytes(blake2b(record, digest_size=16).digest())
        self._sum = (self._sum + digest) % _MODULUS
        self._count += 1
        return digest & ((1 << _DIGEST_BITS) - 1)

    def hex(self) -> str:
        """Return 32 hexadecimal digits."""
        parts = f"{ANALYZER} {_FIELDS} {self._count} {self._sum}"
        return blake2b(parts.encode(), digest_size=16).hexdigest()
