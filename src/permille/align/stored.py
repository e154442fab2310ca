"""Prepared texts on disk, so that a corpus is prepared once and not by every process that aligns.

Every text is a record of arrays of whole numbers, each in as few bytes as its largest number needs;
what follows from them by counting is left out. A record is found by the hash of its text.

    FOLDER/<fingerprint of the preparation>/records.bin, keys.npy, ends.npy
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from permille.align.prepare import Bags, PreparedText, Sentences
from permille.align.wording import Wording
from permille.align.words import identity

Array = NDArray[np.generic]
Record = tuple[int, bytes]
"""The hash of a text, and the text prepared."""

RECORDS, KEYS, ENDS = "records.bin", "keys.npy", "ends.npy"
_DTYPES = tuple(np.dtype(name) for name in ("u1", "u2", "u4", "i8"))


class StoredTexts:
    """The prepared texts of a folder; may be read by many processes at once.

    Args:
        folder: Where `write_prepared` put them.
        fingerprint: That of the preparation.

    Raises:
        OSError: If they are not there.
        EOFError: If an array is empty.
        ValueError: If an array was cut off, or the files do not belong together.
    """

    def __init__(self, folder: Path, fingerprint: bytes) -> None:
        path = stored_path(folder, fingerprint)
        self._fingerprint = fingerprint
        # mapped all the same, but plain arrays, which are cut many times faster
        self._keys = np.asarray(np.load(path / KEYS, mmap_mode="r", allow_pickle=False))
        self._ends = np.asarray(np.load(path / ENDS, mmap_mode="r", allow_pickle=False))
        self._records = np.asarray(np.memmap(path / RECORDS, np.uint8, "r"))
        # what reads records trusts the ends: beyond the last byte the process would be killed
        wanted, got = (len(self._ends), self._ends.max()), (len(self._keys), len(self._records))
        if wanted != got:
            raise ValueError(
                f"{path}: want {wanted[0]} keys and {wanted[1]} bytes of records, got {got[0]} "
                f"and {got[1]}"
            )

    def __len__(self) -> int:
        return len(self._keys)

    def get(self, text: str) -> PreparedText | None:
        """Return a text prepared; None where it is not stored."""
        key = identity(text)
        at = int(np.searchsorted(self._keys, key))
        if at == len(self._keys) or self._keys[at] != key:
            return None
        start, end = self._ends[at].tolist()
        return unpacked(text, self._fingerprint, self._records[start:end].tobytes())


def open_stored(folder: Path, fingerprint: bytes) -> StoredTexts | None:
    """Return the prepared texts of a folder; None where there are none, or damaged ones.

    Args:
        folder: Where `write_prepared` put them.
        fingerprint: That of the preparation.
    """
    try:
        return StoredTexts(folder, fingerprint)
    except (OSError, EOFError, ValueError):
        return None


def stored_path(folder: Path, fingerprint: bytes) -> Path:
    """Return where a folder has the texts of one preparation."""
    return folder / fingerprint.hex()


def write_prepared(folder: Path, fingerprint: bytes, records: Iterable[Record]) -> None:
    """Store prepared texts; a text that comes again is stored once.

    They are written aside and renamed when they are whole, in the place of damaged ones.

    Args:
        folder: Made where it is missing.
        fingerprint: That of the preparation.
        records: As `record_of` gives them, at least one.

    Raises:
        OSError: If they cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".aside-", dir=folder))
    places: dict[int, tuple[int, int]] = {}
    try:
        with (aside / RECORDS).open("xb") as file:
            for key, record in records:
                if key not in places:
                    start = file.tell()
                    places[key] = (start, start + len(record))
                    file.write(record)
        keys = np.fromiter(places, np.int64, len(places))
        order = np.argsort(keys)
        np.save(aside / KEYS, keys[order])
        np.save(aside / ENDS, np.array(list(places.values()), np.int64).reshape(-1, 2)[order])
        if open_stored(folder, fingerprint) is None:
            path = stored_path(folder, fingerprint)
            shutil.rmtree(path, ignore_errors=True)
            aside.rename(path)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def record_of(prepared: PreparedText) -> Record:
    """Return what is stored of a prepared text."""
    sentences, wording = prepared.sentences, prepared.wording
    bags = sentences.bags
    arrays: list[Array] = [
        bags.stems,
        np.array(sentences.spans, np.int64).reshape(-1),
        np.diff(bags.offsets, prepend=0),
        bags.entry_stems,
        bags.entry_counts.astype(np.int64),
    ]
    if wording is not None:
        lengths = wording.ends - wording.starts
        begins = np.diff(wording.starts, prepend=0)
        arrays += [wording.index, wording.level, begins, lengths, wording.breaks]
    return identity(prepared.text), b"".join(_packed(arrays))


def unpacked(text: str, fingerprint: bytes, record: bytes) -> PreparedText:
    """Return the prepared text of which `record_of` gave the record.

    Args:
        text: The text itself, which is not stored.
        fingerprint: That of the preparation.
        record: What is stored.
    """
    # compiled, so imported only where it is used
    from permille.align.decoding import read_sentences, read_wording

    numbers = np.frombuffer(record, np.uint8)
    stems, spans, df, offsets, entry_stems, entry_counts, at = read_sentences(numbers)
    ends = spans.tolist()
    bags = Bags(stems, df, offsets, entry_stems, entry_counts)
    sentences = Sentences(list(zip(ends[::2], ends[1::2], strict=True)), bags)
    if at == len(record):
        return PreparedText(text, fingerprint, sentences)
    wording = Wording(stems, *read_wording(numbers, at, len(stems)))
    return PreparedText(text, fingerprint, sentences, wording)


def _packed(arrays: Iterable[Array]) -> Iterator[bytes]:
    """Yield each array's length and kind of number, and its numbers."""
    # compiled, so imported only where it is used
    from permille.align.decoding import CODE_BITS, HEADER_BYTES

    header = np.dtype(f"u{HEADER_BYTES}")
    for array in arrays:
        code = _code_of(array)
        yield np.array(len(array) << CODE_BITS | code, header).tobytes()
        yield array.astype(_DTYPES[code]).tobytes()


def _code_of(array: Array) -> int:
    """Return the place of the smallest kind of number that holds all of an array's."""
    if not len(array):
        return 0
    least, most = int(array.min()), int(array.max())
    fits = (least >= 0 and most < 1 << 8 * dtype.itemsize for dtype in _DTYPES[:-1])
    return next((code for code, good in enumerate(fits) if good), len(_DTYPES) - 1)
