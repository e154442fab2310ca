"""Documents on disk, by id: compressed records in one file, their places in a small database.

Both engines write the documents here first, whatever iterable they come from: that finds repeated
ids and gives the corpus its fingerprint, before anything is indexed or sent. The embedded engine
keeps the store beside its index. Memory does not grow with the number of documents.
"""

import os
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Self

from permille.core.errors import DataError
from permille.core.records import Document
from permille.retrieve.fingerprint import Fingerprint, decode, digest_of, encode, key_of

RECORDS = "documents.bin"
PLACES = "places.sqlite"
_SCHEMA = "CREATE TABLE places (key INTEGER PRIMARY KEY, id TEXT, start INTEGER, digest INTEGER)"
_DICTIONARY_BYTES = 32768
_LENGTH_BYTES = 4
_READ_BYTES = 2048
_ROWS = 500
_RAW_DEFLATE = -15


class Written(NamedTuple):
    """What a writer has taken in."""

    num_documents: int
    fingerprint: str


class _Row(NamedTuple):
    key: int
    id: str
    start: int
    digest: int


def write_store(folder: Path, documents: Iterable[Document]) -> Written:
    """Write documents into a new store.

    Args:
        folder: Exists and is empty.
        documents: Read once.

    Raises:
        DataError: If there is no document, or an id occurs twice.
    """
    with _Writer(folder) as writer:
        for document in documents:
            writer.add(document)
    if not writer.count:
        raise DataError(
            "no documents to index: want at least one, got none; "
            "check documents=FILE, or that the task has training examples"
        )
    return Written(writer.count, writer.fingerprint.hex())


class _Writer:
    """Appends records; the first ones also become the dictionary that all are packed with."""

    def __init__(self, folder: Path) -> None:
        self.count = 0
        self.fingerprint = Fingerprint()
        self._file = (folder / RECORDS).open("xb")
        self._places = sqlite3.connect(folder / PLACES, isolation_level=None)
        for statement in ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", _SCHEMA, "BEGIN"):
            self._places.execute(statement)
        self._waiting: list[tuple[str, bytes]] = []
        self._waiting_bytes = 0
        self._packer: _Packer | None = None
        self._rows: list[_Row] = []
        self._start = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._pack_waiting()
                self._flush_rows()
                self._places.execute("COMMIT")
                self._file.flush()
                os.fsync(self._file.fileno())
        finally:
            self._file.close()
            self._places.close()

    def add(self, document: Document) -> None:
        record = encode(document)
        self.count += 1
        if self._packer:
            self._append(document.id, record, self._packer)
            return
        self._waiting.append((document.id, record))
        self._waiting_bytes += len(record)
        if self._waiting_bytes >= _DICTIONARY_BYTES:
            self._pack_waiting()

    def _pack_waiting(self) -> None:
        if self._packer:
            return
        dictionary = b"".join(record for _, record in self._waiting)[-_DICTIONARY_BYTES:]
        self._packer = _Packer(dictionary)
        self._write(dictionary)
        for document_id, record in self._waiting:
            self._append(document_id, record, self._packer)
        self._waiting.clear()

    def _append(self, document_id: str, record: bytes, packer: "_Packer") -> None:
        self.fingerprint.add(record)
        row = _Row(key_of(document_id), document_id, self._start, digest_of(record))
        self._rows.append(row)
        self._write(packer.pack(record))
        if len(self._rows) >= _ROWS:
            self._flush_rows()

    def _write(self, data: bytes) -> None:
        self._file.write(len(data).to_bytes(_LENGTH_BYTES))
        self._file.write(data)
        self._start += _LENGTH_BYTES + len(data)

    def _flush_rows(self) -> None:
        done = self._places.executemany("INSERT OR IGNORE INTO places VALUES (?,?,?,?)", self._rows)
        if done.rowcount < len(self._rows):
            self._refuse_repeated()
        self._rows.clear()

    def _refuse_repeated(self) -> None:
        for row in self._rows:
            query = "SELECT id, start FROM places WHERE key = ?"
            first, start = self._places.execute(query, (row.key,)).fetchone()
            if start != row.start:
                raise DataError(
                    f"document id {row.id!r} stands for two documents (the other: {first!r}); "
                    "ids must be unique: rename one, or drop the repeated line"
                )


class _Packer:
    def __init__(self, dictionary: bytes) -> None:
        self._blank = zlib.compressobj(6, zlib.DEFLATED, _RAW_DEFLATE, 9, zdict=dictionary)

    def pack(self, record: bytes) -> bytes:
        packer = self._blank.copy()
        return packer.compress(record) + packer.flush()


class Store:
    """A store that was written whole; may be read by many threads and processes at once."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / RECORDS).open("rb")
        self._path = folder / PLACES
        self._places = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False
        )
        self._lock = threading.Lock()
        self._dictionary = self._read(0)
        (self._count,) = self._places.execute("SELECT count(*) FROM places").fetchone()

    def __len__(self) -> int:
        return int(self._count)

    def __iter__(self) -> Iterator[Document]:
        """Yield every document in the order in which they came."""
        with Path(self._file.name).open("rb") as file:
            file.seek(_LENGTH_BYTES + len(self._dictionary))
            while size := int.from_bytes(file.read(_LENGTH_BYTES)):
                yield self._unpack(file.read(size))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files."""
        self._places.close()
        self._file.close()

    def fetch(self, document_ids: Iterable[str]) -> dict[str, Document]:
        """Return the documents with these ids.

        Raises:
            KeyError: If there is no such document.
        """
        wanted = {key_of(name): name for name in document_ids}
        starts = {key: start for key, _, start, _ in self._rows_of(list(wanted))}
        found = (
            self._unpack(self._read(starts[key])) for key in sorted(starts, key=starts.__getitem__)
        )
        documents = {document.id: document for document in found}
        for name in wanted.values():
            if name not in documents:
                raise KeyError(f"no document with id {name!r} in the index")
        return documents

    def ids_of(self, keys: Iterable[int]) -> Mapping[int, str]:
        """Return the ids that these keys stand for."""
        return {key: name for key, name, _, _ in self._rows_of(list(set(keys)))}

    def holds(self, digests: Iterable[tuple[str, int]]) -> bool:
        """Tell whether there is a document with each id and digest."""
        wanted = {key_of(name): digest for name, digest in digests}
        return wanted == {key: digest for key, _, _, digest in self._rows_of(list(wanted))}

    def contains(self, other: "Store") -> bool:
        """Tell whether every document of the other store is in this one, unchanged."""
        if len(other) > len(self):
            return False
        return self._num_shared(other, _ROWS) == min(_ROWS, len(other)) and self._num_shared(
            other, -1
        ) == len(other)

    def _num_shared(self, other: "Store", limit: int) -> int:
        """Count equal documents among the other's first (-1: all)."""
        query = (
            "SELECT count(*) FROM (SELECT key, digest FROM other.places LIMIT ?) o "
            "JOIN main.places p ON p.key = o.key AND p.digest = o.digest"
        )
        with self._lock:
            self._places.execute("ATTACH ? AS other", (str(other._path),))
            try:
                return int(self._places.execute(query, (limit,)).fetchone()[0])
            finally:
                self._places.execute("DETACH other")

    def _rows_of(self, keys: Sequence[int]) -> list[_Row]:
        rows: list[_Row] = []
        with self._lock:
            for at in range(0, len(keys), _ROWS):
                part = keys[at : at + _ROWS]
                marks = ",".join("?" * len(part))
                query = f"SELECT * FROM places WHERE key IN ({marks})"
                rows += map(_Row._make, self._places.execute(query, part))
        return rows

    def _read(self, start: int) -> bytes:
        data = os.pread(self._file.fileno(), _READ_BYTES, start)
        size = int.from_bytes(data[:_LENGTH_BYTES])
        if size + _LENGTH_BYTES > len(data):
            return os.pread(self._file.fileno(), size, start + _LENGTH_BYTES)
        return data[_LENGTH_BYTES : _LENGTH_BYTES + size]

    def _unpack(self, data: bytes) -> Document:
        unpacker = zlib.decompressobj(_RAW_DEFLATE, zdict=self._dictionary)
        return decode(unpacker.decompress(data))
